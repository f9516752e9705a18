"""Reads a day as people and programs write it. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from common.typed import code_in, plain

BEIJING = ZoneInfo("Asia/Shanghai")
EXAMPLE = "2026-12-08"
YEARS = range(1900, 2200)
TIME = r"(?P<time>[T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
PARTED = re.compile(rf"(?P<y>\d{{4}}) ?(?P<mark>[-/.]) ?(?P<m>\d{{1,2}}) ?(?P=mark) ?(?P<d>\d{{1,2}}){TIME}")
IN_WORDS = re.compile(rf"(?P<y>\d{{4}}) ?年 ?(?P<m>\d{{1,2}}) ?月 ?(?P<d>\d{{1,2}}) ?[日号]{TIME}")
TOGETHER = re.compile(rf"(?P<y>\d{{4}})(?P<m>\d{{2}})(?P<d>\d{{2}}){TIME}")
FORMS = (PARTED, IN_WORDS, TOGETHER)
SHOWN = 40


def day_in(text: str) -> date:
    """The day that a text names; raises ValueError with a sentence that shows the text.

    A time after the day is allowed: with a time zone the day is that of Beijing. Digits without marks are a day only if
    there are eight of them: 2026111 may be 11 January and 1 November.
    """
    typed = plain(text)
    found = next((match for form in FORMS if (match := form.fullmatch(typed))), None)
    if found is None:
        raise ValueError(_why_not(typed))
    year, month, day = (int(found[name]) for name in "ymd")
    try:
        named = date(year, month, day)
        return _in_beijing(named, found["time"], found["zone"]) if found["zone"] else named
    except (ValueError, OverflowError):
        raise ValueError(f"“{typed[:SHOWN]}”这一天不存在，日期应写成 {EXAMPLE} 这样。") from None


def _in_beijing(day: date, time: str | None, zone: str) -> date:
    moment = datetime.fromisoformat(f"{day.isoformat()}T{(time or ' 00:00').strip(' T'):0>5}{zone}")
    return moment.astimezone(BEIJING).date()


def _why_not(typed: str) -> str:
    shown = typed[:SHOWN]
    digits = code_in(typed)
    if digits.isdecimal() and 5 <= len(digits) <= 7:
        return f"“{shown}”分不清是几月几日，请写成 {EXAMPLE} 这样。"
    return f"“{shown}”不是日期，日期应写成 {EXAMPLE} 这样。"
