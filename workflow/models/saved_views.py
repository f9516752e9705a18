"""The saved views of a desk: a queue with filters under a name, one's own or shared with the desk."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from grids.models import Division

LONGEST_NAME = 20


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Saved views."""

    def offered_to(self, user_id: int, desks: list[int]) -> SavedViewQuerySet:
        """Returns one's own views and those shared with the desks one works at, one's own first."""
        mine = self.filter(Q(owner_id=user_id) | Q(desk_id__in=desks))
        return mine.order_by(models.Case(models.When(owner_id=user_id, then=0), default=1), "name", "pk")


class SavedView(models.Model):
    """A queue with filters under a name. It holds no cases: whoever opens it sees what he may see."""

    rows_may_go = True

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views", verbose_name="所有人"
    )
    desk = models.ForeignKey(
        Division,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="共享的调度台",
        help_text="空着即只给自己用",
    )
    name = models.CharField("名称", max_length=LONGEST_NAME)
    queue = models.CharField("队列", max_length=24)
    filters = models.JSONField("筛选", default=dict, blank=True)
    created_at = models.DateTimeField("保存时间")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "视图"
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_view_of_a_name_per_person"),
        ]

    def __str__(self) -> str:
        return self.name
