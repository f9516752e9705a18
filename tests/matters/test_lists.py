"""The list as it ships: 83 matters, eight categories, one edition for each county (Art. 14, 15)."""

from __future__ import annotations

from datetime import date

import pytest

from common.errors import RuleViolation
from matters.actions import publish_first_edition
from matters.models import Matter, MatterList
from matters.seed_rows import read_matters
from tests.cases import refused
from tests.town import MONDAY, ROOT, Town
from workflow.rulebook import finish_limit
from worktime.clocks import Clock, Limit


def seeds() -> list[object]:
    with (ROOT / "matters/seed/matters.csv").open(encoding="utf-8", newline="") as lines:
        return list(read_matters(lines))


@pytest.mark.article(15)
def test_the_seed_has_83_matters_in_the_eight_categories_of_the_law(town: Town) -> None:
    matters = Matter.objects.filter(edition__county__code="410902")
    assert matters.count() == len(seeds()) == 83
    assert set(matters.values_list("category", flat=True)) == set(Matter.Category.values)


@pytest.mark.article(14)
def test_a_county_reports_under_its_own_edition_in_force(town: Town) -> None:
    county = town.division("华龙区")
    assert Matter.objects.in_force(county.pk, MONDAY.date()).count() == 83
    assert Matter.objects.in_force(county.pk, date(2024, 12, 31)).count() == 0
    MatterList.objects.create(county=county, edition=2, in_force_on=date(2027, 1, 1), published_at=MONDAY)
    assert Matter.objects.in_force(county.pk, date(2026, 12, 31)).count() == 83
    assert Matter.objects.in_force(county.pk, date(2027, 1, 1)).count() == 0


@pytest.mark.article(14)
def test_an_unpublished_edition_is_not_in_force(town: Town) -> None:
    county = town.division("华龙区")
    MatterList.objects.create(county=county, edition=2, in_force_on=date(2025, 6, 1))
    assert Matter.objects.in_force(county.pk, MONDAY.date()).count() == 83


def test_a_first_edition_is_published_once(town: Town) -> None:
    with refused(RuleViolation):
        publish_first_edition(town.division("华龙区"), [], on=MONDAY.date(), at=MONDAY, demonstration=True)


@pytest.mark.article(15)
def test_only_what_runs_the_closed_loop_can_be_reported(town: Town) -> None:
    kinds = set(Matter.objects.reportable().values_list("kind", flat=True))
    assert kinds == {"report", "service", "clue"}


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("井盖缺损", Limit(Clock.AROUND_THE_CLOCK, 120)),
        ("邻里纠纷", Limit(Clock.NATURAL_DAYS, 7)),
        ("路灯故障", Limit(Clock.WORKING_DAYS, 1)),
        ("占道经营、乱停乱放", Limit(Clock.WORKING_HOURS, 240)),
    ],
)
def test_a_matter_s_limit_is_read_in_its_own_unit(town: Town, name: str, limit: Limit) -> None:
    assert finish_limit(town.matter(name)) == limit


def test_a_matter_without_a_limit_falls_back_to_the_setting(town: Town) -> None:
    assert finish_limit(town.matter("走失、突发疾病求助")) is None
    assert finish_limit(None) is None


def test_a_broken_seed_line_is_named() -> None:
    with pytest.raises(ValueError, match="第 2 行"):
        list(read_matters(["code,category", "1-01,x"]))
