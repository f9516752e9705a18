"""Times, durations and numbers as Chinese readers write them."""

from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone

register = template.Library()


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


@register.filter
def moment(value: datetime | None) -> str:
    """2026年11月23日 09:30"""
    if value is None:
        return ""
    at = _local(value)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


@register.filter
def short_moment(value: datetime | None) -> str:
    """11月23日 09:30, for pages on which the year is clear."""
    if value is None:
        return ""
    at = _local(value)
    return f"{at.month}月{at.day}日 {at:%H:%M}"


@register.filter
def day(value: date | datetime | None) -> str:
    """2026年11月23日"""
    if value is None:
        return ""
    on = _local(value) if isinstance(value, datetime) else value
    return f"{on.year}年{on.month}月{on.day}日"


@register.filter
def machine_time(value: datetime | date | None) -> str:
    """The value of a <time datetime> attribute."""
    if value is None:
        return ""
    return (_local(value) if isinstance(value, datetime) else value).isoformat()


@register.filter
def lasting(value: timedelta | float | None) -> str:
    """A duration of clock time in its two largest units: 2 天 4 小时, 3 小时 5 分, 12 分."""
    if value is None:
        return ""
    seconds = abs(value.total_seconds() if isinstance(value, timedelta) else value)
    minutes = int(seconds // 60)
    if minutes < 1:
        return "不到 1 分"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "天"), (hours, "小时"), (minutes, "分")]
    words = [f"{amount} {unit}" for amount, unit in parts if amount]
    return " ".join(words[:2]) if not (days and not hours) else words[0]


@register.filter
def grouped(value: float | str | None) -> str:
    """A number with thousands separators: 12,345."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) or value % 1 else f"{int(value):,}"


@register.filter
def percent(value: float | None) -> str:
    """0.853 becomes 85.3 %; None, where there is nothing to divide by, becomes a dash, never 0 %."""
    return "–" if value is None else f"{value * 100:.1f} %"
