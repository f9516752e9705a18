"""The actions on improvement tasks: what keeps coming back becomes a task, gets an owner, is mended and accepted.

A task is made once for a line of recurrences; a further case joins it; one that comes back after a task was completed
makes a new task that names the earlier one (Art. 19).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from accounts.models import User
from audit.actions import hold
from common.errors import IllegalMove, RuleViolation
from common.privacy.redaction import redacted
from grids.models import Division
from improvement import notices, policies, states
from improvement.models import ImprovementCase, ImprovementTask
from improvement.owners import owners_of
from personnel.life import Life, note_step, write_step
from sweeps.actions import sweep_rows
from workflow.actions.grid import required_text
from workflow.models import Case
from workflow.recurrences import line_of
from workflow.rulebook import current_rulebook
from worktime.clocks import SHANGHAI, Deadline, Limit, day_of, due

LIFE = Life(ImprovementTask.objects.to_change, policies.WHO_MAY, states.MOVES)
begin, move = LIFE.begin, LIFE.move
NEW, RINGING = "improvement.open", "improvement.ring"
LONGEST = timedelta(days=183)
SUBJECT = "{matter}，{place}，{days} 天内发生 {count} 次"


@dataclass(frozen=True)
class Day:
    """By when something is due, and how that was found."""

    at: datetime
    words: str
    is_provisional: bool


def limit_for(step: str) -> Limit:
    """Returns the limit in force for a step of an improvement task; the city sets it."""
    limit = current_rulebook().book.find(step, "due", urgent=False)
    if limit is None:
        raise LookupError(f"no limit is set for {step}")
    return limit


def day_for(step: str, *, at: datetime) -> Day:
    """Returns until when a step is due by the limit in force."""
    found: Deadline = due(at, limit_for(step), calendar=current_rulebook().calendar)
    return Day(found.due_at, found.explain(), found.provisional)


def _day_chosen(day: date, *, words: str, at: datetime) -> Day:
    """The end of a day that a person chose. Raises :class:`RuleViolation` for a past or far one."""
    if not day_of(at) < day <= day_of(at + LONGEST):
        raise RuleViolation("期限应在明天以后、半年以内。", field="due_on")
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI) - timedelta(minutes=1)
    return Day(end, words, is_provisional=False)


def _set_day(task: ImprovementTask, day: Day) -> None:
    task.due_at, task.explanation, task.is_provisional = day.at, day.words, day.is_provisional
    task.alarm_at = day.at


@transaction.atomic
def name_owner(
    task: ImprovementTask, *, owner: str, due_on: date | None = None, note: str = "", by: User, at: datetime
) -> ImprovementTask:
    """Names who is responsible, a key of :func:`owners_of`, and the day; without a day the city's limit holds.

    Raises :class:`RuleViolation` for somebody who has no part in the cases; another owner needs a reason.
    """
    task = begin(task, "name_owner", by=by)
    found = next((one for one in owners_of(task, day=day_of(at)) if one.key == owner), None)
    if found is None:
        raise RuleViolation("请选择由谁负责：与这些事项有关的单位或者人员。", field="owner")
    words = redacted(note.strip())
    if task.status == "at_work" and not words:
        raise RuleViolation("改由别人负责要写明理由。", field="note")
    before = notices.owner_of(task)
    task.unit, task.person, task.post = found.unit, found.person, found.post
    chosen = f"{task.division.name}的机构定为这一天"
    _set_day(
        task,
        _day_chosen(due_on, words=chosen, at=at) if due_on else day_for(states.MENDING, at=at),
    )
    move(task, "name_owner", by=by, at=at, post=task.division.name, note=words or task.owner)
    notices.tell_all(task, notices.owner_of(task), "由您负责治理", at=at)
    gone = [each for each in before if each not in notices.owner_of(task)]
    notices.tell_all(task, gone, "已改由别人负责", at=at)
    return task


@transaction.atomic
def write_plan(task: ImprovementTask, *, plan: str, by: User, at: datetime) -> ImprovementTask:
    """Writes what is going to be done; the last text counts, every text stays in the events."""
    task = begin(task, "plan", by=by)
    task.plan = _text(plan, "请写明打算怎么治理。", field="plan")
    return write_step(task, "plan", by=by, at=at, post=task.owner, note=task.plan)


@transaction.atomic
def report_done(task: ImprovementTask, *, result: str, by: User, at: datetime) -> ImprovementTask:
    """Reports that the cause is mended; the desk looks at it."""
    task = begin(task, "report", by=by)
    task.result = _text(result, "请写明做了什么。", field="result")
    task.reported_by = by
    _set_day(task, day_for(states.NAMING, at=at))
    move(task, "report", by=by, at=at, post=task.owner, note=task.result)
    notices.tell_all(task, notices.desk_of(task), "已报告完成，请验收", at=at)
    return task


@transaction.atomic
def accept_work(task: ImprovementTask, *, note: str = "", by: User, at: datetime) -> ImprovementTask:
    """Accepts that the cause is mended."""
    task = begin(task, "accept", by=by)
    task.ended_at, task.alarm_at = at, None
    move(task, "accept", by=by, at=at, post=task.division.name, note=redacted(note.strip()))
    notices.tell_all(task, notices.owner_of(task), "治理任务已验收通过", at=at)
    return task


@transaction.atomic
def send_back_work(task: ImprovementTask, *, note: str, by: User, at: datetime) -> ImprovementTask:
    """Sends the work back with the reason; the time of a task begins again."""
    task = begin(task, "send_back", by=by)
    reason = _text(note, "请写明哪里没有治理好。", field="note")
    _set_day(task, day_for(states.MENDING, at=at))
    move(task, "send_back", by=by, at=at, post=task.division.name, note=reason)
    notices.tell_all(task, notices.owner_of(task), "治理任务被退回", at=at)
    return task


@transaction.atomic
def extend_task(task: ImprovementTask, *, due_on: date, note: str, by: User, at: datetime) -> ImprovementTask:
    """Moves the day once, with a reason. Raises :class:`IllegalMove` the second time."""
    task = begin(task, "extend", by=by)
    if task.is_extended:
        raise IllegalMove("期限已经延长过一次，不能再延长。")
    reason = _text(note, "请写明为什么延长。", field="note")
    day = _day_chosen(due_on, words=f"由{task.division.name}的机构延长：{reason}", at=at)
    if day.at <= task.due_at:
        raise RuleViolation("延长后的期限应在原来的期限以后。", field="due_on")
    _set_day(task, day)
    task.is_extended = True
    write_step(task, "extend", by=by, at=at, post=task.division.name, note=reason)
    notices.tell_all(task, notices.owner_of(task), "治理任务的期限已延长", at=at)
    return task


@transaction.atomic
def drop_task(task: ImprovementTask, *, note: str, by: User, at: datetime) -> ImprovementTask:
    """Ends a task that is none: its cases were linked wrongly, or another work mends the cause."""
    task = begin(task, "drop", by=by)
    reason = _text(note, "请写明为什么撤销。", field="note")
    task.ended_at, task.alarm_at = at, None
    move(task, "drop", by=by, at=at, post=task.division.name, note=reason)
    notices.tell_all(task, notices.owner_of(task), "治理任务已撤销", at=at)
    return task


def _text(text: str, missing: str, *, field: str) -> str:
    """The text that was demanded, without the numbers of persons."""
    return redacted(required_text(text, missing, field=field))


# --- What happens by itself ----------------------------------------------------------------------------------------


def follow_recurrences(*, at: datetime) -> int:
    """Makes tasks of what has come back, and reminds of those whose day has come. Returns how many."""
    done = sweep_rows(NEW, repeated_without_task(), lambda pk: _take_up(pk, at=at), at=at).done
    return (
        done
        + sweep_rows(RINGING, ImprovementTask.objects.ringing(at), lambda pk: _ring(pk, at=at), at=at).done
    )


def repeated_without_task() -> QuerySet[Case]:
    """The cases without a task that repeat one which repeats another, is repeated by another, or has a task already."""
    second = Case.objects.filter(earlier__isnull=False, improvement=None).exclude(
        status__in=states.NONE_AT_ALL
    )
    beside = Case.objects.filter(earlier=OuterRef("earlier")).exclude(pk=OuterRef("pk"))
    in_line = Q(earlier__earlier__isnull=False) | Q(earlier__improvement__isnull=False) | Exists(beside)
    return second.filter(in_line).order_by("pk")


@transaction.atomic
def _take_up(pk: int, *, at: datetime) -> bool:
    """Lets a case join the open task of its line, or makes one if the line is long enough."""
    case = Case.objects.select_related("matter", "township", "county").get(pk=pk)
    hold(f"improvements {case.county_id}")  # two workers meet here
    if ImprovementCase.objects.filter(case=case).exists():
        return False
    line = list(line_of(case).exclude(status__in=states.NONE_AT_ALL).select_related("unit"))
    members = list(ImprovementCase.objects.filter(case__in=line))
    known_tasks = {each.task_id for each in members}
    tasks = {task.pk: task for task in LIFE.rows().select_for_update(of=("self",)).filter(pk__in=known_tasks)}
    going_on = next((task for task in tasks.values() if task.status in states.OPEN), None)
    known = {each.case_id for each in members}
    new = [each for each in line if each.pk not in known]
    if going_on is not None:
        return _join(going_on, new, at=at)
    completed = [task for task in tasks.values() if task.status == "accepted"]
    if len(new) < states.THREE and not completed:
        return False
    _open(case, new, line, follows=max(completed, key=lambda task: task.pk, default=None), at=at)
    return True


def _join(task: ImprovementTask, new: Sequence[Case], *, at: datetime) -> bool:
    _add(task, new, at=at)
    note_step(task, "join", by=None, at=at, note="、".join(case.number for case in new))
    notices.tell_all(task, [*notices.owner_of(task), *notices.desk_of(task)], "又发生一件", at=at)
    return True


def _open(
    case: Case,
    new: Sequence[Case],
    line: Sequence[Case],
    *,
    follows: ImprovementTask | None,
    at: datetime,
) -> None:
    division = _keeper(line)
    year = day_of(at).year
    task = ImprovementTask(
        source="recurrence",
        division=division,
        year=year,
        serial=_next_serial(division, year),
        subject=subject_of(case, line),
        follows=follows,
        opened_at=at,
        version=0,
    )
    _set_day(task, day_for(states.NAMING, at=at))
    task.save()
    _add(task, new, at=at)
    write_step(task, "open", by=None, at=at, note="、".join(each.number for each in line))
    notices.tell_all(task, notices.desk_of(task), "反复发生，请定由谁治理", at=at)


def _add(task: ImprovementTask, cases: Sequence[Case], *, at: datetime) -> None:
    ImprovementCase.objects.bulk_create(
        [ImprovementCase(task=task, case=case, joined_at=at) for case in cases]
    )


def _keeper(line: Sequence[Case]) -> Division:
    """The township in which all cases of a line lie, else their county."""
    latest = max(line, key=lambda case: case.pk)
    same = {case.township_id for case in line} == {latest.township_id}
    return latest.township if same else latest.county


def subject_of(case: Case, line: Sequence[Case]) -> str:
    """Returns what is to be mended, in words: the matter, the place, how often within how many days."""
    first = min(each.reported_at for each in line)
    days = (case.reported_at - first).days + 1
    matter = case.matter.name if case.matter else case.title
    place = case.place or case.grid.name
    return SUBJECT.format(matter=matter, place=place, days=days, count=len(line))[:200]


def _next_serial(division: Division, year: int) -> int:
    """The next number of the year; numbers of a place are given one after the other."""
    hold(f"improvement numbers {division.pk} {year}")
    last = ImprovementTask.objects.filter(division=division, year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def _ring(pk: int, *, at: datetime) -> bool:
    """Reminds of a task whose day has come: who is responsible, the desk, and the authority above; once."""
    rows = ImprovementTask.objects.to_change().select_for_update(of=("self",), skip_locked=True)
    task = rows.filter(pk=pk).first()
    if task is None or task.status not in states.OPEN or task.alarm_at is None or task.alarm_at > at:
        return False
    task.alarm_at = None
    note_step(task, "flag_overdue", by=None, at=at, note="到期没有办完")
    audiences = [*notices.owner_of(task), *notices.desk_of(task), *notices.above(task)]
    notices.tell_all(task, dict.fromkeys(audiences), "治理任务到期没有办完", at=at)
    return True
