"""A draw of closed cases, and the re-check of each case that was drawn (Art. 12, 23)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from conduct.models import Complaint
from grids.models import Division
from rechecks import states
from rechecks.querysets import DrawQuerySet, RecheckQuerySet
from workflow.models import Case


def drawn_from(population: Iterable[int], *, seed: str, size: int) -> list[int]:
    """Return the ``size`` cases that a seed draws: those with the smallest SHA-256 of ``seed:number``.

    Anybody can draw again with a seed and the numbers of the cases and finds the same ones.
    """
    by_lot = sorted(population, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).hexdigest())
    return by_lot[:size]


class Draw(models.Model):
    """One draw of a place: from which cases, by which seed, how many. It never changes."""

    may_change = ()

    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="draws", verbose_name="抽查的地方"
    )
    kind = models.CharField("抽哪些", max_length=12, choices=list(states.KINDS.items()))
    since = models.DateField("结案日期从")
    until = models.DateField("结案日期到")
    size = models.PositiveSmallIntegerField("抽几件")
    seed = models.CharField("种子", max_length=32)
    population = ArrayField(models.BigIntegerField(), verbose_name="抽查范围", help_text="事项序号，从小到大")
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="抽取人"
    )
    drawn_at = models.DateTimeField("抽取时间")

    objects = DrawQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "抽查批次"
        constraints = [
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="a_draw_begins_before_it_ends"),
            models.CheckConstraint(condition=Q(size__gte=1), name="a_draw_takes_at_least_one_case"),
        ]
        indexes = [models.Index(fields=["division", "-id"], name="draws_of_place")]

    def __str__(self) -> str:
        return f"{self.division.name} 抽查 {self.pk} 号"


class Recheck(Versioned):
    """The re-check of one case that was drawn: what was found on the spot, by whom."""

    chain, noun = "recheck", "这件抽查"

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="rechecks", verbose_name="抽查批次")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="recheck", verbose_name="事项")
    verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="当时的核查人",
    )
    status = models.CharField("状态", max_length=8, choices=list(states.STATUSES.items()), default="drawn")
    note = models.TextField("现场情况", max_length=500, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="抽查人",
    )
    checked_at = models.DateTimeField("抽查时间", null=True, blank=True)
    complaint = models.OneToOneField(
        Complaint,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recheck",
        verbose_name="移交的行为调查",
    )

    objects = RecheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "抽查"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="drawn", checked_at__isnull=True, checked_by__isnull=True)
                | ~Q(status="drawn") & Q(checked_at__isnull=False, checked_by__isnull=False),
                name="a_recheck_with_a_finding_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(status="sham", complaint__isnull=False)
                | ~Q(status="sham") & Q(complaint__isnull=True),
                name="what_was_faked_is_examined",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="recheck_moves_follow_the_state_table",
                field="status",
                transitions=sorted(
                    states.RECHECK_MOVES.edges() | {(status, status) for status in states.STATUSES}
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"抽查 {self.case.number}"

    @property
    def concerned(self) -> tuple[int | None, ...]:
        """The accounts whose work is checked: who handled the case, who verified it, who keeps it."""
        return (self.case.handler_id, self.verifier_id, self.case.caretaker_id)
