"""What comes back three times becomes a task with an owner and a day, and is mended at its cause (Art. 19)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common.errors import IllegalMove, NotPermitted, RuleViolation
from improvement import actions
from improvement.actions import follow_recurrences
from improvement.invariants import INVARIANTS
from improvement.models import ImprovementCase, ImprovementTask
from improvement.owners import owners_of
from notifications.models import Outbox
from tests.cases import refused, reported
from tests.doors import Visitor
from tests.improvement.lines import (
    HERE,
    THIRD,
    came_back,
    closed,
    fresh,
    improvement,
    link,
    moment,
    once_more,
)
from tests.town import Town
from workflow.actions import withdraw_case
from workflow.actions.recurrence import unlink_case
from workflow.models import Case
from worktime.clocks import day_of


def key_of(town: Town) -> str:
    return f"unit:{town.chengguan.pk}"


def at_work(town: Town) -> ImprovementTask:
    return actions.name_owner(improvement(town), owner=key_of(town), by=town.zhao, at=moment(1))


@pytest.mark.article(19)
def test_the_third_time_makes_one_task_at_the_desk_of_the_township(town: Town) -> None:
    first, second = closed(town), closed(town)
    link(second, first)
    assert follow_recurrences(at=THIRD) == 0
    third = reported(town, at=moment(5), **HERE)
    assert third.earlier == second
    assert (follow_recurrences(at=moment(5)), follow_recurrences(at=moment(5))) == (1, 0)
    task = ImprovementTask.objects.get()
    assert task.status == "unowned"
    assert task.number == "中原路街道治理〔2026〕1号"
    assert task.subject == "邻里纠纷，3号楼东侧，16 天内发生 3 次"
    assert {member.case_id for member in task.members.all()} == {first.pk, second.pk, third.pk}
    notice = Outbox.objects.get(topic="improve")
    assert notice.audience == f"dispatch:division:{task.division_id}"


@pytest.mark.article(19)
def test_its_day_is_counted_by_the_limits_of_the_city_and_explains_itself(town: Town) -> None:
    task = improvement(town)
    assert day_of(task.due_at) == date(2026, 12, 1)  # three working days after Thursday
    task = actions.name_owner(task, owner=key_of(town), by=town.zhao, at=moment(1))
    assert "20 个工作日" in task.explanation
    assert (task.status, task.owner) == ("at_work", "华龙区城市管理")


@pytest.mark.article(19)
def test_a_fourth_case_joins_the_task_that_is_open_and_its_owner_is_told(town: Town) -> None:
    task = at_work(town)
    before = task.version
    fourth = once_more(town)
    assert follow_recurrences(at=moment(5)) == 1
    task = fresh(task)
    assert task.members.filter(case=fourth).exists()
    assert task.version == before  # an open page stays valid
    audiences = set(Outbox.objects.filter(sentence__contains="又发生一件").values_list("audience", flat=True))
    assert audiences == {f"handle:organization:{town.chengguan.pk}", f"dispatch:division:{task.division_id}"}


@pytest.mark.article(19)
def test_what_comes_back_after_it_was_mended_makes_a_new_task_that_names_the_earlier(town: Town) -> None:
    task = actions.report_done(at_work(town), result="装了隔音门", by=town.sun, at=moment(2))
    task = actions.accept_work(task, note="看过了", by=town.zhao, at=moment(3))
    once_more(town)
    follow_recurrences(at=moment(9))
    again = ImprovementTask.objects.latest("pk")
    assert (again.follows, again.status, again.members.count()) == (task, "unowned", 1)


@pytest.mark.article(19)
def test_a_task_runs_to_its_end_with_the_line_of_its_events(town: Town) -> None:
    task = actions.write_plan(at_work(town), plan="改造楼道，联系 19900001234", by=town.sun, at=moment(2))
    assert "19900001234" not in task.plan
    task = actions.extend_task(task, due_on=date(2027, 1, 29), note="等材料", by=town.zhao, at=moment(3))
    with refused(IllegalMove) as caught:
        actions.extend_task(fresh(task), due_on=date(2027, 2, 20), note="还等", by=town.zhao, at=moment(3))
    assert "延长过一次" in caught.value.sentence
    task = actions.report_done(task, result="改好了", by=town.sun, at=moment(5))
    task = actions.send_back_work(task, note="二层没有改", by=town.zhao, at=moment(6))
    task = actions.report_done(task, result="二层也改好了", by=town.sun, at=moment(8))
    task = actions.accept_work(task, by=town.zhao, at=moment(9))
    verbs = list(task.events.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["open", "name_owner", "plan", "extend", "report", "send_back", "report", "accept"]
    assert not [fault for invariant in INVARIANTS for fault in invariant.faults()]


@pytest.mark.article(5)
@pytest.mark.parametrize("person", ["chen", "wang", "duan", "hua", "zheng", "qian", "wu"])
def test_only_the_desk_of_the_place_names_the_owner(town: Town, person: str) -> None:
    task = improvement(town)
    with refused(NotPermitted) as caught:
        actions.name_owner(task, owner=key_of(town), by=getattr(town, person), at=moment(1))
    assert "机构" in caught.value.sentence


@pytest.mark.article(5)
def test_whoever_reports_it_done_does_not_accept_it(town: Town) -> None:
    task = improvement(town)
    keys = {one.key for one in owners_of(task, day=day_of(THIRD))}
    assert f"person:{town.wang.pk}" in keys
    task = actions.name_owner(task, owner=f"person:{town.wang.pk}", by=town.zhao, at=moment(1))
    task = actions.report_done(task, result="说好了", by=town.wang, at=moment(2))
    with refused(NotPermitted):
        actions.accept_work(task, by=town.wang, at=moment(3))
    with refused(NotPermitted):
        actions.report_done(fresh(task), result="我也说", by=town.sun, at=moment(3))


@pytest.mark.article(19)
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"owner": "unit:999999"}, "owner"),
        ({"due_on": date(2026, 11, 20)}, "due_on"),
        ({"due_on": date(2028, 1, 1)}, "due_on"),
    ],
)
def test_an_owner_without_a_part_or_a_day_without_sense_is_refused(
    town: Town, fields: dict[str, object], field: str
) -> None:
    task = improvement(town)
    with refused(RuleViolation) as caught:
        actions.name_owner(task, **{"owner": key_of(town), **fields}, by=town.zhao, at=moment(1))  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.article(19)
def test_another_owner_needs_a_reason_and_the_first_one_is_told(town: Town) -> None:
    task = at_work(town)
    other = f"person:{town.wang.pk}"
    with refused(RuleViolation):
        actions.name_owner(task, owner=other, by=town.zhao, at=moment(2))
    actions.name_owner(fresh(task), owner=other, note="村里能办", by=town.zhao, at=moment(2))
    gone = Outbox.objects.get(sentence__contains="改由别人负责")
    assert gone.audience == f"handle:organization:{town.chengguan.pk}"


@pytest.mark.article(20)
def test_a_clue_makes_no_task(town: Town) -> None:
    line = came_back(town)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=line[1].pk).update(confidential=True)
    Case.objects.filter(pk=line[2].pk).update(earlier=None, earlier_m=None)
    assert follow_recurrences(at=THIRD) == 0


@pytest.mark.article(19)
def test_what_the_desk_has_unlinked_can_be_ended_with_that_reason(town: Town) -> None:
    task = improvement(town)
    last = ImprovementCase.objects.latest("case").case
    unlink_case(Case.objects.get(pk=last.pk), note="不是一处", by=town.zhao, at=moment(1))
    task = actions.drop_task(task, note="不是同一件事", by=town.zhao, at=moment(1))
    assert (task.status, task.alarm_at) == ("dropped", None)
    assert follow_recurrences(at=moment(1)) == 0


@pytest.mark.article(19)
def test_a_task_that_is_overdue_is_noticed_once(town: Town) -> None:
    task = at_work(town)
    late = task.due_at + timedelta(minutes=1)
    assert (follow_recurrences(at=late), follow_recurrences(at=late)) == (1, 0)
    audiences = set(
        Outbox.objects.filter(sentence__contains="到期没有办完").values_list("audience", flat=True)
    )
    assert audiences == {
        f"handle:organization:{town.chengguan.pk}",
        f"dispatch:division:{task.division_id}",
        f"supervise:division:{task.division_id}",
        f"supervise:division:{task.division.parent_id}",
    }


@pytest.mark.article(20)
def test_who_sees_a_task(town: Town) -> None:
    at_work(town)
    seen = {
        name
        for name in ("chen", "wang", "zhao", "duan", "hua", "feng", "sun", "qian", "wu", "zheng", "gu")
        if ImprovementTask.objects.visible_to(User.objects.get(username=name)).exists()
    }
    assert seen == {"zhao", "hua", "feng", "sun", "wu", "zheng"}


@pytest.mark.article(19)
def test_the_page_of_a_case_names_its_task(town: Town) -> None:
    task = at_work(town)
    case = ImprovementCase.objects.latest("case").case
    assert f"/improvements/{task.pk}/" in Visitor(town.zhao).text(f"/cases/{case.pk}/")
    worker = Visitor(town.chen).text(f"/cases/{case.pk}/")
    assert task.number in worker
    assert f"/improvements/{task.pk}/" not in worker


@pytest.mark.article(19)
def test_the_search_at_rest_costs_few_statements(town: Town) -> None:
    improvement(town)
    with CaptureQueriesContext(connection) as captured:
        assert follow_recurrences(at=THIRD) == 0
    assert len(captured) <= 6


@pytest.mark.article(19)
def test_two_that_repeat_the_same_first_one_are_three(town: Town) -> None:
    first = closed(town)
    link(closed(town), first)
    assert follow_recurrences(at=THIRD) == 0
    link(closed(town), first)
    assert follow_recurrences(at=THIRD) == 1
    assert ImprovementTask.objects.get().members.count() == 3


@pytest.mark.article(19)
def test_what_was_void_does_not_count(town: Town) -> None:
    first, second = closed(town), closed(town)
    link(second, first)
    third = reported(town, at=THIRD, **HERE)
    assert third.earlier == second
    withdraw_case(third, note="误报", by=town.chen, at=THIRD)
    assert follow_recurrences(at=THIRD) == 0
