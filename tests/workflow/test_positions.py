"""A position lies in the grid of the report, or the reporter is asked; none is stored without that (Art. 18)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from common.errors import NotPermitted, RuleViolation
from matters import actions as lists
from notifications.models import Outbox
from tests.cases import refused, reported
from tests.doors import Visitor
from tests.shapes import Sent
from tests.town import MONDAY, Town
from tests.workflow.test_asks import asks
from workflow.models import Case

HERE = {
    "lon": 115.005,
    "lat": 35.705,
}  # in Chen's grid, which reaches from 115.0 to 115.01 and from 35.7 to 35.71
NEXT = {"lon": 115.015, "lat": 35.705}


@pytest.mark.article(18)
@pytest.mark.parametrize(
    "fields",
    [
        HERE,
        {**HERE, "accuracy_m": 5},
        {"lon": 114.9995, "lat": 35.705},
        {"lon": 114.995, "lat": 35.705, "accuracy_m": 600},
    ],
)
def test_a_position_in_the_grid_or_within_its_own_error_is_kept(town: Town, fields: Sent) -> None:
    case = reported(town, **fields)
    assert (case.lon, case.lat, case.grid) == (fields["lon"], fields["lat"], town.grid)


@pytest.mark.article(18)
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"lon": 0.0, "lat": 0.0}, "不是一个真实的地点"),
        ({"lon": 115.005}, "不是一个真实的地点"),
        ({"lat": 35.705}, "不是一个真实的地点"),
        ({"lon": 115.005, "lat": 36.405}, "以外约 77 公里，也不在别的网格内"),
        ({"lon": 114.995, "lat": 35.705, "accuracy_m": 20}, "以外约 452 米，也不在别的网格内"),
    ],
)
def test_what_is_no_place_is_refused_and_what_lies_outside_is_asked_about(
    town: Town, fields: Sent, sentence: str
) -> None:
    with refused(RuleViolation) as caught:
        reported(town, **fields)
    assert caught.value.field == "grid" and sentence in caught.value.sentence
    assert "勾选“事情不在这个位置”再上报" in caught.value.sentence
    case = reported(town, **fields, elsewhere=True)
    assert (case.lon, case.lat, case.accuracy_m, case.grid) == (None, None, None, town.grid)


@pytest.mark.article(18)
def test_a_position_in_the_neighbour_s_grid_is_asked_about_and_goes_where_the_reporter_says(
    town: Town,
) -> None:
    there = town.division("京东社区").grids.exclude(pk=town.grid.pk).order_by("code").first()
    with refused(RuleViolation) as caught:
        reported(town, **NEXT)
    assert "不在所选的“" in caught.value.sentence and "改选那个网格" in caught.value.sentence
    assert caught.value.details["there"] == there.pk and there.name in caught.value.sentence
    assert reported(town, by="zhao", grid_id=there.pk, **NEXT).grid == there
    assert reported(town, **NEXT, elsewhere=True).lon is None


@pytest.mark.article(18)
def test_nothing_about_its_position_holds_an_emergency_up(town: Town) -> None:
    matter = asks(town, severity=3)
    assert reported(town, matter_id=matter.pk, lon=0.0, lat=0.0).lon is None
    assert reported(town, matter_id=matter.pk, lon=115.005).lon is None
    assert reported(town, matter_id=matter.pk, **NEXT).lon == NEXT["lon"]


@pytest.mark.article(14)
def test_a_place_that_the_list_demands_is_not_given_by_a_position_that_is_another(town: Town) -> None:
    matter = asks(town, place_required=True)
    with refused(RuleViolation) as caught:
        reported(town, matter_id=matter.pk, place="", elsewhere=True, **HERE)
    assert caught.value.field == "place"


def form(town: Town, **fields: Any) -> Sent:
    return {
        "key": str(uuid4()), "grid_id": town.grid.pk, "matter_id": town.matter("邻里纠纷").pk,
        "description": "楼道杂物", "outcome": "send", **fields,
    }  # fmt: skip


@pytest.mark.article(18)
def test_the_form_asks_without_losing_a_word_and_takes_the_answer(town: Town) -> None:
    visitor, fields = Visitor(town.chen), form(town, **NEXT, accuracy_m=8)
    answer = visitor.post("/report/", fields)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Case.objects.exists()
    assert "改选那个网格" in page and "楼道杂物" in page and f'value="{NEXT["lon"]}"' in page
    assert visitor.post("/report/", {**fields, "elsewhere": "on"}).status_code == 302
    assert Case.objects.get().lon is None


@pytest.mark.parametrize("name", ["lon", "lat", "accuracy_m", "written_at"])
def test_a_field_error_names_the_field_in_chinese(town: Town, name: str) -> None:
    words = {"lon": "经度", "lat": "纬度", "accuracy_m": "定位误差", "written_at": "写成时间"}
    visitor = Visitor(town.chen)
    page = visitor.post("/report/", form(town, **{name: "x"})).content.decode()
    assert f"{words[name]}：" in page and name.title() + "：" not in page
    answer = visitor.client.post(
        "/api/v1/cases/",
        form(town, **{name: "x"}),
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 422 and words[name] in answer.json()["sentence"]


@pytest.mark.article(18)
def test_a_report_goes_to_the_grid_at_its_position_when_its_writer_says_so(town: Town) -> None:
    there = town.grid_of("001002")
    case = reported(town, **NEXT, by_position=True, outcome="solved", result="劝走了")
    assert (case.grid, case.village, case.lon) == (there, there.village, NEXT["lon"])
    assert (case.reporter, case.caretaker) == (town.chen, town.lin)
    assert case.status == "awaiting_leader", "who does not work there settles nothing there"
    assert "已做的处理：劝走了" in case.description
    event = case.events.latest("seq")
    assert event.verb == "hand_over"
    assert "按位置交本网格；现由Lin负责" in event.note
    sentences = set(Outbox.objects.filter(subject=f"case:{case.pk}").values_list("audience", "sentence"))
    assert (
        f"user:{town.chen.pk}",
        f"编号 {case.number}：已按位置交给{there.name}，由Lin接着办。",
    ) in sentences
    assert any(to == f"user:{town.lin.pk}" for to, _ in sentences)


@pytest.mark.article(18)
def test_where_one_works_oneself_or_at_the_desk_it_is_an_ordinary_report(town: Town) -> None:
    there = town.grid_of("001002")
    case = reported(town, by="zhao", **NEXT, by_position=True)
    assert (case.grid, case.caretaker, case.status) == (there, town.zhao, "awaiting_acceptance")
    assert not case.events.filter(verb="hand_over").exists()
    own = reported(town, **HERE, by_position=True, outcome="handling")
    assert (own.grid, own.status) == (town.grid, "self_handling"), "it lies in the chosen grid"


@pytest.mark.article(14)
def test_in_another_county_it_is_the_same_matter_of_that_county_s_list(town: Town) -> None:
    far = {"lon": 115.045, "lat": 35.705}
    case = reported(town, **far, by_position=True)
    assert (case.county.name, case.caretaker) == ("清丰县", town.shi)
    assert case.matter is not None
    assert (case.matter.name, case.matter.edition.county) == ("邻里纠纷", case.county)
    edition = lists.draft_edition(
        case.county, in_force_on=MONDAY.date(), document="文〔2026〕9号", by=town.gu, at=MONDAY
    )
    edition.matters.filter(name="邻里纠纷").delete()
    lists.publish_edition(edition, by=town.gu, at=MONDAY)
    with refused(RuleViolation) as caught:
        reported(town, **far, by_position=True)
    assert caught.value.field == "grid" and "那里的清单没有" in caught.value.sentence


@pytest.mark.article(18)
def test_nobody_reports_into_another_grid_without_its_position(town: Town) -> None:
    for more in ({}, {"by_position": True}, {**HERE, "by_position": True}):
        with refused(NotPermitted):
            reported(town, grid_id=town.grid_of("001002").pk, **more)
    with refused(RuleViolation):
        reported(town, lon=115.005, lat=36.405, by_position=True)
    with refused(NotPermitted):
        reported(town, by="sun", **NEXT, by_position=True)


@pytest.mark.article(18)
def test_the_form_gives_it_to_the_other_grid_and_says_who_has_it(town: Town) -> None:
    visitor, sent = Visitor(town.chen), form(town, **NEXT)
    assert "请勾选“按位置交给那里的网格”" in visitor.post("/report/", sent).content.decode()
    answer = visitor.client.post("/report/", {**sent, "by_position": "on"}, follow=True)
    assert "已按位置交给" in answer.content.decode() and "由Lin接着办" in answer.content.decode()
    again = visitor.client.post(
        "/api/v1/cases/",
        {**form(town, **NEXT), "by_position": True},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert again.status_code == 201
    assert Case.objects.filter(grid=town.grid_of("001002")).count() == 2
