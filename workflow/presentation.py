"""A case in words: who has it, how much time is left, what happened. Shapes for the templates' parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.urls import reverse

from common.shapes import Columns, Shown
from common.web.shapes import ParcelStep, TimelineStep, timeline
from workflow import states
from workflow.deadlines import LimitBook
from workflow.history import SYSTEM
from workflow.models import Case, CaseEvent, Stage, TimeRequest
from worktime.clocks import SHANGHAI, Calendar, Clock, day_of, length_of, working_minutes_between

HOLDER_WORDS = {
    "worker": "网格员",
    "leader": "网格长",
    "reporter": "上报人",
    "verifier": "核查人",
    "resident": "反映人",
}
PARCEL = (
    ("上报", ("self_handling", "awaiting_leader", "coordinating", "returned_for_correction")),
    ("受理", ("awaiting_acceptance", "awaiting_assignment")),
    (
        "办理",
        (
            *("awaiting_signature", "return_review", "conference", "in_hand", "rework"),
            *("extension_review", "shelving_review", "shelved"),
        ),
    ),
    ("核查", ("awaiting_verification", "awaiting_rating")),
    ("结案", ("closed",)),
)
EXCERPT = 48
PLAIN = {"上报": "已上报", "受理": "待受理", "办理": "办理中", "核查": "核查中", "结案": "已办结"}


@dataclass(frozen=True)
class Timing:
    """The moment, the calendar and the limits that are needed for words about time."""

    at: datetime
    calendar: Calendar
    book: LimitBook


def holder_of(case: Case) -> str:
    """Returns who has the case now, in everyday words."""
    if not case.is_open:
        return case.get_status_display()
    holder = states.HOLDERS[case.status]
    if holder == "unit" and case.unit:
        return case.unit.name
    if holder == "desk":
        return f"{getattr(case, case.level).name}调度台"
    if holder == "verifier" and case.handled_by == Case.HandledBy.WORKER:
        return "网格指导员"
    if holder in ("worker", "reporter"):
        return f"{HOLDER_WORDS[holder]} {case.caretaker.name}"
    return HOLDER_WORDS.get(holder, "")


def time_left(due_at: datetime | None, timing: Timing, *, clock: str = Clock.WORKING_HOURS) -> str:
    """Returns how much time is left: in office time for office clocks, otherwise in plain time."""
    if due_at is None:
        return ""
    late = due_at < timing.at
    if clock in (Clock.AROUND_THE_CLOCK, Clock.NATURAL_DAYS):
        words = _plain_length(abs((due_at - timing.at).total_seconds()))
    else:
        first, last = sorted([due_at, timing.at])
        words = _office_length(
            working_minutes_between(first, last, calendar=timing.calendar), _day_length(timing)
        )
    return f"超期 {words}" if late else f"还剩 {words}"


def _plain_length(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} 分钟" if minutes else "不到 1 分钟"
    hours = minutes // 60
    return f"{hours} 小时" if hours < 48 else f"{hours // 24} 天"


def _day_length(timing: Timing) -> float:
    """Returns the office minutes of a workday by the hours that hold now."""
    return length_of(timing.calendar.spans_on(day_of(timing.at))).total_seconds() / 60


def _office_length(minutes: int, day: float) -> str:
    if minutes >= day:
        return f"{round(minutes / day, 1):g} 个工作日"
    if minutes >= 60:
        return f"{round(minutes / 60, 1):g} 工时"
    return f"{minutes} 分钟" if minutes else "不到 1 分钟"


@dataclass(frozen=True, slots=True)
class StepTime:
    """What is left of the time of the present step, and which share of it is used, 0 to 100 percent."""

    words: str
    used: int


def time_of_step(started_at: datetime, due_at: datetime, clock: str, timing: Timing) -> StepTime:
    """Returns the time of a step: the same in a row, on a card, in the pane and on the page of the case."""
    whole = _length_between(started_at, due_at, clock, timing)
    used = _length_between(started_at, timing.at, clock, timing)
    share = 100 if whole <= 0 else max(0, min(100, round(used / whole * 100)))
    return StepTime(time_left(due_at, timing, clock=clock), share)


def _length_between(start: datetime, end: datetime, clock: str, timing: Timing) -> float:
    """Returns minutes between two moments: of office time for office clocks, otherwise all of them."""
    if clock in (Clock.AROUND_THE_CLOCK, Clock.NATURAL_DAYS):
        return (end - start).total_seconds() / 60
    return working_minutes_between(start, end, calendar=timing.calendar)


def step_of_row(case: Case, timing: Timing) -> StepTime | None:
    """Returns the time of the present step of a case from a list (``with_names``); None if the case has ended."""
    step: Mapping[str, str] | None = case.step  # type: ignore[attr-defined]
    if step is None or case.due_at is None:
        return None
    return time_of_step(datetime.fromisoformat(step["started_at"]), case.due_at, step["clock"], timing)


def light_of(case: Case, at: datetime) -> str:
    """Returns the light to show. It is late as soon as the clock is, even before the sweep has run."""
    if case.light in (Case.Light.NORMAL, Case.Light.NEAR) and case.due_at and case.due_at < at:
        return Case.Light.LATE
    return case.light


@lru_cache(maxsize=1)
def cases_root() -> str:
    """Returns the root address of cases, cached so that 200 rows do not resolve it 400 times."""
    return reverse("workflow:list")


def verb_url(pk: int, verb: str) -> str:
    """Returns the address of a verb's page; a list of many cards with many verbs does not resolve each."""
    return f"{cases_root()}{pk}/{verb.replace('_', '-')}/"


@dataclass(frozen=True, slots=True)
class CaseRow(Shown):
    """One case as a list shows it (parts/case_row.html)."""

    pk: int
    version: int
    key: str
    pick: str
    number: str
    title: str
    place: str
    holder: str
    status: str
    status_name: str
    light: str
    light_word: str
    words: str
    used: int
    share: str
    url: str
    preview_url: str
    source: str
    excerpt: str
    is_urgent: bool
    is_chosen: bool
    is_gone: bool
    return_reason: str


def row_of(
    case: Case, timing: Timing, *, query: str = "", is_chosen: bool = False, is_gone: bool = False
) -> CaseRow:
    """Returns one case as a row of a list; ``is_gone`` says that it has left the list since it was shown."""
    columns = row_columns(case, timing, query=query, is_chosen=is_chosen, is_gone=is_gone)
    return CaseRow(**columns)


def row_columns(
    case: Case, timing: Timing, *, query: str = "", is_chosen: bool = False, is_gone: bool = False
) -> Columns:
    """Returns the fields of :class:`CaseRow`, for a card that has more of them."""
    address = f"{cases_root()}{case.pk}/"
    light = light_of(case, timing.at) if case.is_open else Case.Light.NORMAL
    time = step_of_row(case, timing)
    used = time.used if time else 0
    return {
        "pk": case.pk,
        "version": case.version,
        "key": str(case.pk),
        "pick": f"{case.pk}:{case.version}",
        "number": case.number,
        "title": case.title,
        "place": case.village.name if not case.place else case.place,
        "holder": holder_of(case),
        "status": case.status,
        "status_name": case.get_status_display(),
        "light": light,
        "light_word": Case.Light(light).label,
        "words": _row_words(case, light, time),
        "used": used,
        "share": str(used),
        "url": f"{address}{query}",
        "preview_url": f"{address}preview/",
        "source": case.get_source_display(),
        "excerpt": excerpt_of(case),
        "is_urgent": case.is_urgent,
        "is_chosen": is_chosen,
        "is_gone": is_gone,
        "return_reason": getattr(case, "return_reason", ""),
    }


def _row_words(case: Case, light: str, time: StepTime | None) -> str:
    """Returns the time to show beside the light, without repeating the light's own word: ▲ 超期 1.6 工时."""
    if time is None:
        return ended_words(case)
    return time.words.removeprefix("超期 ") if light == Case.Light.LATE else time.words


def excerpt_of(case: Case) -> str:
    """Returns the beginning of the description on one line; of a clue nothing, which is read on its own page."""
    if case.confidential:
        return ""
    words = " ".join(case.description.split())
    return words if len(words) <= EXCERPT else f"{words[: EXCERPT - 1]}…"


def ended_words(case: Case) -> str:
    """Returns when the case ended: ``11月23日结束``."""
    if case.ended_at is None:
        return ""
    local = case.ended_at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日结束"


@dataclass(frozen=True, slots=True)
class ClockCard(Shown):
    """The head of a case page (parts/clock.html)."""

    holder: str
    words: str
    light: str
    used: int
    is_stopped: bool = False
    is_ended: bool = False
    stopped_words: str = ""
    started_at: datetime | None = None
    due_at: datetime | None = None
    explanation: Sequence[str] = ()
    is_provisional: bool = False


def clock_of(case: Case, stage: Stage | None, timing: Timing) -> ClockCard:
    """Returns the head of a case page (parts/clock.html)."""
    if stage is None:
        return ClockCard(
            holder=holder_of(case),
            words=ended_words(case),
            light="normal",
            used=100,
            is_stopped=True,
            is_ended=True,
            stopped_words="计时已停",
        )
    time = time_of_step(stage.started_at, stage.due_at, stage.clock, timing)
    return ClockCard(
        holder=holder_of(case),
        words=time.words,
        light=light_of(case, timing.at),
        used=time.used,
        started_at=stage.started_at,
        due_at=stage.due_at,
        explanation=[stage.explanation],
        is_provisional=stage.is_provisional,
    )


def timeline_of(events: Iterable[CaseEvent]) -> list[TimelineStep]:
    """Returns the history of a case, oldest first (parts/timeline.html)."""
    steps: list[TimelineStep] = []
    before: datetime | None = None
    for event in events:
        steps.append(
            TimelineStep(
                at=event.at,
                sentence=sentence_of(event),
                lasted=_since(before, event),
                note=event.note,
                is_system=event.post == SYSTEM,
            )
        )
        if event.post != SYSTEM:  # how long people took does not begin anew with a reminder
            before = event.at
    return timeline(steps)


def return_reason(case: Case, events: Iterable[CaseEvent]) -> str:
    """Returns why a report came back to its writer, while it is there."""
    if case.status != "returned_for_correction":
        return ""
    return next((event.note for event in reversed(list(events)) if event.verb == "return_for_correction"), "")


def _since(before: datetime | None, event: CaseEvent) -> str:
    """Returns how long a person took; what the clock notes by itself took nobody any time."""
    if before is None or event.post == SYSTEM:
        return ""
    return f"隔 {_plain_length((event.at - before).total_seconds())}"


def sentence_of(event: CaseEvent) -> str:
    """Returns who did what, in which capacity: ``李某（中原路街道调度台）退回补正``."""
    verb = states.VERBS.get(event.verb) or states.NOTES.get(event.verb, event.verb)
    who = event.actor.name if event.actor else event.post
    post = f"（{event.post}）" if event.actor and event.post else ""
    target = f"，交{event.unit.name}" if event.verb in ("assign", "uphold_return") and event.unit else ""
    if event.verb == "undo":
        target = states.taken_back(event.from_status, event.to_status)
    return f"{who}{post}{verb}{target}"


def parcel_of(case: Case) -> list[ParcelStep]:
    """Returns the progress of the case, as for a parcel (parts/parcel.html)."""
    if case.status in states.ENDED and case.status != "closed":
        return [
            ParcelStep(name="已上报", state="done"),
            ParcelStep(name=case.get_status_display(), state="stopped"),
        ]
    at = next(i for i, (_, statuses) in enumerate(PARCEL) if case.status in statuses)
    steps = []
    for number, (name, _) in enumerate(PARCEL):
        state = "done" if number < at or case.status == "closed" else "now" if number == at else "next"
        steps.append(ParcelStep(name=name, state=state))
    return steps


ASKS_FOR_TIME = ("ask_extension", "ask_shelving")


def time_facts(case: Case, events: Iterable[CaseEvent]) -> list[tuple[str, str]]:
    """Returns what was asked about the case's time and decided, oldest first; the due time before stays visible.

    One statement, and none for a case in whose ``events`` nothing was asked.
    """
    if not any(event.verb in ASKS_FOR_TIME for event in events):
        return []
    return [(asked.get_kind_display(), _words_of(asked)) for asked in case.time_requests.order_by("pk")]


def _words_of(asked: TimeRequest) -> str:
    if asked.review_on is None:
        what = asked.limit.words()
    else:
        what = f"{asked.get_ground_display()}，{asked.review_on.month}月{asked.review_on.day}日复核"
    words = f"{what} · {asked.get_decision_display()} · 原定{_day_and_time(asked.due_before)}"
    return f"{words}，改为{_day_and_time(asked.due_after)}" if asked.due_after else words


def _day_and_time(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
