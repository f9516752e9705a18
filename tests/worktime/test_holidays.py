"""The holidays of the law, against what was published for two years and against the almanac of later ones."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest

from worktime.holidays import LUNAR_YEARS, statutory_holidays


@pytest.mark.article(17)
@pytest.mark.parametrize("year", [2025, 2026])
def test_the_published_arrangements_contain_every_day_of_the_law(year: int) -> None:
    names = {
        "元旦": "New Year's Day",
        "春节": "Spring Festival",
        "清明节": "Tomb-sweeping Day",
        "劳动节": "Labour Day",
    }
    names |= {"端午节": "Dragon Boat Festival", "中秋节": "Mid-autumn Festival", "国庆节": "National Day"}
    found = statutory_holidays(year)
    assert len(found) == 13  # of which 中秋节 may fall on 国庆节
    for day, name in found.items():
        is_free, published = chinese_calendar.get_holiday_detail(day)
        assert is_free and published in {names[name], "National Day"}, (day, name, published)


@pytest.mark.article(17)
@pytest.mark.parametrize(
    ("new_year", "clear_brightness", "dragon_boat", "mid_autumn"),
    [
        ("2027-02-06", "2027-04-05", "2027-06-09", "2027-09-15"),
        ("2028-01-26", "2028-04-04", "2028-05-28", "2028-10-03"),
        ("2029-02-13", "2029-04-04", "2029-06-16", "2029-09-22"),
        ("2030-02-03", "2030-04-05", "2030-06-05", "2030-09-12"),
        ("2033-01-31", "2033-04-04", "2033-06-01", "2033-09-08"),
        ("2034-02-19", "2034-04-05", "2034-06-20", "2034-09-27"),  # after the leap month that was disputed
    ],
)
def test_later_years_agree_with_the_almanac(
    new_year: str, clear_brightness: str, dragon_boat: str, mid_autumn: str
) -> None:
    first = date.fromisoformat(new_year)
    found = statutory_holidays(first.year)
    assert [day for day, name in found.items() if name == "春节"] == [
        first + timedelta(days=more) for more in range(-1, 3)
    ]
    assert found[date.fromisoformat(clear_brightness)] == "清明节"
    assert found[date.fromisoformat(dragon_boat)] == "端午节"
    assert found[date.fromisoformat(mid_autumn)] in {"中秋节", "国庆节"}


def test_every_year_of_the_table_begins_with_a_new_moon_in_winter() -> None:
    for year in range(2025, 2025 + len(LUNAR_YEARS)):
        spring = [day for day, name in statutory_holidays(year).items() if name == "春节"]
        assert date(year, 1, 20) <= min(spring) and max(spring) <= date(year, 2, 24)


def test_beyond_the_table_only_what_needs_no_moon_is_known() -> None:
    assert sorted(statutory_holidays(2061).values()) == sorted(
        ["元旦", "清明节", "劳动节", "劳动节", "国庆节", "国庆节", "国庆节"]
    )
