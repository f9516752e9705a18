"""One shift of the duty roster of a desk or a department (Art. 17, 18)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from audit.versions import Versioned
from duty import states
from duty.querysets import ShiftQuerySet
from personnel.models import Organization
from personnel.models.postings import one
from worktime.clocks import SHANGHAI


def time_on_duty() -> Func:
    """Returns the time of a shift, without its end, as a range that can be compared with another shift's."""
    return Func("starts_at", "ends_at", Value("[)"), function="tstzrange", output_field=DateTimeRangeField())


class DutyShift(Versioned):
    """Who is on duty in a body from one moment to another, who stands in, and what was handed over to the next."""

    chain, noun = "duty_shift", "这一班"

    body = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="duty_shifts", verbose_name="机构"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duty_shifts", verbose_name="值班人"
    )
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="替班人",
    )
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    status = models.CharField("状态", max_length=12, choices=list(states.STATUSES.items()), default="planned")
    note = models.CharField("交班的话", max_length=300, blank=True)
    handed_over_at = models.DateTimeField("交班时间", null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="排班人",
    )
    entered_at = models.DateTimeField("排班时间")

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "值班"
        constraints = [
            ExclusionConstraint(
                name="one_shift_of_a_body_at_a_time",
                expressions=[(one("body_id"), "&&"), (time_on_duty(), "&&")],
                condition=Q(status__in=states.STANDING),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_shift_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("person")),
                name="nobody_stands_in_for_himself",
            ),
            models.CheckConstraint(
                condition=~Q(status="handed_over") | Q(handed_over_at__isnull=False),
                name="a_handed_over_shift_says_when",
            ),
        ]
        indexes = [models.Index(fields=["body", "starts_at"], name="shifts_of_body")]
        triggers = [
            pgtrigger.FSM(
                name="shifts_follow_their_states",
                field="status",
                transitions=sorted(
                    states.SHIFT_MOVES.edges() | {(status, status) for status in states.STATUSES}
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.words}"

    @property
    def words(self) -> str:
        """From when until when: ``11月23日 08:00–20:00``."""
        start, end = self.starts_at.astimezone(SHANGHAI), self.ends_at.astimezone(SHANGHAI)
        last = "" if end.date() == start.date() else f"{end.month}月{end.day}日 "
        return f"{start.month}月{start.day}日 {start:%H:%M}–{last}{end:%H:%M}"

    @property
    def who(self) -> str:
        """Who is on duty, with the work telephone."""
        return f"值班 {self.person.name} {self.person.phone}".strip()

    @property
    def names(self) -> str:
        """Who is on duty and who stands in, with their work telephones."""
        people = [self.who]
        if self.stand_in is not None:
            people.append(f"替班 {self.stand_in.name} {self.stand_in.phone}".strip())
        return " · ".join(people)
