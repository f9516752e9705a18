"""One life of a case in memory, with the product's own clocks, table of moves and lights; nothing is read or saved.

A course names no place and no person, only parts (worker, leader, desk …), so that it can be laid into many places.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from demo.city.lives import ACCEPT, IN_UNIT, PROMPT, UP_TO_UNIT, Life, Share, Step
from personnel.models import Organization
from workflow.deadlines import CLOSE_UNRATED, ESCALATE, LAPSE, OVERDUE, REMIND, SUPERVISE, rung_of
from workflow.models import Case, Stage
from workflow.stages import LIGHT_AFTER, interruption_of, set_status, stage_of, start_stay
from workflow.standing import Standing, standing_of, what_changed
from workflow.states import CASE_MOVES, CLOCK_NOTES, ENDED, GOES_ON, LEVEL_NAMES, UNDOABLE, level_above
from worktime.clocks import SHANGHAI, Calendar, Clock, Limit, due

AT_THEIR_DESKS = ("desk", "handler")  # they keep office hours
EARLIEST, LATEST = 7, 22  # the people of the grids are about between these hours
# A unit may sign when its time, which runs from acceptance, is over: the work still takes its time.
WORTH_COUNTING, LATE_ALREADY = timedelta(minutes=5), timedelta(hours=2)
# The desk and the leader handle what the clock gave them, whatever the life had planned.
LEFT_OVER = ("awaiting_leader", "coordinating", "awaiting_acceptance")
NOTE_OF = {OVERDUE: "flag_overdue", REMIND: "remind", SUPERVISE: "raise_supervision"}
CALLED = "全体（没有值班人）"  # a course names no place and no person
RATINGS = (Case.Rating.SATISFIED,) * 7 + (Case.Rating.FAIR,) * 2


@dataclass(frozen=True)
class PastEvent:
    """One event: its verb, whose part it was (empty for the clock), and where the case stood."""

    verb: str
    who: str
    at: datetime
    from_status: str
    to_status: str
    level: str
    has_unit: bool
    handled_by: str
    note: str
    before: Standing | None = None  # of what can be undone


@dataclass(frozen=True)
class Effect:
    """What a clock did: the place of its stay in the course, the rule, when it was due, and when it was done."""

    stay: int
    rule: str
    due_at: datetime
    at: datetime


@dataclass
class Part:
    """The unit's part in the case."""

    assigned_at: datetime
    reason: str
    signed_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass
class Course:
    """What a life has left behind by ``now``."""

    case: Case
    life: Life
    calendar: Calendar
    chance: random.Random
    now: datetime
    unit: Organization
    events: list[PastEvent] = field(default_factory=list)
    stays: list[Stage] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    handled_by_part: str = ""
    before: Standing = field(default_factory=dict)

    @property
    def stay(self) -> Stage:
        """The stay that began last."""
        return self.stays[-1]


def run_life(
    case: Case, life: Life, *, unit: Organization, calendar: Calendar, now: datetime, seed: int
) -> Course:
    """Let an unsaved ``case`` live from its report until ``now``, and return its course."""
    course = Course(case, life, calendar, random.Random(seed), now, unit)
    _report(course)
    is_over = all(_live(course, step) for step in life.steps)
    if is_over and case.status in LEFT_OVER:
        all(_live(course, step) for step in (*UP_TO_UNIT, *IN_UNIT))
    while _ring_until(course, now):
        pass
    return course


def _live(course: Course, step: Step) -> bool:
    """Let a step happen if the case stands where it can; returns whether that was before ``now``."""
    case, share = course.case, step.share
    if step.verb == "assign" and case.status == "awaiting_acceptance" and not _live(course, ACCEPT):
        return False  # the clock had given it to the desk above, which must accept it first
    while CASE_MOVES.allows(step.verb, status=case.status):
        at = moment_of(course, share, who=step.who).astimezone(UTC)
        if _ring_until(course, min(at, course.now)):
            share = PROMPT  # the clock has given it to somebody else, who begins anew
            continue
        if at >= course.now:
            return False
        _act(course, step, at)
        break
    return True


def moment_of(course: Course, share: Share, *, who: str) -> datetime:
    """Return the moment after a random share of the running stay, at an hour at which ``who`` works."""
    started = course.stay.started_at
    span = course.stay.due_at - started
    if span < WORTH_COUNTING:
        span = LATE_ALREADY
    at = (started + span * course.chance.uniform(*share)).replace(microsecond=0)
    if course.case.is_urgent:
        return max(at, started)
    if who in AT_THEIR_DESKS:
        minutes = course.chance.randint(1, 25)
        return due(at, Limit(Clock.WORKING_HOURS, minutes), calendar=course.calendar).due_at
    local = at.astimezone(SHANGHAI)
    if EARLIEST <= local.hour < LATEST:
        return max(at, started)
    day = local.date() + timedelta(days=local.hour >= LATEST)
    return max(datetime.combine(day, time(EARLIEST, course.chance.randrange(60)), SHANGHAI), started)


# --- What people do -------------------------------------------------------------------------------------------


def _report(course: Course) -> None:
    case, at = course.case, course.case.reported_at
    first = "awaiting_acceptance" if case.confidential or case.is_urgent else course.life.first
    case.status = CASE_MOVES.target_of("report", status="", to=first)
    case.event_count = 1
    course.stays.append(stage_of(case, start_stay(case, at=at), at=at))
    _tell(course, "report", "worker", at, "", "")


def _act(course: Course, step: Step, at: datetime) -> None:
    course.before = standing_of(course.case)
    change = CHANGES.get(step.verb)
    to = change(course, step, at) if change else None
    _move(course, step.verb, step.who, at, to=to, note=step.note)


def _accept(course: Course, step: Step, at: datetime) -> None:
    course.case.promised_from_at = at


def _escalate(course: Course, step: Step, at: datetime) -> None:
    course.case.level = level_above(course.case.level) or course.case.level
    course.case.escalations += 1


def _assign(course: Course, step: Step, at: datetime) -> None:
    course.case.unit = course.unit
    course.parts.append(Part(at, step.note))


def _sign(course: Course, step: Step, at: datetime) -> None:
    course.parts[-1].signed_at = at


def _hand_back(course: Course, step: Step, at: datetime) -> None:
    course.case.return_count += 1


def _settle(course: Course, step: Step, at: datetime) -> None:
    by_worker = course.case.status == "self_handling"
    course.case.handled_by = Case.HandledBy.WORKER if by_worker else Case.HandledBy.LEADER
    course.case.result, course.case.finished_at, course.handled_by_part = step.note, at, step.who


def _feed_back(course: Course, step: Step, at: datetime) -> None:
    course.case.handled_by = Case.HandledBy.UNIT
    course.case.result, course.case.finished_at, course.handled_by_part = step.note, at, step.who


def _pass_check(course: Course, step: Step, at: datetime) -> str:
    if course.parts:
        course.parts[-1].ended_at = at
    return "awaiting_rating" if course.case.for_resident else "closed"


def _fail_check(course: Course, step: Step, at: datetime) -> str:
    course.case.failed_checks += 1
    course.case.finished_at = None
    return "rework"


def _rate(course: Course, step: Step, at: datetime) -> str:
    course.case.rating = course.chance.choice(RATINGS)
    return "closed"


def _resubmit(course: Course, step: Step, at: datetime) -> str:
    return "awaiting_acceptance"


CHANGES: dict[str, Callable[[Course, Step, datetime], str | None]] = {
    "accept": _accept,
    "escalate": _escalate,
    "assign": _assign,
    "sign": _sign,
    "hand_back": _hand_back,
    "settle": _settle,
    "feed_back": _feed_back,
    "pass_check": _pass_check,
    "fail_check": _fail_check,
    "rate": _rate,
    "resubmit": _resubmit,
}


# --- What the clock does --------------------------------------------------------------------------------------


def _ring_until(course: Course, at: datetime) -> bool:
    """Ring the alarms of the running stay up to ``at``, each at its moment; returns whether one moved the case."""
    case, stay, place = course.case, course.stay, len(course.stays) - 1
    if case.status in ENDED:
        return False
    rung = {effect.rule for effect in course.effects if effect.stay == place}
    for rule, moment in stay.pending_alarms():
        if rule in rung:
            continue
        if moment > at:
            stay.next_action_at = moment
            return False
        rung_at = max(moment, stay.started_at).astimezone(UTC)
        course.effects.append(Effect(place, rule, moment, rung_at))
        if _ring(course, rule, rung_at):
            return True
    stay.next_action_at = None
    return False


def _ring(course: Course, rule: str, at: datetime) -> bool:
    case, stay = course.case, course.stay
    if rule == ESCALATE:
        return _escalate_overdue(course, at)
    if rung_of(rule):
        _note(course, "call", at, note=CALLED)
        return False
    if rule in (LAPSE, CLOSE_UNRATED):
        verb, note = ("lapse_correction", "逾期未补正") if rule == LAPSE else ("close_unrated", "未评价")
        _move(course, verb, "", at, note=note)
        return True
    if rule == OVERDUE:
        stay.overdue_at = stay.due_at
    if case.light == Case.Light.NORMAL or (rule != REMIND and case.light != Case.Light.SUPERVISED):
        case.light = LIGHT_AFTER[rule]
    _note(course, NOTE_OF[rule], at)
    return False


def _escalate_overdue(course: Course, at: datetime) -> bool:
    case = course.case
    case.escalations += 1
    above = level_above(case.level)
    if case.status == "self_handling":
        to = "awaiting_leader"
    elif case.status in ("awaiting_leader", "coordinating"):
        to = "awaiting_acceptance"
    elif above and case.status in ("awaiting_acceptance", "awaiting_assignment", "return_review"):
        to = "return_review" if case.status == "return_review" else "awaiting_acceptance"
        case.level = above
    else:
        _note(course, "report_up", at)
        return False
    _move(course, "escalate_overdue", "", at, to=to, note=f"超期未办，自动转{LEVEL_NAMES[case.level]}级")
    return True


# --- Moves and events -----------------------------------------------------------------------------------------


def _stay_ended_by(course: Course, verb: str | None) -> Stage | None:
    return next((stay for stay in reversed(course.stays) if verb and stay.ended_by == verb), None)


def _move(
    course: Course, verb: str, who: str, at: datetime, *, to: str | None = None, note: str = ""
) -> None:
    case, stay = course.case, course.stay
    came_from = set_status(case, verb, at=at, to=to)
    stay.ended_at, stay.ended_by, stay.next_action_at = at, verb, None
    if case.status not in ENDED:
        plan = start_stay(
            case, at=at, interrupted=interruption_of(_stay_ended_by(course, GOES_ON.get(verb)), case)
        )
        course.stays.append(stage_of(case, plan, at=at))
    elif course.parts and course.parts[-1].ended_at is None:
        course.parts[-1].ended_at = at
    if verb == "fail_check" and course.parts:
        course.parts[-1].ended_at = None
    case.version += 1
    case.event_count += 1
    _tell(course, verb, who, at, came_from, note)


def _note(course: Course, verb: str, at: datetime, *, note: str = "") -> None:
    course.case.version += verb not in CLOCK_NOTES
    course.case.event_count += 1
    _tell(course, verb, "", at, course.case.status, note)


def _tell(course: Course, verb: str, who: str, at: datetime, came_from: str, note: str) -> None:
    case = course.case
    before = what_changed(course.before, case) if verb in UNDOABLE else None
    has_unit = case.unit is not None
    course.events.append(
        PastEvent(verb, who, at, came_from, case.status, case.level, has_unit, case.handled_by, note, before)
    )
