"""The dispatch desk's pages: queues, filters, preview, one verb, many at once, undo (Art. 18, 19)."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from personnel.models import Organization
from tests.cases import case_in, reported
from tests.town import MONDAY, Town
from workflow.models import Case
from workflow.queues import DESK_QUEUES, QUEUES, cases_in

HTMX = {"HX-Request": "true"}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(town: Town) -> Client:
    """Zhao's desk in 中原路街道."""
    return signed_in(town.zhao)


def waiting(town: Town, count: int, **fields: Any) -> list[Case]:
    """So many cases that wait for acceptance at Zhao's desk."""
    return [
        case_in("awaiting_acceptance", town, at=MONDAY + timedelta(minutes=number), **fields)
        for number in range(count)
    ]


def statements_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def rows_of(answer: Any) -> set[int]:
    return {row.pk for row in answer.context["rows"]}


@pytest.mark.slow
def test_a_hundred_rows_cost_as_many_statements_as_one(town: Town, desk: Client) -> None:
    address = reverse("workflow:desk") + "?size=200"
    costs = []
    for more in (1, 9, 90):
        waiting(town, more)
        costs.append(statements_of(desk, address))
    assert len(set(costs)) == 1
    assert costs[0] <= 11  # session, person, grants, two of the frame, and six of the desk's own


def test_the_desk_opens_on_what_waits_for_acceptance(town: Town, desk: Client) -> None:
    cases = waiting(town, 2)
    reported(town)
    assert rows_of(desk.get(reverse("workflow:desk"))) == {case.pk for case in cases}


def test_every_number_of_a_queue_equals_its_list(town: Town, desk: Client) -> None:
    for status in ("awaiting_leader", "awaiting_acceptance", "awaiting_assignment", "in_hand"):
        case_in(status, town)
    counts = desk.get(reverse("workflow:counts")).json()["counts"]
    assert set(counts) == {queue.key for queue in DESK_QUEUES if queue.counted}
    for key, number in counts.items():
        assert number == cases_in(QUEUES[key], town.zhao).count(), key
        assert len(desk.get(reverse("workflow:desk"), {"queue": key}).context["rows"]) == number


def test_unchanged_counts_are_not_sent_again(town: Town, desk: Client) -> None:
    waiting(town, 1)
    version = desk.get(reverse("workflow:counts")).json()["version"]
    assert desk.get(reverse("workflow:counts"), {"version": version}).status_code == 204
    waiting(town, 1)
    assert desk.get(reverse("workflow:counts"), {"version": version}).status_code == 200


def test_a_queue_that_the_desk_does_not_have_does_not_exist(desk: Client) -> None:
    assert desk.get(reverse("workflow:desk"), {"queue": "to_sign"}).status_code == 404


@pytest.mark.parametrize("name", ["chen", "wang", "wu", "nobody"])
def test_users_who_dispatch_nowhere_get_a_sentence(town: Town, name: str) -> None:
    answer = signed_in(getattr(town, name)).get(reverse("workflow:desk"))
    assert answer.status_code == 403
    assert "调度台供" in answer.content.decode()


def test_a_desk_sees_nothing_of_its_neighbour(town: Town) -> None:
    case = waiting(town, 1)[0]
    neighbour = signed_in(town.duan)
    assert rows_of(neighbour.get(reverse("workflow:desk"), {"queue": "all"})) == set()
    assert neighbour.get(reverse("workflow:preview", args=[case.pk])).status_code == 404
    assert neighbour.get(reverse("workflow:preview", args=[999_999])).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "楼道"}, {"dispute", "lamp"}),
        ({"q": "楼顶"}, set()),
        ({"q": "邻里"}, {"dispute"}),
        ({"q": "3号楼"}, {"lamp"}),
        ({"q": "京东 路灯"}, {"lamp"}),
        ({"q": "ldgz"}, {"lamp"}),
        ({"q": "LDGZ"}, {"lamp"}),
        ({"light": "late"}, {"lamp"}),
        ({"matter": "6-08"}, {"lamp"}),
        ({"division": "410902001001"}, {"dispute", "lamp"}),
        ({"division": "410902001002"}, set()),
        ({"division": "410922"}, set()),
        ({"division": "nowhere", "q": "%_"}, set()),
    ],
)
def test_filters_narrow_and_stay_in_the_address(
    town: Town, desk: Client, query: dict[str, str], found: set[str]
) -> None:
    dispute = waiting(town, 1)[0]
    lamp = waiting(town, 1, matter_id=town.matter("路灯故障").pk, place="京东社区3号楼前")[0]
    Case.objects.filter(pk=lamp.pk).update(light=Case.Light.LATE)
    names = {dispute.pk: "dispute", lamp.pk: "lamp"}
    answer = desk.get(reverse("workflow:desk"), query)
    assert {names[pk] for pk in rows_of(answer)} == found
    for key, word in query.items():
        if word.isprintable():
            assert f"{key}=" in answer.context["address"]


def test_a_case_is_found_by_its_number(town: Town, desk: Client) -> None:
    first, other = waiting(town, 2)
    assert rows_of(desk.get(reverse("workflow:desk"), {"q": first.number})) == {first.pk}
    assert other.pk not in rows_of(desk.get(reverse("workflow:desk"), {"q": str(first.pk)}))


def test_pages_follow_each_other_without_a_gap(town: Town, desk: Client) -> None:
    cases = waiting(town, 52)
    first = desk.get(reverse("workflow:desk"))
    second = desk.get(first.context["next_url"])
    assert len(first.context["rows"]) == 50
    assert rows_of(first) | rows_of(second) == {case.pk for case in cases}
    assert not rows_of(first) & rows_of(second)
    assert second.context["next_url"] == ""


@pytest.mark.article(17)
def test_the_preview_suggests_a_unit_and_says_why(town: Town, desk: Client) -> None:
    case = waiting(town, 1, matter_id=town.matter("路灯故障").pk)[0]
    page = desk.get(reverse("workflow:preview", args=[case.pk])).content.decode()
    assert town.chengguan.name in page
    assert "事项清单" in page
    for key in "adre":
        assert f'data-key="{key}"' in page


def test_the_preview_names_what_is_the_same_nearby(town: Town, desk: Client) -> None:
    now = datetime.now(tz=MONDAY.tzinfo)
    first, second = (case_in("awaiting_acceptance", town, at=now - timedelta(hours=2)) for _ in range(2))
    page = desk.get(reverse("workflow:preview", args=[first.pk]))
    assert [row.pk for row in page.context["similar"]] == [second.pk]


def test_the_preview_costs_the_same_however_long_the_story_is(town: Town, desk: Client) -> None:
    short, long = waiting(town, 1)[0], case_in("in_hand", town)
    assert statements_of(desk, reverse("workflow:preview", args=[long.pk])) <= statements_of(
        desk, reverse("workflow:preview", args=[short.pk])
    )


def run_verb(client: Client, verb: str, case: Case, **fields: Any) -> Any:
    """Run a verb from the pane."""
    address = reverse(f"workflow:desk_{verb}", args=[case.pk])
    return client.post(address, {"version": case.version, **fields}, headers=HTMX)


@pytest.mark.article(18)
def test_accepting_tells_the_list_and_offers_undo(town: Town, desk: Client) -> None:
    case = waiting(town, 1)[0]
    answer = run_verb(desk, "accept", case)
    moved = json.loads(answer["HX-Trigger"])["case-moved"]
    assert (moved["pk"], moved["status"], moved["undone"]) == (case.pk, "awaiting_assignment", False)
    assert reverse("workflow:desk_undo", args=[case.pk]) in answer.content.decode()


def test_assigning_what_waits_for_acceptance_accepts_it_first(town: Town, desk: Client) -> None:
    case = waiting(town, 1)[0]
    assert desk.get(reverse("workflow:desk_assign", args=[case.pk]), headers=HTMX).status_code == 200
    run_verb(desk, "assign", case, unit=town.chengguan.pk, reason="清单主办")
    case.refresh_from_db()
    assert case.status == "awaiting_signature"
    assert list(case.events.order_by("seq").values_list("verb", flat=True))[-2:] == ["accept", "assign"]


def test_undo_within_ten_seconds_brings_the_case_back(town: Town, desk: Client) -> None:
    case = waiting(town, 1)[0]
    run_verb(desk, "accept", case)
    case.refresh_from_db()
    moved = json.loads(run_verb(desk, "undo", case)["HX-Trigger"])["case-moved"]
    assert (moved["undone"], moved["status"]) == (True, "awaiting_acceptance")


def test_undo_after_ten_seconds_is_refused_with_a_sentence(
    town: Town, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = waiting(town, 1)[0]
    run_verb(desk, "accept", case)
    case.refresh_from_db()
    accepted_at = case.promised_from_at
    assert accepted_at is not None
    monkeypatch.setattr("common.clock.now", lambda: accepted_at + timedelta(seconds=11))
    answer = run_verb(desk, "undo", case)
    assert answer.status_code == 409
    assert "已超过 10 秒" in answer.content.decode()


def test_a_stale_version_says_who_was_faster_and_keeps_the_text(town: Town, desk: Client) -> None:
    case = waiting(town, 1)[0]
    run_verb(signed_in(town.zhao), "accept", case)
    answer = run_verb(desk, "escalate", case, note="本级没有挖掘机")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "办过这件事，现在是“待交办”" in page and "Zhao " in page
    assert "本级没有挖掘机" in page
    assert reverse("workflow:preview", args=[case.pk]) in page


def test_a_reason_left_out_is_asked_for_in_place(town: Town, desk: Client) -> None:
    answer = run_verb(desk, "return_for_correction", waiting(town, 1)[0], note="")
    assert answer.status_code == 422
    assert "请填写理由" in answer.content.decode()


def pick(*cases: Case) -> list[str]:
    return [f"{case.pk}:{case.version}" for case in cases]


def test_many_are_accepted_and_those_that_are_not_stay_selected(town: Town, desk: Client) -> None:
    one, two, stale = waiting(town, 3)
    foreign = case_in("awaiting_acceptance", town, at=MONDAY - timedelta(days=1))
    Case.objects.filter(pk=foreign.pk).update(township=town.division("城关镇"), reporter=town.shi)
    picked = [*pick(one, two, foreign), f"{stale.pk}:{stale.version - 1}"]
    answer = desk.post(reverse("workflow:many"), {"verb": "accept", "case": picked}, follow=True)
    page = answer.content.decode()
    assert "2 件已受理，2 件未受理，因为" in page
    assert f'value="{stale.pk}:{stale.version}" aria-label="选择 {stale.number}" checked' in page
    assert set(Case.objects.filter(status="awaiting_assignment").values_list("pk", flat=True)) == {
        one.pk,
        two.pk,
    }
    assert "2 件已受理" not in desk.get(reverse("workflow:desk")).content.decode()


def test_many_cannot_be_escalated_without_a_word(town: Town, desk: Client) -> None:
    case = waiting(town, 1)[0]
    answer = desk.post(reverse("workflow:many"), {"verb": "escalate", "case": pick(case)}, follow=True)
    assert "0 件已升级，1 件未升级，因为：请写明为什么本级处理不了" in answer.content.decode()


def test_nothing_selected_and_too_many_are_sentences(town: Town, desk: Client) -> None:
    answer = desk.post(reverse("workflow:many"), {"verb": "accept"}, follow=True)
    assert "还没有选择事项" in answer.content.decode()
    picked = [f"{number}:1" for number in range(1, 202)]
    answer = desk.post(reverse("workflow:many"), {"verb": "accept", "case": picked}, follow=True)
    assert "一次最多 200 件" in answer.content.decode()


def test_a_verb_that_is_never_run_on_many_has_no_address(town: Town, desk: Client) -> None:
    picked = pick(waiting(town, 1)[0])
    assert desk.post(reverse("workflow:many"), {"verb": "void", "case": picked}).status_code == 404
    assert desk.get(reverse("workflow:many")).status_code == 405


def test_a_call_is_registered_at_the_township_desk(town: Town, desk: Client) -> None:
    fields = {
        "grid_id": town.grid.pk,
        "matter_id": town.matter("邻里纠纷").pk,
        "key": uuid4(),
        "for_resident": "on",
    }
    for _ in range(2):  # the button was pressed twice
        assert desk.post(reverse("workflow:register"), fields).status_code == 302
    case = Case.objects.get()
    assert (case.source, case.status, case.reporter) == ("desk", "awaiting_acceptance", town.zhao)


def test_a_call_without_a_grid_is_asked_for_one_and_nothing_is_lost(town: Town, desk: Client) -> None:
    fields = {"title": "井水发黄", "description": "三天了", "key": uuid4()}
    answer = desk.post(reverse("workflow:register"), fields)
    assert answer.status_code == 422
    assert "请选择网格" in answer.content.decode()
    assert "三天了" in answer.content.decode()
    assert not Case.objects.exists()


@pytest.mark.parametrize("name", ["hua", "feng", "chen"])
def test_only_a_township_desk_registers_calls(town: Town, name: str) -> None:
    assert signed_in(getattr(town, name)).get(reverse("workflow:register")).status_code == 403


# --- Many are assigned ---------------------------------------------------------------------------------------------


def assign_many(client: Client, cases: list[Case], **fields: Any) -> str:
    sent = {"verb": "assign", "case": pick(*cases), **fields}
    return client.post(reverse("workflow:many"), sent, follow=True).content.decode()


@pytest.mark.article(17)
def test_many_are_assigned_each_to_the_unit_that_its_list_names_and_taken_back_together(
    town: Town, desk: Client
) -> None:
    cases, lead = (
        [*waiting(town, 2), case_in("awaiting_assignment", town)],
        Organization.objects.get(code="hlq-sifa"),
    )
    assert "3 件已交办。" in assign_many(desk, cases)
    for case in Case.objects.filter(pk__in=[case.pk for case in cases]):
        assert (case.status, case.unit) == ("awaiting_signature", lead)
        assert case.events.get(verb="assign").note == f"事项清单 {case.matter.code} 主办：司法行政"
    picked = pick(*Case.objects.filter(pk__in=[case.pk for case in cases]))
    page = desk.post(reverse("workflow:many"), {"verb": "undo", "case": picked}, follow=True).content.decode()
    assert "3 件已撤销。" in page
    back = Case.objects.filter(pk__in=[case.pk for case in cases]).order_by("pk")
    assert [case.status for case in back] == [
        "awaiting_acceptance",
        "awaiting_acceptance",
        "awaiting_assignment",
    ]


def test_many_for_another_unit_need_its_ground_and_what_was_typed_stays(town: Town, desk: Client) -> None:
    cases, police = waiting(town, 2), town.gongan
    page = assign_many(desk, cases, unit=police.pk, reason=" ")
    assert "0 件已交办，2 件未交办，因为：没有按建议交" in page
    assert re.search(rf'<option value="{police.pk}"[^>]* selected', page), "the chosen unit stays chosen"
    assert "2 件已交办。" in assign_many(desk, cases, unit=police.pk, reason="夜间占道，需公安先行清场")


def test_many_without_a_suggestion_and_for_a_unit_elsewhere_are_sentences(town: Town, desk: Client) -> None:
    unlisted = case_in("awaiting_acceptance", town)
    Case.objects.filter(pk=unlisted.pk).update(matter=None, title="不在清单的事")
    assert "请选责任单位（1 件）" in assign_many(desk, [unlisted])
    elsewhere = Organization.objects.get(code="qf-chengguan")
    page = assign_many(desk, [unlisted], unit=elsewhere.pk, reason="清丰那边有车")
    assert "不在本级可以交办的单位里" in page
    assert "清丰那边有车" in page
    page = assign_many(desk, [unlisted], reason="长" * 301)
    assert "最多 300 字" in page
    assert Case.objects.get(pk=unlisted.pk).status == "awaiting_acceptance"
