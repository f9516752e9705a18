"""The department's tray: its own cases and nothing else (Art. 17)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.cases import case_in
from tests.town import MONDAY, Town
from tests.workflow.test_desk_pages import pick, signed_in, statements_of
from workflow import actions
from workflow.models import Case
from workflow.presentation import verb_url
from workflow.returns import decider_of, ground_of
from workflow.verbs import CASE_VERBS
from workflow.views.tray import TrayCard


@pytest.fixture
def sun(town: Town) -> Client:
    """Sun of 华龙区城市管理 at his own screen."""
    return signed_in(town.sun)


def cards_of(client: Client, **query: str) -> list[TrayCard]:
    answer = client.get(reverse("workflow:tray"), query)
    assert answer.status_code == 200
    cards: list[TrayCard] = answer.context["cards"]
    return cards


@pytest.mark.article(17)
def test_a_department_sees_what_is_assigned_to_it_and_nothing_else(town: Town, sun: Client) -> None:
    case = case_in("awaiting_signature", town)
    case_in("awaiting_assignment", town)
    assert [card.pk for card in cards_of(sun)] == [case.pk]
    assert cards_of(signed_in(town.qian)) == []


def test_the_number_in_the_heading_equals_the_lists(town: Town, sun: Client) -> None:
    for status in ("awaiting_signature", "awaiting_signature", "in_hand", "awaiting_verification"):
        case_in(status, town)
    page = sun.get(reverse("workflow:tray"))
    assert page.context["waiting"] == 3
    assert len(cards_of(sun, queue="to_sign")) + len(cards_of(sun, queue="in_hand")) == 3
    assert len(cards_of(sun, queue="fed_back")) == 1


def test_the_late_ones_are_those_that_the_unit_still_has(town: Town, sun: Client) -> None:
    late, fed_back = case_in("in_hand", town), case_in("awaiting_verification", town)
    Case.objects.filter(pk__in=[late.pk, fed_back.pk]).update(light=Case.Light.LATE)
    assert [card.pk for card in cards_of(sun, queue="unit_late")] == [late.pk]


@pytest.mark.slow
def test_fifty_cards_cost_as_many_statements_as_one(town: Town, sun: Client) -> None:
    costs = []
    for more in (1, 9, 40):
        for number in range(more):
            case_in("awaiting_signature", town, at=MONDAY + timedelta(minutes=number))
        costs.append(statements_of(sun, reverse("workflow:tray")))
    assert len(set(costs)) == 1


def test_many_are_signed_at_once(town: Town, sun: Client) -> None:
    cases = [case_in("awaiting_signature", town) for _ in range(3)]
    answer = sun.post(
        reverse("workflow:many"),
        {"verb": "sign", "case": pick(*cases), "next": reverse("workflow:tray")},
        follow=True,
    )
    assert "3 件已签收。" in answer.content.decode()
    assert {case.status for case in Case.objects.all()} == {"in_hand"}


def test_another_department_cannot_sign_them(town: Town) -> None:
    case = case_in("awaiting_signature", town)
    answer = signed_in(town.qian).post(
        reverse("workflow:many"),
        {"verb": "sign", "case": pick(case), "next": reverse("workflow:tray")},
        follow=True,
    )
    assert "0 件已签收，1 件未签收，因为：这件事不存在，或不在您的范围内" in answer.content.decode()


@pytest.mark.article(17)
def test_a_return_shows_its_ground_and_who_decides(town: Town) -> None:
    case = case_in("awaiting_signature", town, matter_id=town.matter("路灯故障").pk)
    assert ground_of(case) == "事项清单 6-08 主办：城市管理"
    assert decider_of(case).startswith("由中原路街道网格化服务管理机构")
    case = actions.hand_back_case(case, note="非本单位养护", by=town.sun, at=MONDAY + timedelta(hours=2))
    case = actions.reject_return(case, note="清单主办", by=town.zhao, at=MONDAY + timedelta(hours=3))
    page = signed_in(town.sun).get(reverse("workflow:hand_back", args=[case.pk])).content.decode()
    assert ground_of(case) in page
    assert decider_of(case) in page
    assert "华龙区" in decider_of(case)
    assert "裁定" in decider_of(case)


@pytest.mark.article(17)
def test_the_pane_of_the_tray_shows_its_verbs_with_their_letters_and_the_ground(town: Town) -> None:
    case = case_in("awaiting_signature", town)
    pane = signed_in(town.sun).get(reverse("workflow:preview", args=[case.pk]))
    assert [(each.verb, each.key) for each in pane.context["buttons"]][:2] == [
        ("sign", "a"),
        ("hand_back", "r"),
    ]
    assert ("依据", ground_of(case)) in pane.context["facts"]
    signed = signed_in(town.sun).post(
        reverse("workflow:desk_sign", args=[case.pk]),
        {"version": case.version},
        headers={"HX-Request": "true"},
    )
    assert '"word": "\\u529e\\u7406\\u4e2d"' in signed["HX-Trigger"]
    pane = signed_in(town.sun).get(reverse("workflow:preview", args=[case.pk]))
    assert ("feed_back", "f") in [(each.verb, each.key) for each in pane.context["buttons"]]


def test_the_live_numbers_are_those_of_the_page(town: Town, sun: Client) -> None:
    address = reverse("workflow:tray_counts")
    page = sun.get(reverse("workflow:tray"))
    version = page.context["version"]
    assert sun.get(address, {"version": version}).status_code == 204
    case_in("awaiting_signature", town)
    answer = sun.get(address, {"version": version})
    assert answer.json()["counts"]["waiting"] == answer.json()["counts"]["to_sign"] == 1
    assert sun.get(address, {"version": answer.json()["version"]}).status_code == 204
    assert signed_in(town.chen).get(address).status_code == 403


@pytest.mark.article(17)
def test_a_verb_that_would_be_refused_at_once_is_nowhere_offered(town: Town, sun: Client) -> None:
    case = case_in("awaiting_signature", town)
    Case.objects.filter(pk=case.pk).update(return_count=2)
    for name in ("workflow:case", "workflow:preview"):
        page = sun.get(reverse(name, args=[case.pk])).content.decode()
        assert "签收" in page and "/hand-back/" not in page
    at_the_top = case_in("awaiting_assignment", town)
    Case.objects.filter(pk=at_the_top.pk).update(level="city")
    page = signed_in(town.feng).get(reverse("workflow:preview", args=[at_the_top.pk])).content.decode()
    assert "交办" in page and "/escalate/" not in page


def test_after_the_second_return_none_is_offered(town: Town, sun: Client) -> None:
    case = case_in("awaiting_signature", town)
    Case.objects.filter(pk=case.pk).update(return_count=2)
    assert [button.verb for button in cards_of(sun)[0].buttons] == ["sign"]


@pytest.mark.parametrize("name", ["chen", "wang", "zheng", "nobody"])
def test_users_who_work_for_no_unit_get_a_sentence(town: Town, name: str) -> None:
    answer = signed_in(getattr(town, name)).get(reverse("workflow:tray"))
    assert answer.status_code == 403
    assert "本单位页面供" in answer.content.decode()


def test_an_unknown_queue_does_not_exist(sun: Client) -> None:
    assert sun.get(reverse("workflow:tray"), {"queue": "acceptance"}).status_code == 404


def test_the_address_of_a_verb_is_the_one_that_the_address_map_gives() -> None:
    for verb in CASE_VERBS:
        assert verb_url(7, verb) == reverse(f"workflow:{verb}", args=[7])


def test_a_card_says_the_village_once(town: Town, sun: Client) -> None:
    case_in("awaiting_signature", town, place="京东社区地下车库入口")
    case_in("awaiting_signature", town, place="")
    places = {(card.where, card.place) for card in cards_of(sun)}
    assert {place for _, place in places} == {"地下车库入口", ""}
    assert all("京东社区" in where for where, _ in places)
