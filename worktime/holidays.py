"""The days that are holidays by the holiday regulation itself (全国年节及纪念日放假办法), computed for any year. Pure.

A yearly notice of the State Council moves days around them; until it is out, these days alone are known to be free.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

# Lunar years from 2025 to 2060 as in GB/T 33661-2017: the last digit is the leap month (0 for none), the first says
# whether it has 30 days, and the twelve bits between them which of the months 1 to 12 have 30 days.
FIRST_LUNAR_YEAR, FIRST_NEW_YEAR = 2025, date(2025, 1, 29)
LUNAR_YEARS = (
    0x0A6E6, 0x0A4E0, 0x0D260, 0x0EA65, 0x0D530, 0x05AA0, 0x076A3, 0x096D0, 0x04AFB, 0x04AD0, 0x0A4D0, 0x1D0B6,
    0x0D250, 0x0D520, 0x0DD45, 0x0B5A0, 0x056D0, 0x055B2, 0x049B0, 0x0A577, 0x0A4B0, 0x0AA50, 0x1B255, 0x06D20,
    0x0ADA0, 0x14B63, 0x09370, 0x049F8, 0x04970, 0x064B0, 0x168A6, 0x0EA50, 0x06B20, 0x1A6C4, 0x0AAE0, 0x092E0,
)  # fmt: skip
# The fixed days since the revision of 2024: (month, day, number of days, name).
FIXED = ((1, 1, 1, "元旦"), (5, 1, 2, "劳动节"), (10, 1, 3, "国庆节"))


@lru_cache(maxsize=64)
def statutory_holidays(year: int) -> Mapping[date, str]:
    """Return the holidays of a year with their names; beyond the table of lunar years only the fixed ones."""
    found = {
        date(year, month, day + more): name for month, day, count, name in FIXED for more in range(count)
    }
    for first, count, name in _moving(year):
        for more in range(count):
            found.setdefault(first + timedelta(days=more), name)
    return found


def _moving(year: int) -> Iterator[tuple[date, int, str]]:
    """First day, number of days and name of the holidays by sun and moon."""
    yield date(year, 4, _day_of_clear_brightness(year)), 1, "清明节"
    at = year - FIRST_LUNAR_YEAR
    if not 0 <= at < len(LUNAR_YEARS):
        return
    begins = _lunar_months(at)
    yield begins[1] - timedelta(days=1), 4, "春节"
    yield begins[5] + timedelta(days=4), 1, "端午节"
    yield begins[8] + timedelta(days=14), 1, "中秋节"


def _lunar_months(at: int) -> dict[int, date]:
    """The first day of each month of a lunar year, leap months left out."""
    day = FIRST_NEW_YEAR + timedelta(days=sum(_length_of_year(code) for code in LUNAR_YEARS[:at]))
    code, begins = LUNAR_YEARS[at], {}
    for month in range(1, 13):
        begins[month] = day
        day += timedelta(days=_length_of_month(code, month) + _leap_days(code) * (code & 0xF == month))
    return begins


def _length_of_year(code: int) -> int:
    return sum(_length_of_month(code, month) for month in range(1, 13)) + _leap_days(code)


def _length_of_month(code: int, month: int) -> int:
    return 30 if code & (0x10000 >> month) else 29


def _leap_days(code: int) -> int:
    return (30 if code & 0x10000 else 29) if code & 0xF else 0


def _day_of_clear_brightness(year: int) -> int:
    """The day in April on which the sun reaches 15 degrees, by the usual formula for the years 2000 to 2099."""
    return int(year % 100 * 0.2422 + 4.81) - year % 100 // 4
