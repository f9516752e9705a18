"""The day report of a department, and its list of finished cases (Art. 17)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from tests.cases import case_in
from tests.town import MONDAY, Town
from tests.workflow.test_desk_pages import signed_in, statements_of
from workflow import actions
from workflow.day_report import ACTS, day_report
from workflow.models import Case

HERE = "workflow:day_report"
TODAY, DAY = MONDAY.date(), timedelta(days=1)


@pytest.fixture
def sun(town: Town, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(hours=8))
    return signed_in(town.sun)


def reported(town: Town, name: str = "sun", *, on: object = TODAY) -> dict[str, list[str]]:
    unit = {"sun": town.chengguan, "qian": town.gongan}[name]
    kinds = day_report(getattr(town, name), [unit], on)  # type: ignore[arg-type]
    return {kind.name: [act.number for act in kind.acts] for kind in kinds if kind.acts}


def closed(town: Town, at: datetime) -> Case:
    case = case_in("awaiting_verification", town, at=at)
    return actions.pass_check(case, by=town.chen, at=at + timedelta(hours=3))


@pytest.mark.article(17)
def test_every_act_of_the_day_is_listed_once_for_the_unit_that_had_the_case(town: Town) -> None:
    signed, fed_back = case_in("in_hand", town), case_in("awaiting_verification", town)
    assert reported(town) == {
        "新交办": [signed.number, fed_back.number],
        "签收": [signed.number, fed_back.number],
        "办结反馈": [fed_back.number],
    }
    assert reported(town, "qian") == {}
    assert reported(town, on=TODAY - DAY) == reported(town, on=TODAY + DAY) == {}


@pytest.mark.article(17)
def test_a_case_that_went_to_another_unit_stays_in_the_report_of_the_day(town: Town) -> None:
    case = case_in("awaiting_signature", town)
    at = MONDAY + timedelta(hours=3)
    case = actions.hand_back_case(Case.objects.get(pk=case.pk), note="属公安管辖", by=town.sun, at=at)
    actions.uphold_return(case, unit=town.gongan, reason="夜间占道归公安", by=town.zhao, at=at + DAY)
    handed = next(kind for kind in day_report(town.sun, [town.chengguan], TODAY) if kind.name == "申请退单")
    assert [(act.title, act.number, act.note) for act in handed.acts] == [("已改派其他单位的事项", "", "")]
    assert reported(town, "qian", on=TODAY + DAY) == {"新交办": [case.number]}


def test_undone_acts_are_not_listed(town: Town) -> None:
    case = case_in("awaiting_signature", town)
    at = case.events.get(verb="assign").at + timedelta(seconds=5)
    actions.undo_last(Case.objects.get(pk=case.pk), by=town.zhao, at=at)
    assert reported(town) == {}


def test_a_clue_is_listed_only_with_its_number_and_the_act(town: Town, sun: Client) -> None:
    case = case_in("awaiting_verification", town)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    acts = [act for kind in day_report(town.sun, [town.chengguan], TODAY) for act in kind.acts]
    assert [act.sentence for act in acts] == ["交办", "签收", "办结反馈"]
    assert {(act.number, act.title, act.place, act.note) for act in acts} == {
        (case.number, "保密线索", "", "")
    }


def test_the_page_shows_the_day_and_refuses_a_day_that_is_none(town: Town, sun: Client) -> None:
    case = case_in("awaiting_verification", town)
    page = sun.get(reverse(HERE)).content.decode()
    assert page.count(case.number) == 3
    assert "这一天没有办理记录" in sun.get(reverse(HERE), {"on": "2026-11-01"}).content.decode()
    for wrong, sentence in (
        ("昨天", "“昨天”不是日期，日期应写成 2026-12-08 这样。"),
        ("2030-01-01", "只能查今天和以前的日期"),
    ):
        answer = sun.get(reverse(HERE), {"on": wrong})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert set(ACTS) >= {"新交办", "签收", "办结反馈"}


def test_forty_acts_cost_as_many_statements_as_one(town: Town, sun: Client) -> None:
    costs = []
    for more in (1, 12):
        for _ in range(more):
            case_in("in_hand", town)
        costs.append(statements_of(sun, reverse(HERE)))
    assert costs[0] == costs[1]


def test_the_tray_lists_what_was_finished_newest_first_and_as_a_file(town: Town, sun: Client) -> None:
    first, second = closed(town, MONDAY), closed(town, MONDAY + timedelta(hours=1))
    case_in("in_hand", town)
    answer = sun.get(reverse("workflow:tray"), {"queue": "done"})
    assert [card.pk for card in answer.context["cards"]] == [second.pk, first.pk]
    assert not any(card.buttons for card in answer.context["cards"])
    file = sun.get(reverse("workflow:tray"), {"queue": "done", "form": "workbook"})
    assert "attachment" in file["Content-Disposition"]
