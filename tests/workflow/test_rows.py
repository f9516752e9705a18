"""A row of the desk shows what the pane shows, is updated when others act, and shows who else has the case open."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as NoRedis

from personnel.actions import appoint_to_office
from personnel.models import Organization
from tests.cases import case_in
from tests.town import FOUNDED, MONDAY, Town
from tests.workflow.test_asks import asks
from tests.workflow.test_desk_pages import signed_in, waiting
from workflow import actions
from workflow.models import Case
from workflow.presence import KEPT_SECONDS, others_at
from workflow.presentation import CaseRow, Timing, clock_of, row_of, time_of_step
from workflow.queues import DESK_QUEUES, FIELD_QUEUES, QUEUES, TRAY_QUEUES, cases_in
from workflow.rulebook import current_rulebook

FRIDAY = MONDAY - timedelta(days=3)


@pytest.fixture
def desk(town: Town) -> Client:
    return signed_in(town.zhao)


def timing_at(at: datetime) -> Timing:
    rulebook = current_rulebook()
    return Timing(at, rulebook.calendar, rulebook.book)


def row_at(case: Case, at: datetime) -> CaseRow:
    return row_of(Case.objects.with_names().get(pk=case.pk), timing_at(at))


# --- The time ---------------------------------------------------------------------------------------------------------

STATUSES = (
    "awaiting_leader",
    "awaiting_acceptance",
    "awaiting_assignment",
    "awaiting_signature",
    "in_hand",
    "awaiting_verification",
)


@pytest.mark.article(18)
@pytest.mark.parametrize("matter", ["邻里纠纷", "井盖缺损", "消费纠纷"])
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("later", [timedelta(minutes=90), timedelta(hours=26), timedelta(days=9)])
def test_the_row_says_the_time_that_the_pane_says(
    town: Town, status: str, matter: str, later: timedelta
) -> None:
    case = case_in(status, town, at=FRIDAY, matter_id=town.matter(matter).pk)
    at = FRIDAY + later
    row, pane = row_at(case, at), clock_of(case, case.stages.running().get(), timing_at(at))
    assert row.used == pane.used
    assert row.words == (pane.words.removeprefix("超期 ") if row.light == "late" else pane.words)
    assert (row.holder, row.light) == (pane.holder, pane.light)


def test_the_time_of_a_step_counts_from_its_start_and_in_working_time(town: Town) -> None:
    """Four hours from Friday 16:30: on Monday at 8:30 one and a half are used, whatever the weekend was."""
    friday = FRIDAY.replace(hour=16, minute=30)
    monday = MONDAY.replace(hour=8, minute=30)
    timing = timing_at(monday)
    due = monday + timedelta(hours=2, minutes=30)
    assert time_of_step(friday, due, "working_hours", timing).used == round(1.5 / 4 * 100)
    assert time_of_step(friday, due, "working_hours", timing).words == "还剩 2.5 工时"
    natural = time_of_step(friday, due, "around_the_clock", timing)
    assert natural.used == round(64 / 66.5 * 100)


def test_a_step_that_has_just_begun_is_not_half_over_because_the_report_is_old(town: Town) -> None:
    case = case_in("awaiting_acceptance", town, at=MONDAY)
    began = case.stages.running().get().started_at
    assert row_at(case, began + timedelta(minutes=1)).used <= 2


def test_a_limit_that_the_list_sets_for_one_step_is_the_row_s_too(town: Town) -> None:
    matter = asks(town, sign_amount=30, sign_unit="minute_247")
    case = case_in("awaiting_signature", town, matter_id=matter.pk)
    stage = case.stages.running().get()
    row = row_at(case, stage.started_at + timedelta(minutes=15))
    assert (row.words, row.used) == ("还剩 15 分钟", 50)


# --- What the row says ----------------------------------------------------------------------------------------------


def test_the_row_has_holder_source_and_an_excerpt(town: Town, desk: Client) -> None:
    words = "三号楼后面的排水沟\n堵了，下雨就漫到路上，" + "老人出门要绕一大圈。" * 6
    waiting(town, 1, description=words)
    page = desk.get(reverse("workflow:desk")).content.decode()
    row = re.search(r'<li class="row".*?</li>', page, re.DOTALL)
    assert row is not None
    assert "网格员上报 · 三号楼后面的排水沟 堵了" in row[0]
    assert "…" in row[0] and "老人出门要绕一大圈。" * 6 not in row[0]
    assert "中原路街道调度台" in row[0]


def test_a_clue_has_no_excerpt(town: Town) -> None:
    clue = waiting(town, 1, matter_id=town.matter("非法集资线索").pk, description="张某许诺高息")[0]
    row = row_at(clue, MONDAY)
    assert row.excerpt == ""


def urgent(town: Town, count: int = 1) -> list[Case]:
    return waiting(town, count, matter_id=town.matter("井盖缺损").pk)


def test_what_is_urgent_stands_above_the_rest_in_red(town: Town, desk: Client) -> None:
    calm = waiting(town, 2)
    pressing = urgent(town)[0]
    Case.objects.filter(pk=pressing.pk).update(due_at=MONDAY + timedelta(days=30))
    page = desk.get(reverse("workflow:desk"))
    assert [row.pk for row in page.context["rows"]] == [pressing.pk, *(case.pk for case in calm)]
    assert page.content.decode().count('<b class="wrong-word">紧急</b>') == 1


def test_pages_follow_each_other_without_a_gap_when_some_are_urgent(town: Town, desk: Client) -> None:
    cases = [*waiting(town, 40), *urgent(town, 14)]
    first = desk.get(reverse("workflow:desk"))
    second = desk.get(first.context["next_url"])
    shown = [row.pk for page in (first, second) for row in page.context["rows"]]
    assert sorted(shown) == sorted(case.pk for case in cases)
    assert [row.is_urgent for row in first.context["rows"]] == [True] * 14 + [False] * 36


@pytest.mark.parametrize(
    "queue", [queue.key for queue in (*DESK_QUEUES, *TRAY_QUEUES, *FIELD_QUEUES) if queue.counted]
)
def test_every_queue_of_open_cases_pins_what_is_urgent(town: Town, queue: str) -> None:
    assert QUEUES[queue].order[0] == "-is_pinned"
    list(cases_in(QUEUES[queue], town.zhao).order_by(*QUEUES[queue].order)[:1])


# --- Rows that others have changed ------------------------------------------------------------------------------------


def poll(client: Client, *cases: Case, **query: str) -> Any:
    rows = ",".join(f"{case.pk}:{case.version}" for case in cases)
    return client.get(reverse("workflow:counts"), {"rows": rows, **query})


def test_a_row_that_another_user_moved_is_rendered_again(town: Town, desk: Client) -> None:
    one, two = waiting(town, 2)
    version = poll(desk, one, two).json()["version"]
    assert poll(desk, one, two, version=version).status_code == 204
    actions.accept_case(one, by=town.zhao, at=MONDAY + timedelta(hours=2))
    rows = poll(desk, one, two, version=version).json()["rows"]
    assert set(rows) == {str(one.pk)}
    assert f'data-row="{one.pk}" data-pick="{one.pk}:{one.version + 1}" data-gone' in rows[str(one.pk)]
    assert "待交办" in rows[str(one.pk)]


def test_a_row_that_stays_in_its_list_is_not_gone(town: Town, desk: Client) -> None:
    case = waiting(town, 1)[0]
    actions.accept_case(case, by=town.zhao, at=MONDAY + timedelta(hours=2))
    row = poll(desk, case, queue="all").json()["rows"][str(case.pk)]
    assert "待交办" in row and "data-gone" not in row


def test_a_change_is_sent_although_the_numbers_are_the_same(town: Town, desk: Client) -> None:
    one, two = waiting(town, 1)[0], case_in("awaiting_assignment", town)
    version = poll(desk, one, two).json()["version"]
    actions.accept_case(one, by=town.zhao, at=MONDAY + timedelta(hours=2))
    actions.escalate_case(two, note="跨街道", by=town.zhao, at=MONDAY + timedelta(hours=2))
    waiting(town, 1)
    answer = poll(desk, one, two, version=version)
    assert answer.status_code == 200 and set(answer.json()["rows"]) == {str(one.pk), str(two.pk)}


def test_a_row_out_of_sight_gives_no_content(town: Town) -> None:
    case = waiting(town, 1)[0]
    rows = poll(signed_in(town.duan), case).json()["rows"]
    assert rows == {str(case.pk): ""}
    assert poll(signed_in(town.duan), Case(pk=987654321, version=1)).json()["rows"] == {"987654321": ""}


@pytest.mark.parametrize("rows", ["", "x", "1", "1:", ":1", "²:1", "1:1:1", "-1:1", "9" * 40 + ":1"])
def test_rows_that_no_page_names_are_ignored(town: Town, desk: Client, rows: str) -> None:
    answer = desk.get(reverse("workflow:counts"), {"rows": rows})
    assert answer.status_code == 200
    assert all(markup == "" for markup in answer.json()["rows"].values())


# --- Who else is at it ------------------------------------------------------------------------------------------------


def colleague(town: Town) -> Client:
    """Another dispatcher of the same desk."""
    desk = Organization.objects.get(code="desk-zyl")
    appoint_to_office(town.nobody, role="dispatcher", organization=desk, on=FOUNDED, at=MONDAY, by=None)
    return signed_in(town.nobody)


def words_for(client: Client, case: Case) -> str:
    shown: str = client.get(reverse("workflow:presence", args=[case.pk])).json()["words"]
    return shown


@pytest.mark.parametrize(
    "page", ["workflow:preview", "workflow:case", "workflow:accept", "workflow:desk_escalate"]
)
def test_who_opens_a_case_is_named_to_a_colleague_who_has_it_open(
    town: Town, desk: Client, page: str
) -> None:
    case, other = waiting(town, 1)[0], colleague(town)
    assert words_for(other, case) == ""
    shown = desk.get(reverse(page, args=[case.pk])).content.decode()
    assert "Nobody 正在处理" in shown
    assert words_for(other, case) == "Zhao 正在处理"
    assert words_for(desk, case) == "Nobody 正在处理"


def test_nobody_is_named_of_another_case(town: Town, desk: Client) -> None:
    one, two = waiting(town, 2)
    desk.get(reverse("workflow:preview", args=[one.pk]))
    assert words_for(colleague(town), two) == ""


def test_who_goes_away_is_no_longer_named(town: Town) -> None:
    case = Case.objects.with_names().get(pk=waiting(town, 1)[0].pk)
    colleague(town)
    others_at(case, town.zhao, at=MONDAY)
    assert others_at(case, town.nobody, at=MONDAY + timedelta(seconds=KEPT_SECONDS - 1)) == "Zhao 正在处理"
    assert others_at(case, town.nobody, at=MONDAY + timedelta(seconds=KEPT_SECONDS + 1)) == ""


def test_users_who_only_read_are_not_shown_as_present(town: Town, desk: Client) -> None:
    case = waiting(town, 1)[0]
    for reader in (town.zheng, town.chen):  # the supervisor, and the reporter, who waits for the desk
        signed_in(reader).get(reverse("workflow:case", args=[case.pk]))
    assert words_for(desk, case) == ""


@pytest.mark.article(20)
def test_users_who_may_not_see_the_case_get_no_presence(town: Town, desk: Client) -> None:
    case = waiting(town, 1)[0]
    desk.get(reverse("workflow:preview", args=[case.pk]))
    answer = signed_in(town.duan).get(reverse("workflow:presence", args=[case.pk]))
    missing = signed_in(town.duan).get(reverse("workflow:presence", args=[987654321]))
    assert answer.status_code == missing.status_code == 404
    assert "Zhao" not in answer.content.decode()


def test_without_redis_no_presence_is_shown_and_everything_works(
    town: Town, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = waiting(town, 1)[0]

    def gone(*args: Any, **kwargs: Any) -> None:
        raise NoRedis("gone")

    monkeypatch.setattr("workflow.presence.cache.get", gone)
    assert words_for(desk, case) == ""
    assert desk.get(reverse("workflow:preview", args=[case.pk])).status_code == 200
