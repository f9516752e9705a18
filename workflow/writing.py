"""When a report was written, if that was before it was sent: how far back that is believed. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from common.errors import RuleViolation

KEPT_FOR = timedelta(days=7)
CLOCKS_DIFFER = timedelta(minutes=5)
IN_THE_FUTURE = "这份上报写成的时间比现在还晚。请校准手机时间，再重新上报；写的内容都还在。"
TOO_OLD = "这份上报是 {days} 天以前写的，当时的岗位或清单已经不能用了。请按现在的清单重报，或转告现任网格员。"


def moment_of_writing(written_at: datetime, *, at: datetime) -> datetime:
    """Returns the moment to go by. Raises :class:`RuleViolation` if it is in the future or too long ago.

    The clock of a phone and that of the platform may differ a little.
    """
    if written_at > at + CLOCKS_DIFFER:
        raise RuleViolation(IN_THE_FUTURE, field="written_at")
    if written_at < at - KEPT_FOR:
        raise RuleViolation(TOO_OLD.format(days=KEPT_FOR.days), field="written_at")
    return min(written_at, at)
