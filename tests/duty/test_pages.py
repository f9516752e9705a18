"""The pages of the roster: a week is entered, copied, read; gaps are a number; what an urgent report says."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from common import clock
from duty.models import DutyShift
from personnel.models import Organization
from tests.doors import Visitor
from tests.duty.test_rosters import entered, line
from tests.town import MONDAY, Town
from workflow.models import Case

WEEK = "2026-11-16"


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def desk_pk() -> int:
    return Organization.objects.get(code="desk-zyl").pk


def week_of(town: Town, **more: object) -> dict[str, object]:
    people = {f"person_{day}_{place}": town.zhao.pk for day in range(7) for place in range(2)}
    return {"first": "08:00", "second": "20:00", **people, "stand_in_0_0": town.tang.pk, **more}


@pytest.mark.article(17)
def test_a_week_is_entered_on_one_page_and_read_by_the_desk(town: Town) -> None:
    keeper, path = Visitor(town.tang), f"/duty/{desk_pk()}/enter/?week={WEEK}"
    assert keeper.get(path).status_code == 200
    assert keeper.post(path, week_of(town)).status_code == 302
    assert DutyShift.objects.count() == 14
    page = Visitor(town.zhao).get(f"/duty/{desk_pk()}/?week={WEEK}").content.decode()
    assert page.count("值班 Zhao") >= 14 and "替班 Tang" in page
    assert "/enter/" not in page  # who only works there does not enter it
    assert Visitor(town.zhao).get(path).status_code == 403
    assert Visitor(town.duan).get(f"/duty/{desk_pk()}/").status_code == 404


def test_the_week_before_is_copied_into_the_form(town: Town) -> None:
    entered(town, *(line(town.zhao, day, stand_in=town.tang) for day in range(7)))
    form = Visitor(town.tang).get(f"/duty/{desk_pk()}/enter/?week=2026-11-23&copy=1").context["form"]
    assert form["person_3_0"].value() == str(town.zhao.pk)
    assert form["stand_in_6_0"].value() == str(town.tang.pk)
    assert not form["second"].value()  # one shift a day


def test_what_was_typed_stays_when_a_line_is_refused(town: Town) -> None:
    path = f"/duty/{desk_pk()}/enter/?week={WEEK}"
    answer = Visitor(town.tang).post(path, week_of(town, stand_in_0_0=town.zhao.pk))
    page = answer.content.decode()
    assert answer.status_code == 422 and "同一个人" in page
    assert page.count(f'<option value="{town.zhao.pk}" selected>') == 15
    answer = Visitor(town.tang).post(path, {"first": "08:00", "stand_in_2_0": town.tang.pk})
    assert "只选了替班人" in answer.content.decode()
    assert Visitor(town.tang).get(f"/duty/{desk_pk()}/?week=nonsense").status_code == 404


def test_gaps_are_a_number_in_the_work_of_the_keeper_alone(town: Town) -> None:
    entered(town, *(line(town.zhao, day) for day in (0, 1, 2, 3)))
    assert "3 天缺人" not in Visitor(town.zhao).get("/duty/now/").content.decode()
    line_of_keeper = Visitor(town.tang).get("/duty/now/").content.decode()
    assert "4 天缺人" in line_of_keeper and "值班 Zhao" in line_of_keeper
    assert "七天内没有人值班" in Visitor(town.tang).get(f"/duty/{desk_pk()}/").content.decode()


@pytest.mark.article(18)
def test_an_urgent_report_says_what_was_called_and_shows_it_with_who_is_on_duty(town: Town) -> None:
    town.zhao.phone = "03931234567"
    town.zhao.save()
    entered(town, line(town.zhao, 0))
    worker, matter = Visitor(town.chen), town.matter("井盖缺损")
    key = worker.get("/report/").context["form"]["key"].value()
    sent = {"key": key, "grid_id": town.grid.pk, "matter_id": matter.pk, "called": ["none", "water", "119"]}
    assert worker.post("/report/", sent).status_code == 302
    case = Case.objects.get()
    assert case.called == ["119", "water"]
    page = Visitor(town.zhao).get(f"/cases/{case.pk}/").content.decode()
    assert "119 消防、供水抢修" in page and "值班 Zhao 03931234567" in page
    pane = Visitor(town.zhao).get(f"/cases/{case.pk}/preview/").content.decode()
    assert "119 消防、供水抢修" in pane and "我来接" in pane


def test_what_is_not_urgent_keeps_no_calls(town: Town) -> None:
    worker = Visitor(town.chen)
    key = worker.get("/report/").context["form"]["key"].value()
    sent = {"key": key, "grid_id": town.grid.pk, "matter_id": town.matter("邻里纠纷").pk, "called": ["110"]}
    assert worker.post("/report/", sent).status_code == 302
    assert Case.objects.get().called == []


def test_the_phone_sends_what_was_called_and_a_wrong_word_is_refused(town: Town) -> None:
    payload = {**town.report_payload(), "matter_id": town.matter("井盖缺损").pk, "called": ["120", "110"]}
    heads = {"Idempotency-Key": "0f5c5a7e-2f0c-4b7c-9d2f-7d0f2d9b1a11"}
    client = Visitor(town.chen).client
    answer = client.post(
        reverse("api:cases"), json.dumps(payload), content_type="application/json", headers=heads
    )
    assert answer.status_code == 201
    assert Case.objects.get().called == ["110", "120"]
    detail = client.get(reverse("api:case", args=[answer.json()["id"]])).json()
    assert detail["called"] == ["110", "120"]
    wrong = {**payload, "called": ["12345"]}
    heads = {"Idempotency-Key": "0f5c5a7e-2f0c-4b7c-9d2f-7d0f2d9b1a12"}
    answer = client.post(
        reverse("api:cases"), json.dumps(wrong), content_type="application/json", headers=heads
    )
    assert answer.status_code in (400, 422)
