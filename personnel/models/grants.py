"""The authority that an account holds over places and bodies (Art. 20)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from guardian.models import UserObjectPermissionAbstract

from personnel.querysets import GrantManager


class Grant(UserObjectPermissionAbstract):
    """guardian's object permission on a Grid, Division or Organization, with purpose and expiry (Art. 20).

    Rows with ``is_special`` are granted by name; all others are derived only from current postings.
    """

    rows_may_go = True

    purpose = models.CharField("用途", max_length=200, default="岗位职责")
    is_special = models.BooleanField("专项授权", default=False)
    expires_at = models.DateTimeField("到期时间", null=True, blank=True)

    objects: ClassVar[GrantManager] = GrantManager()

    class Meta(UserObjectPermissionAbstract.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "授权"

    def __str__(self) -> str:
        return f"{self.user_id} {self.permission_id} {self.object_pk}"
