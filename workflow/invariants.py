"""What must always be true of cases, also after killed processes, flushed caches and races."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, TruncDate

from audit.models import Entry
from common import clock
from common.records.invariants import Invariant
from grids.models import FormerDivision, GridVersion
from matters.models import MatterList
from workflow import states
from workflow.models import (
    Assignment,
    Case,
    CaseEvent,
    DeadlineChange,
    FormerDesk,
    Stage,
    StageEffect,
    TimeRequest,
)
from worktime.clocks import SHANGHAI, day_of

CLOCK_LATENESS = timedelta(seconds=120)
UNDER = (
    ("village", "township"),
    ("township", "county"),
    ("county", "city"),
    ("village", "reported_township"),
    ("reported_township", "reported_county"),
)


def open_cases_without_one_open_stage() -> Iterator[str]:
    """An open case has exactly one open stage, with its own status and due time. An ended case has none."""
    running = Count("stages", filter=Q(stages__ended_at__isnull=True, stages__share__isnull=True))
    for case in Case.objects.annotate(running=running).exclude(
        Q(status__in=states.ENDED, running=0) | (~Q(status__in=states.ENDED) & Q(running=1))
    ):
        yield f"{case} 有 {case.running} 个进行中的环节"  # type: ignore[attr-defined]
    for stage in (
        Stage.objects.of_case()
        .running()
        .select_related("case")
        .exclude(status=F("case__status"), due_at=F("case__due_at"))
    ):
        yield f"{stage.case} 的环节与事项的状态或期限不一致"


def shares_without_their_stays() -> Iterator[str]:
    """A stay in a unit's part belongs to the part's case. An ended part or an ended case has no open stay.

    A share that is awaited has one open stay, in its own status (Art. 17).
    """
    strays = ~Q(share__case=F("case")) | Q(ended_at__isnull=True, share__ended_at__isnull=False)
    for stage in Stage.objects.filter(share__isnull=False).filter(strays).select_related("case"):
        yield f"{stage.case} 的协办环节与份额不一致"
    for part in (
        Assignment.objects.current().filter(case__status__in=states.ENDED).select_related("case", "unit")
    ):
        yield f"{part.case} 已结束，{part.unit}的份额没有结束"
    own = Stage.objects.running().filter(share=OuterRef("pk"), status=OuterRef("status"))
    for part in Assignment.objects.awaited().filter(~Exists(own)).select_related("case", "unit"):
        yield f"{part.case} 由{part.unit}协办，没有进行中的环节"


def events_that_do_not_replay() -> Iterator[str]:
    """Events are numbered 1..n without gaps, each follows from the one before, and the last is the present state."""
    rows = (
        CaseEvent.objects.order_by("case_id", "seq")
        .values("case_id", "seq", "verb", "from_status", "to_status", "case__status", "case__event_count")
        .iterator(chunk_size=5000)
    )
    for case_id, events in groupby(rows, key=lambda row: row["case_id"]):
        fault = _replay_fault(list(events))
        if fault:
            yield f"事项 {case_id}：{fault}"
    for pk in Case.objects.filter(events=None).values_list("pk", flat=True):
        yield f"事项 {pk}：没有任何经过"


def _replay_fault(events: Sequence[Mapping[str, Any]]) -> str:
    status = ""
    for expected, event in enumerate(events, start=1):
        verb, before, after = event["verb"], event["from_status"], event["to_status"]
        if event["seq"] != expected:
            return f"缺第 {expected} 条"
        if before != status:
            return f"第 {expected} 条从“{before}”开始，前一条止于“{status}”"
        if verb in states.NOTES:
            legal = before == after
        else:
            move = states.CASE_MOVES.moves.get(verb)
            legal = move is not None and move.leads(before, after)
        if not legal:
            return f"第 {expected} 条 {verb}：{before} → {after} 不在状态表"
        status = after
    last = events[-1]
    if status != last["case__status"] or len(events) != last["case__event_count"]:
        return f"经过止于“{status}”，现状为“{last['case__status']}”"
    return ""


def cases_outside_their_grids_history() -> Iterator[str]:
    """Every case lies in a grid that was in force on the day of the report, in the village that the grid had that day.

    On the day of a change itself, the report may have come before the change.
    """
    then = GridVersion.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=OuterRef("day")),
        grid=OuterRef("grid"),
        village=OuterRef("village"),
        valid_from__lte=OuterRef("day"),
    )
    dated = Case.objects.annotate(day=TruncDate("reported_at", tzinfo=SHANGHAI))
    for case in dated.filter(~Exists(then))[:1000]:
        yield f"{case} 所在的网格当日不在用，或不在那个村（社区）"


def wrong_division_columns() -> Iterator[str]:
    """The divisions stored with a case, of its report and of now, lie one under the other, or did before a change."""
    for below, above in UNDER:
        before = FormerDivision.objects.filter(division=OuterRef(below), parent=OuterRef(above))
        wrong = Case.objects.exclude(**{f"{above}_id": F(f"{below}__parent_id")}).filter(~Exists(before))
        for case in wrong[:1000]:
            yield f"{case} 的区划列与区划不符"


def open_cases_of_former_desks() -> Iterator[str]:
    """The township and the county above a case's village answer for it while it is open (Art. 5).

    What was being reported while its village moved follows within a minute; two are allowed.
    """
    lately = Entry.objects.filter(
        subject__startswith="division:", verb="change", at__gt=clock.now() - CLOCK_LATENESS
    ).values_list("subject", flat=True)
    moving = [int(subject.partition(":")[2]) for subject in lately]
    left = Case.objects.misplaced().exclude(Q(village__in=moving) | Q(village__parent__in=moving))
    for case in left[:1000]:
        yield f"{case} 的村（社区）已划归别的辖区，事项没有跟去"


def desks_without_a_change() -> Iterator[str]:
    """Each change of desk in a case's events left the desk before it on record; the first of all had the report."""
    kept = Count("former_desks", distinct=True)
    changes = Count("events", filter=Q(events__verb="change_desk"), distinct=True)
    moved = Case.objects.filter(Q(former_desks__isnull=False) | Q(events__verb="change_desk"))
    for case in moved.annotate(kept=kept, changes=changes).exclude(kept=F("changes"))[:1000]:
        yield f"{case} 原来的辖区与经过不一致"
    first = FormerDesk.objects.filter(case=OuterRef("pk")).order_by("pk")
    had = {
        f"first_{level}": Coalesce(
            Subquery(first.values(f"{level}_id")[:1]), F(f"{level}_id"), output_field=BigIntegerField()
        )
        for level in ("township", "county")
    }
    reported = Q(reported_township=F("first_township"), reported_county=F("first_county"))
    for case in Case.objects.annotate(**had).exclude(reported)[:1000]:
        yield f"{case} 上报时的辖区不是最初负责的辖区"


def alarms_not_rung() -> Iterator[str]:
    """No clock has been due for more than two minutes without being rung."""
    for stage in Stage.objects.ringing(clock.now() - CLOCK_LATENESS)[:1000]:
        yield f"环节 {stage.pk} 的时点 {stage.next_action_at:%m-%d %H:%M:%S} 未执行"


def effects_too_early() -> Iterator[str]:
    """No alarm was rung before its time."""
    for effect in StageEffect.objects.filter(at__lt=F("due_at"))[:1000]:
        yield f"环节 {effect.stage_id} 的 {effect.rule} 早于 {effect.due_at:%m-%d %H:%M:%S}"


def cases_without_current_unit() -> Iterator[str]:
    """A case that a unit holds has that unit as its current lead."""
    held = Case.objects.filter(status__in=states.WITH_LEAD)
    current = Count(
        "assignments",
        filter=Q(assignments__ended_at__isnull=True, assignments__is_lead=True, assignments__unit=F("unit")),
    )
    for case in held.annotate(current=current).exclude(current=1):
        yield f"{case} 的责任单位与交办不一致"


def open_cases_nobody_takes_care_of() -> Iterator[str]:
    """The caretaker of an open case holds a post that reaches the case (Art. 10, 18)."""
    today = day_of(clock.now())
    for case in Case.objects.left_behind(today).select_related("caretaker")[:1000]:
        yield f"{case} 的经手人 {case.caretaker} 已不在岗"


def deadlines_without_their_changes() -> Iterator[str]:
    """Each version of a deadline after the first has the row that says what it was before (Art. 18)."""
    moved = Stage.objects.filter(
        Q(deadline_version__gt=1) | Exists(DeadlineChange.objects.filter(stage=OuterRef("pk")))
    )
    for stage in moved.annotate(kept=Count("changes")).exclude(deadline_version=F("kept") + 1)[:1000]:
        yield f"环节 {stage.pk} 的期限是第 {stage.deadline_version} 版，记了 {stage.kept} 次变更"


def time_requests_out_of_step() -> Iterator[str]:
    """A case waits for a decision about its time exactly while a request of it is undecided (Art. 17, 18)."""
    waiting = Exists(TimeRequest.objects.filter(case=OuterRef("pk"), decision=TimeRequest.Decision.WAITING))
    in_review = Q(status__in=states.REVIEWS)
    for case in Case.objects.filter(in_review & ~waiting | ~in_review & waiting)[:1000]:
        yield f"{case} 的延期挂账审批与申请不一致"


def cases_under_another_edition() -> Iterator[str]:
    """A case is pinned to the edition that was in force in its county on the day of the report (Art. 16)."""
    editions: dict[int, list[tuple[date, int]]] = {}
    lists = MatterList.objects.published().order_by("in_force_on", "edition")
    for county, day, pk in lists.values_list("county", "in_force_on", "pk"):
        editions.setdefault(county, []).append((day, pk))
    pinned = Case.objects.filter(matter__isnull=False).values_list(
        "pk", "reported_county", "matter__edition", "matter__ends_on", "reported_at"
    )
    for pk, county, edition, ends_on, at in pinned.iterator(chunk_size=5000):
        day = day_of(at)
        begun = [number for first, number in editions.get(county, []) if first <= day]
        if not begun or begun[-1] != edition or (ends_on is not None and ends_on < day):
            yield f"事项 {pk} 不在上报当日施行的清单里"


INVARIANTS = (
    Invariant("事项都在上报当日施行的清单里", cases_under_another_edition),
    Invariant("在办事项都有在任的经手人", open_cases_nobody_takes_care_of),
    Invariant("每件在办事项恰有一个进行中的环节", open_cases_without_one_open_stage),
    Invariant("协办份额与环节一致", shares_without_their_stays),
    Invariant("经过连续且重演等于现状", events_that_do_not_replay),
    Invariant("事项都在网格当日的沿革之内", cases_outside_their_grids_history),
    Invariant("事项的区划列上下相承", wrong_division_columns),
    Invariant("在办事项都归现在的辖区", open_cases_of_former_desks),
    Invariant("换过的辖区与经过一致", desks_without_a_change),
    Invariant("到点的时钟都已执行", alarms_not_rung),
    Invariant("没有提前执行的时钟", effects_too_early),
    Invariant("持有事项的单位就是当前主办", cases_without_current_unit),
    Invariant("期限的每次变更都有记录", deadlines_without_their_changes),
    Invariant("延期挂账的审批与申请一致", time_requests_out_of_step),
)
