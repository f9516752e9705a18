"""Filing with the superior authority (备案): its life, its columns, the form of a number and a remark (Art. 7, 14).

Filing is not approval: a filed document takes effect without waiting for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.timezone import localdate

from common.errors import RuleViolation
from common.records.moves import Move, MoveTable

STATUSES = {"unsent": "待报送", "sent": "已报送", "received": "已备案", "returned": "退回补正"}
VERBS = {"send_filing": "报送备案", "receive_filing": "收到备案", "return_filing": "退回补正"}
MOVES = MoveTable(
    [
        Move("send_filing", ("unsent", "returned"), ("sent",)),
        Move("receive_filing", ("sent",), ("received",)),
        Move("return_filing", ("sent",), ("returned",)),
    ],
    labels=STATUSES,
    verbs=VERBS,
)
OWED = ("unsent", "returned")
REMARKS_LIMIT, RECEIPT_LIMIT = 500, 40


class Filing(models.Model):
    """The package sent to the city's authority, with its number or its return for completion."""

    status = models.CharField("状态", max_length=10, choices=list(STATUSES.items()), default="unsent")
    due_at = models.DateTimeField("应报时间")
    explanation = models.CharField("期限说明", max_length=600, blank=True)
    note = models.CharField("报送说明", max_length=500, blank=True)
    package = models.JSONField("备案材料", null=True)
    sent_at = models.DateTimeField("报送时间", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    receipt = models.CharField("备案号", max_length=40, blank=True)
    remarks = models.CharField("补正意见", max_length=500, blank=True)
    reminded_at = models.DateTimeField("最近提醒", null=True)
    reminders = models.PositiveSmallIntegerField("提醒次数", default=0)

    class Meta:
        abstract = True


def edges() -> list[tuple[str, str]]:
    """The pairs of statuses that the database allows for a filing, including no change."""
    return sorted(MOVES.edges() | {(status, status) for status in STATUSES})


def sound_receipt(text: str) -> str:
    """The city's number without outer spaces; raises :class:`RuleViolation` when empty or too long."""
    number = text.strip()
    if not number or len(number) > RECEIPT_LIMIT:
        raise RuleViolation(f"请填写备案号，最多 {RECEIPT_LIMIT} 字。", field="receipt")
    return number


def sound_remarks(text: str) -> str:
    """What must be completed, without outer spaces; raises :class:`RuleViolation` when empty or too long."""
    words = text.strip()
    if not words or len(words) > REMARKS_LIMIT:
        raise RuleViolation(f"请写明需要补正什么，最多 {REMARKS_LIMIT} 字。", field="remarks")
    return words


def days_late(due_at: datetime, *, at: datetime) -> int:
    """Calendar days since the due day; 0 on the day itself and before."""
    return max(0, (localdate(at) - localdate(due_at)).days)


def late_words(days: int) -> str:
    """超期 3 天; on the due day itself only 超期."""
    return f"超期 {days} 天" if days else "超期"


@dataclass(frozen=True, slots=True)
class FilingWords:
    """A filing in words: its state, whether the county owes it, and how late it is."""

    name: str
    is_owed: bool
    late: str


@dataclass(frozen=True, slots=True)
class FilingCard(FilingWords):
    """A filing in words with its columns; ``is_open`` says whether the user may open its page."""

    row: Filing
    is_open: bool = False


def filing_words(filing: Filing, *, at: datetime) -> FilingWords:
    """A filing in words at a moment."""
    is_owed = filing.status in OWED
    is_late = is_owed and filing.due_at < at
    late = late_words(days_late(filing.due_at, at=at)) if is_late else ""
    return FilingWords(STATUSES[filing.status], is_owed, late)


def filing_card(filing: Filing, *, at: datetime, is_open: bool = False) -> FilingCard:
    """A filing in words with its columns."""
    words = filing_words(filing, at=at)
    return FilingCard(words.name, words.is_owed, words.late, row=filing, is_open=is_open)
