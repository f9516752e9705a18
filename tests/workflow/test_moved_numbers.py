"""Numbers, lists, search and files after a village has moved: the past stays, both desks find it (Art. 19, 25)."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from common import clock
from tests.cases import case_in, reported
from tests.doors import Visitor, signed_in
from tests.town import MONDAY, Town
from tests.workflow.moves import LATER, afresh, in_queue, moved, numbers_of, sees
from workflow import actions
from workflow.models import Case
from workflow.queues import DESK_QUEUES, counts_of

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the platform stands when the village moves."""
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.mark.parametrize("queue", [queue.key for queue in DESK_QUEUES if queue.counted])
def test_numbers_and_lists_agree_at_both_desks(town: Town, queue: str) -> None:
    for status in (
        "awaiting_acceptance",
        "awaiting_assignment",
        "awaiting_signature",
        "awaiting_verification",
    ):
        case_in(status, town)
    for light in Case.Light.values:
        Case.objects.filter(pk=case_in("in_hand", town).pk).update(light=light)
    all_open = set(Case.objects.open().values_list("pk", flat=True))
    before = in_queue(town.zhao, queue)
    moved(town)
    for name, expected in (("zhao", set()), ("duan", before)):
        person = getattr(Town(), name)
        assert in_queue(person, queue) == expected, name
        assert counts_of(person, DESK_QUEUES)[queue] == len(expected), name
        assert in_queue(person, "all") == all_open, "the old desk reads on"


@pytest.mark.article(25)
@pytest.mark.usefixtures("monday")
def test_the_numbers_of_the_past_stay_and_equal_their_lists(town: Town) -> None:
    for status in ("awaiting_leader", "awaiting_acceptance", "in_hand"):
        case_in(status, town)
    closed = actions.pass_check(
        case_in("awaiting_verification", town), by=town.chen, at=MONDAY + timedelta(hours=2)
    )
    before = {code: numbers_of(town, code) for code in ("4109", "410902", "410902001", "410902002")}
    moved(town)
    assert {code: numbers_of(town, code) for code in before} == before
    assert afresh(closed).township.name == "中原路街道", "what has ended stays where it was"
    assert not sees(Town().duan, closed)
    reported(town, at=LATER - timedelta(minutes=1))
    assert numbers_of(town, "410902001") == before["410902001"]
    assert numbers_of(town, "410902002")["收到"] == before["410902002"]["收到"] + 1


def test_the_overview_of_the_old_township_names_the_village_that_left(town: Town) -> None:
    case_in("awaiting_acceptance", town)
    moved(town)
    page = signed_in(town.zhao).get(reverse("frame:overview"), {"division": "410902001", "period": "2026-11"})
    row = next(row for row in page.context["rows"] if row.name == "京东社区（已划出）")
    assert row.url == ""
    assert row.numbers[0].value == 1
    rows = signed_in(town.zhao).get(row.numbers[0].url)
    assert (rows.status_code, rows.context["total"]) == (200, 1)


def test_the_maps_count_as_their_lists_do_and_a_township_draws_what_it_answers_for(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    Case.objects.filter(pk=case.pk).update(lon=115.005, lat=35.705)
    reported(town)
    moved(town)
    city = signed_in(Town().zheng)
    for code in ("4109", "410902", "410902001", "410902002"):
        page = city.get(reverse("frame:map"), {"division": code}).context
        for row in page["rows"]:
            assert city.get(row.list_url).context["total"] == row.count, (code, row.name)
        if page["list_url"]:
            assert city.get(page["list_url"]).context["total"] == page["total"], code
        seen = {each["id"] for each in city.get(page["dots_url"]).json()["features"]}
        assert seen == (set() if code == "410902001" else {case.pk}), code
    assert page["total"] == 2, "the new township answers for both"


def test_a_township_that_left_a_county_stays_on_its_map_with_the_cases_of_then(town: Town) -> None:
    case_in("awaiting_acceptance", town)
    moved(town, village="中原路街道", to="清丰县")
    county = signed_in(Town().wu)
    page = county.get(reverse("frame:map")).context
    rows = {row.name: row for row in page["rows"]}
    assert (rows["中原路街道（已划出）"].count, rows["中原路街道（已划出）"].url) == (1, "")
    assert county.get(rows["中原路街道（已划出）"].list_url).context["total"] == 1
    assert (page["total"], page["gone"]) == (1, 0)


def test_search_finds_it_at_both_desks_by_words_and_by_either_township(town: Town) -> None:
    case = case_in("awaiting_acceptance", town, description="楼顶漏水三个月")
    moved(town)
    for name in ("zhao", "duan"):
        for text in ("漏水", case.number.split("-")[1], "中原路街道", "胜利路街道"):
            answer = Visitor(getattr(Town(), name)).client.get(
                reverse("workflow:search"), {"q": text}, follow=True
            )
            assert answer.status_code == 200
            hits = answer.context.get("rows")
            assert hits is None or [row.pk for row in hits] == [case.pk], (name, text)
    hits = Visitor(Town().zhao).client.get(reverse("workflow:search"), {"q": "漏水"}).context["tabs"]
    assert [tab.name for tab in hits] == ["全部"], "it is in none of the old desk's own queues"


def test_the_old_desk_takes_it_out_in_its_workbook(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    moved(town)
    answer = signed_in(town.zhao).get(reverse("workflow:desk"), {"queue": "all", "form": "workbook"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert case.number in cells
    assert "胜利路街道（上报时属中原路街道）" in cells
