"""Saved views of the desk: one's own and shared ones, with live numbers, and what cannot be saved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.errors import RuleViolation
from personnel.actions.appoint import appoint_to_office
from personnel.models import Organization
from tests.cases import case_in
from tests.doors import Visitor
from tests.town import FOUNDED, MONDAY, Town
from workflow.actions.saved_views import MOST_OWN, save_view
from workflow.filters import Filters
from workflow.models import SavedView
from workflow.saved_views import address_of_view

DESK = "workflow:desk"


@pytest.fixture
def desk(town: Town) -> Client:
    return Visitor(town.zhao).client


def saved(client: Client, **fields: str) -> Any:
    """Save as the form does; return the page that follows."""
    given = {"name": "九号楼", "queue": "acceptance", "q": "9号楼", **fields}
    return client.post(reverse("workflow:save_view"), given, follow=True)


def tabs(answer: Any) -> dict[str, Any]:
    return {tab.name: tab for tab in answer.context["queues"]}


def test_a_view_opens_its_list_with_a_live_number(town: Town, desk: Client) -> None:
    for number, place in enumerate(("9号楼", "9号楼东", "8号楼")):
        case_in("awaiting_acceptance", town, at=MONDAY + timedelta(hours=number), place=place)
    assert "已保存视图“九号楼”" in saved(desk).content.decode()
    tab = tabs(desk.get(reverse(DESK)))["九号楼"]
    assert tab.count == 2
    opened = desk.get(tab.url)
    assert len(opened.context["rows"]) == 2
    assert tabs(opened)["九号楼"].is_current
    assert not tabs(opened)["待受理"].is_current
    counts = desk.get(reverse("workflow:counts")).json()["counts"]
    assert counts[tab.poll] == 2


def test_a_shared_view_is_offered_to_the_desk_alone_and_its_owner_or_head_removes_it(
    town: Town, desk: Client
) -> None:
    saved(desk, shared="on")
    saved(desk, name="我自己的")
    view = SavedView.objects.get(name="九号楼")
    body = Organization.objects.get(code="desk-zyl")
    appoint_to_office(town.nobody, role="dispatcher", organization=body, on=FOUNDED, at=MONDAY, by=None)
    neighbour, colleague = Visitor(town.duan).client, Visitor(town.nobody).client
    assert "九号楼（共享）" not in tabs(neighbour.get(reverse(DESK)))
    found = tabs(colleague.get(reverse(DESK)))
    assert "九号楼（共享）" in found
    assert "我自己的" not in found
    assert colleague.post(reverse("workflow:remove_view", args=[view.pk])).status_code == 403
    assert neighbour.post(reverse("workflow:remove_view", args=[view.pk])).status_code == 404
    assert (
        "已删除视图"
        in desk.post(reverse("workflow:remove_view", args=[view.pk]), follow=True).content.decode()
    )
    assert not SavedView.objects.filter(pk=view.pk).exists()
    saved(desk, name="楼上", shared="on")
    view, head = SavedView.objects.get(name="楼上"), Visitor(town.tang).client
    assert "删除这个视图" in head.get(address_of_view(view)).content.decode()
    assert head.post(reverse("workflow:remove_view", args=[view.pk])).status_code == 302
    assert not SavedView.objects.filter(pk=view.pk).exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "请给视图起个名字"),
        ({"name": "长" * 21}, "名字最多 20 个字"),
        ({"name": "找13800001234"}, "名字里有"),
        ({"q": "13800001234"}, "筛选里有"),
        ({"queue": "to_sign"}, "没有这个队列"),
    ],
)
def test_what_cannot_be_saved_says_why(
    town: Town, desk: Client, fields: dict[str, str], sentence: str
) -> None:
    page = saved(desk, **fields).content.decode()
    assert sentence in page
    assert f'value="{fields.get("name", "九号楼")}"' in page  # what was typed is not lost
    assert not SavedView.objects.exists()


def test_a_name_is_used_once_and_nobody_has_too_many(town: Town, desk: Client) -> None:
    saved(desk)
    saved(desk, q="8号楼")
    assert SavedView.objects.get().filters == {"q": "8号楼"}
    for number in range(MOST_OWN - 1):
        save_view(
            name=f"视图{number}", queue="all", filters=Filters(), is_shared=False, by=town.zhao, at=MONDAY
        )
    assert f"您已有 {MOST_OWN} 个视图" in saved(desk, name="又一个").content.decode()


def test_a_view_of_a_matter_that_has_ended_and_of_a_place_that_is_gone_still_opens(
    town: Town, desk: Client
) -> None:
    saved(desk, name="旧事项", q="", matter="9-99")
    saved(desk, name="旧地方", q="", division="410902999")
    found = tabs(desk.get(reverse(DESK)))
    for name in ("旧事项", "旧地方"):
        assert found[name].count == 0
        assert desk.get(found[name].url).context["rows"] == []


@pytest.mark.slow
def test_ten_views_cost_as_many_statements_as_one(town: Town, desk: Client) -> None:
    costs = []
    for more in (1, 9):
        for number in range(more):
            saved(desk, name=f"视图{more}{number}", q=f"{number}号楼 路灯", division="410902001001")
        desk.get(reverse(DESK))
        with CaptureQueriesContext(connection) as asked:
            desk.get(reverse(DESK))
        costs.append(len(asked))
    assert len(set(costs)) == 1


def test_who_works_at_no_desk_shares_with_none(town: Town) -> None:
    chief = town.nobody
    chief.is_superuser = True  # not saved: only the owner of the tables can
    with pytest.raises(RuleViolation, match="不在任何调度台任职"):
        save_view(name="全市", queue="all", filters=Filters(), is_shared=True, by=chief, at=MONDAY)
    assert not SavedView.objects.exists()
