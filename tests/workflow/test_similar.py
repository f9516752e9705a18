"""What a report may repeat is shown before it is sent: near, of the same matter or words, in sight."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grids.models import Grid
from personnel.actions import appoint_to_grid
from tests.cases import case_in, reported
from tests.doors import Visitor
from tests.town import FOUNDED, MONDAY, Town
from workflow import actions
from workflow.merging import merge_candidates
from workflow.models import Case
from workflow.nearness import likeness, spot_of
from workflow.similar import similar_open_cases, spot_in
from workflow.views.fetching import Timing, timing_now

BORDER, LAT = 115.01, 35.705  # between Chen's grid and Lin's
METRE = 1 / 90_500  # of longitude here
NOW = MONDAY + timedelta(hours=2)


def lins(town: Town) -> Grid:
    """Lin's grid, east of Chen's."""
    return town.grid_of("001002")


def timing() -> Timing:
    rulebook = timing_now()
    return Timing(NOW, rulebook.calendar, rulebook.book)


def at(metres: float) -> dict[str, float]:
    """A position so many metres east of the border."""
    return {"lon": BORDER + metres * METRE, "lat": LAT}


def asked(town: Town, matter: str = "路灯故障", **fields: object) -> dict[str, str]:
    """What the form posts."""
    typed = {"grid_id": town.grid.pk, "matter_id": town.matter(matter).pk, **fields}
    return {name: str(value) for name, value in typed.items()}


def lamp(
    town: Town, metres: float | None = None, *, by: str = "chen", hours: float = 0, **fields: object
) -> Case:
    matter = town.matter("路灯故障").pk
    place = {} if metres is None else at(metres)
    return reported(town, by=by, at=MONDAY - timedelta(hours=hours), matter_id=matter, **{**place, **fields})


@pytest.fixture
def both(town: Town) -> Town:
    """Chen works in Lin's grid too."""
    appoint_to_grid(
        town.chen,
        role="part_time",
        village=town.grid.village,
        grid=lins(town),
        on=FOUNDED,
        at=MONDAY,
        by=None,
    )
    return town


def titles(town: Town, who: str, **fields: object) -> tuple[list[str], list[str]]:
    found = similar_open_cases(getattr(town, who), spot_in(asked(town, **fields)), timing())
    return [row.url for row in found.lately], [row.url for row in found.before]


@pytest.mark.article(17)
def test_what_lies_within_fifty_metres_is_shown_across_a_border(both: Town) -> None:
    over = lamp(both, 20, by="lin", grid_id=lins(both).pk)
    lamp(both, 60, by="lin", grid_id=lins(both).pk)
    assert titles(both, "chen", **at(-10)) == ([f"/cases/{over.pk}/"], [])
    assert titles(both, "chen") == ([], []), "without a position only the chosen grid counts"
    assert titles(both, "chen", **at(-10), elsewhere="on") == ([], [])


def test_the_same_matter_comes_first_then_what_says_the_same(both: Town) -> None:
    rubbish = both.matter("井盖缺损").pk
    other = reported(both, at=MONDAY, matter_id=rubbish, description="三号楼前路灯杆倒了", **at(-12))
    reported(both, at=MONDAY, matter_id=rubbish, description="井口塌了", **at(-10))
    same = lamp(both, -40)
    shown, _ = titles(both, "chen", description="三号楼前路灯杆倒了", **at(-10))
    assert shown == [f"/cases/{same.pk}/", f"/cases/{other.pk}/"]


def test_a_day_is_a_strong_notice_and_more_a_weak_one(town: Town) -> None:
    old, new = lamp(town, hours=23), lamp(town)
    assert titles(town, "chen") == ([f"/cases/{new.pk}/"], [f"/cases/{old.pk}/"])
    lamp(town, hours=24 * 70)
    assert len(titles(town, "chen")[1]) == 1


@pytest.mark.article(20)
def test_a_clue_is_near_nothing_and_nothing_is_near_a_clue(town: Town) -> None:
    clue = town.matter("非法集资线索").pk
    reported(town, at=MONDAY, matter_id=clue, **at(-10))
    for who in ("chen", "zhao", "hua"):
        assert titles(town, who, matter="非法集资线索", **at(-10)) == ([], [])
        assert titles(town, who, title="非法集资线索", matter_id="", **at(-10)) == ([], [])


@pytest.mark.article(20)
def test_what_is_out_of_sight_leaves_the_page_as_if_it_were_not_there(town: Town) -> None:
    page = Visitor(town.chen).post("/report/similar/", asked(town, **at(-10))).content
    lamp(town, 5, by="lin", grid_id=lins(town).pk)
    assert Visitor(town.chen).post("/report/similar/", asked(town, **at(-10))).content == page
    assert titles(town, "zhao", **at(-10))[0] != []


def test_the_reporter_adds_to_it_and_another_reads_who_has_it(
    both: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.clock.now", lambda: NOW)
    mine, other = lamp(both, -20), lamp(both, 10, by="lin", grid_id=lins(both).pk)
    page = Visitor(both.chen).post("/report/similar/", asked(both, **at(-10))).content.decode()
    assert f"/cases/{mine.pk}/supplement/" in page and f"/cases/{other.pk}/supplement/" not in page
    assert "已经上报，由网格长在办" in page and "相距约 20 米" in page and "2 小时前上报" in page


@pytest.mark.parametrize(
    "fields",
    [{"lon": "nan"}, {"lon": "1e999", "lat": "2"}, {"grid_id": "²"}, {"matter_id": "x"}, {"lon": "115"}],
)
def test_what_is_no_position_and_no_number_breaks_nothing(town: Town, fields: dict[str, str]) -> None:
    answer = Visitor(town.chen).post("/report/similar/", {**asked(town), **fields})
    assert answer.status_code == 200


def test_it_costs_the_same_for_one_ten_and_a_hundred(town: Town) -> None:
    costs, first = [], lamp(town, -10)
    spot_in(asked(town))
    for more in (0, 9, 90):
        copied = {
            field.attname: getattr(first, field.attname)
            for field in Case._meta.fields
            if not field.primary_key
        }
        Case.objects.bulk_create(
            Case(**{**copied, "rating_code": f"copy{more}-{number}"}) for number in range(more)
        )
        with CaptureQueriesContext(connection) as statements:
            found = similar_open_cases(town.chen, spot_in(asked(town, **at(-10))), timing())
        assert found.lately
        costs.append(len(statements))
    assert costs == [costs[0]] * 3 and costs[0] <= 4


def test_the_desk_ranks_by_the_same_measure_and_marks_what_is_near(town: Town) -> None:
    case = case_in("awaiting_acceptance", town, matter_id=town.matter("路灯故障").pk, **at(-10))
    near = case_in("coordinating", town, matter_id=town.matter("路灯故障").pk, **at(-30))
    far = case_in("coordinating", town, matter_id=town.matter("路灯故障").pk, **at(-200))
    found = merge_candidates(case, town.zhao)
    assert [(one.pk, one.mark) for one in found] == [(near.pk, "50 米内"), (far.pk, "")]
    assert likeness(spot_of(case), near).may_be_one and not likeness(spot_of(case), far).may_be_one


def test_the_nearest_is_found_among_many_newer_ones(town: Town) -> None:
    matter = town.matter("路灯故障").pk
    near = case_in("coordinating", town, matter_id=matter, at=MONDAY - timedelta(days=3), **at(-30))
    case = case_in("awaiting_acceptance", town, matter_id=matter, **at(-10))
    copies = []
    for number in range(70):
        copy = {
            field.attname: getattr(near, field.attname)
            for field in Case._meta.fields
            if not field.primary_key
        }
        copies.append(
            Case(**{**copy, "rating_code": f"far{number}", "lon": BORDER - 0.005, "reported_at": MONDAY})
        )
    Case.objects.bulk_create(copies)
    assert merge_candidates(case, town.zhao)[0].pk == near.pk
    assert actions.merge_case(case, into=near, by=town.zhao, at=NOW).status == "merged"
