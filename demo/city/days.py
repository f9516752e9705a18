"""When what is reported: the hours of a day, the days of a week, the seasons of some matters. Pure."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta

from worktime.clocks import SHANGHAI, Calendar

DAYS = 60
# Reports by the hour from 6:00: a peak in the morning, a smaller one in the afternoon, few in the evening.
HOURS = dict(zip(range(6, 22), (2, 5, 11, 14, 14, 10, 4, 4, 8, 11, 11, 9, 6, 4, 3, 2), strict=True))
ON_A_DAY_OFF = 0.35
# Months in which a matter is reported often, and how much more often than in the others.
SEASONS = {
    "停暖、停电": ((11, 12, 1, 2, 3), 5),
    "秸秆、垃圾焚烧": ((6, 9, 10), 4),
    "坑塘河道溺水隐患": ((6, 7, 8), 6),
    "防汛、滩区险情": ((7, 8, 9), 8),
    "电动车飞线、楼道充电": ((6, 7, 8, 9), 2),
    "农业生产、灌溉诉求": ((3, 4, 5, 6), 3),
    "欠薪、劳资纠纷": ((11, 12, 1), 3),
}
# How often matters of a category are reported, by the number of the category.
CATEGORIES = {3: 5, 4: 3, 5: 3, 6: 9, 7: 2}


def weight_of(name: str, category: int, month: int) -> int:
    """Return how often a matter is reported in a month, compared with others."""
    months, factor = SEASONS.get(name, ((), 1))
    return CATEGORIES.get(category, 1) * (factor if month in months else 1)


def report_moments(count: int, *, at: datetime, calendar: Calendar, chance: random.Random) -> list[datetime]:
    """Return ``count`` moments of reports within the ``DAYS`` before ``at``, in order of time."""
    today = at.astimezone(SHANGHAI).date()
    days = [today - timedelta(days=number) for number in range(DAYS)]
    busy = [1.0 if calendar.is_workday(day) else ON_A_DAY_OFF for day in days]
    moments: list[datetime] = []
    while len(moments) < count:
        day = chance.choices(days, busy)[0]
        hour = chance.choices(list(HOURS), list(HOURS.values()))[0]
        moment = datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), SHANGHAI)
        if moment < at - timedelta(minutes=2):
            moments.append(moment.astimezone(UTC))
    return sorted(moments)
