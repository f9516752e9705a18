"""A department asks, the list decides whether it may, and the grid answers with one tap (Art. 14)."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.errors import IllegalMove, NotPermitted, RuleViolation, StaleVersion
from grids.models import Grid
from matters import actions
from matters.actions import RequestDraft
from matters.models import GridRequest, Matter
from tests.cases import refused
from tests.matters.conftest import body
from tests.shapes import Sent
from tests.town import MONDAY, Town

pytestmark = pytest.mark.article(14)


def handed(town: Town, *, matter: Matter | None = None, text: str = "核对座椅编号") -> GridRequest:
    draft = RequestDraft(body("hlq-chengguan"), text, matter=matter)
    return actions.hand(draft, [town.grid], by=town.sun, at=MONDAY)[0]


def test_what_is_not_on_the_list_is_refused_with_one_tap_and_the_department_hears_of_it(
    town: Town, client: Client
) -> None:
    request = handed(town)
    client.force_login(town.chen)
    page = client.get("/lists/requests/mine/").content.decode()
    assert "不在清单，拒绝" in page
    client.post(f"/lists/requests/{request.pk}/turn_down/", {"version": request.version})
    request.refresh_from_db()
    assert (request.status, request.answered_by) == ("refused", town.chen)


def test_what_is_on_the_list_cannot_be_refused(town: Town, client: Client) -> None:
    request = handed(town, matter=town.matter("公共设施与重点部位标注"))
    with refused(IllegalMove):
        actions.turn_down(request, by=town.chen, at=MONDAY)
    client.force_login(town.chen)
    assert "不在清单，拒绝" not in client.get("/lists/requests/mine/").content.decode()
    assert actions.do(request, by=town.chen, at=MONDAY).status == "done"


def test_only_a_worker_of_the_grid_answers_and_only_once(town: Town) -> None:
    request = handed(town)
    for stranger in (town.lin, town.wang, town.sun, town.wu, town.shi):
        with refused(NotPermitted):
            actions.turn_down(request, by=stranger, at=MONDAY)
    actions.turn_down(request, by=town.chen, at=MONDAY)
    with refused(StaleVersion):
        actions.do(request, by=town.chen, at=MONDAY)


def test_a_department_asks_grids_of_its_own_territory_in_its_own_name(town: Town) -> None:
    far = Grid.objects.with_place().get(code="410922100201001")
    draft = RequestDraft(body("hlq-chengguan"), "核对座椅")
    with refused(RuleViolation):
        actions.hand(draft, [far], by=town.sun, at=MONDAY)
    with refused(NotPermitted):
        actions.hand(draft, [town.grid], by=town.qian, at=MONDAY)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"text": ""}, "text"), ({"text": "长" * 201}, "text"), ({"due_on": date(2026, 11, 1)}, "due_on")],
)
def test_a_request_says_what_and_not_when_it_is_past(town: Town, fields: Sent, field: str) -> None:
    draft = RequestDraft(body("hlq-chengguan"), **{"text": "核对座椅", **fields})
    with refused(RuleViolation) as caught:
        actions.hand(draft, [town.grid], by=town.sun, at=MONDAY)
    assert caught.value.field == field


def test_a_matter_of_another_county_s_list_is_not_on_this_one(town: Town) -> None:
    with refused(RuleViolation):
        handed(town, matter=town.matter("路灯故障", county="410922"))


def test_the_county_sees_who_keeps_asking(town: Town, client: Client) -> None:
    actions.turn_down(handed(town), by=town.chen, at=MONDAY)
    handed(town, matter=town.matter("公共设施与重点部位标注"))
    client.force_login(town.wu)
    (row,) = client.get("/lists/requests/").context["askers"]
    assert (row["organization__name"], row["total"], row["unlisted"], row["refused"]) == (
        "华龙区城市管理",
        2,
        1,
        1,
    )
    client.force_login(town.gu)
    assert client.get("/lists/requests/").context["askers"] == [], "another county's grids are not hers"


def test_a_worker_notes_what_was_asked_by_telephone(town: Town, client: Client) -> None:
    client.force_login(town.chen)
    fields = {
        "organization": body("hlq-chengguan").pk,
        "text": "转发十条",
        "grid": town.grid.pk,
        "matter": "",
    }
    assert client.post("/lists/requests/record/", fields).status_code == 302
    (made,) = GridRequest.objects.all()
    assert (made.source, made.is_listed, made.by) == ("told", False, town.chen)
    kept = client.post("/lists/requests/record/", {**fields, "text": "长" * 300})
    assert kept.status_code == 422
    assert "长" * 300 in kept.content.decode(), "what was typed stays"


def test_a_department_hands_a_task_on_the_page(town: Town, client: Client) -> None:
    client.force_login(town.sun)
    page = client.get("/lists/requests/hand/", {"township": "410902001"})
    assert "京东社区第一网格" in page.content.decode() or town.grid.name in page.content.decode()
    fields = {
        "township": "410902001",
        "organization": body("hlq-chengguan").pk,
        "text": "核对座椅",
        "grids": [town.grid.pk],
    }
    assert client.post("/lists/requests/hand/", fields).status_code == 302
    far = Grid.objects.get(code="410922100201001")
    refusal = client.post("/lists/requests/hand/", {**fields, "grids": [far.pk]})
    assert refusal.status_code == 422
    assert "有网格不在这个乡镇街道" in refusal.content.decode()


@pytest.mark.parametrize("address", ["/lists/requests/", "/lists/burden/", "/lists/requests/mine/"])
def test_a_page_costs_the_same_for_one_row_and_for_ten(town: Town, client: Client, address: str) -> None:

    client.force_login(town.chen if "mine" in address else town.wu)
    handed(town)
    client.get(address)  # what a process reads once and keeps
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(9):
        handed(town, text=f"第 {number} 件")
    with CaptureQueriesContext(connection) as ten:
        client.get(address)
    assert len(ten) == len(one)


def test_the_burden_is_the_sum_of_the_list_by_department(town: Town, client: Client) -> None:
    client.force_login(town.wu)
    page = client.get("/lists/burden/").context
    county = town.division("华龙区")
    matters = Matter.objects.in_force(county.pk, MONDAY.date())
    wanted = sum(round(matter.times_per_month * matter.minutes_each) for matter in matters)
    assert sum(row.share.minutes for row in page["rows"]) == wanted
    assert page["edition"].edition == 1


@pytest.mark.parametrize("address", ["/lists/requests/hand/?township=410902001", "/lists/requests/record/"])
def test_a_form_that_is_sent_twice_makes_one_request(town: Town, client: Client, address: str) -> None:
    is_handing = "hand" in address
    client.force_login(town.sun if is_handing else town.chen)
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', client.get(address).content.decode())
    assert key is not None
    fields = {"key": key[1], "organization": body("hlq-chengguan").pk, "text": "核对座椅", "matter": ""}
    fields |= {"township": "410902001", "grids": [town.grid.pk]} if is_handing else {"grid": town.grid.pk}
    assert [client.post(address, fields).status_code for _ in range(2)] == [302, 302]
    assert GridRequest.objects.count() == 1
    changed = client.post(address, {**fields, "text": "核对桌子"})
    page = changed.content.decode()
    assert changed.status_code == 422 and GridRequest.objects.count() == 1
    assert "先前已经提交成功" in page and "核对桌子" in page and key[1] not in page
    fresh = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert fresh is not None
    assert client.post(address, {**fields, "text": "核对桌子", "key": fresh[1]}).status_code == 302
    assert GridRequest.objects.count() == 2
