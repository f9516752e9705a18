"""A case in words: who has it, how much time is left, what happened. Shapes for the templates' parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.urls import reverse

from common.shapes import Columns, Shown
from common.web.shapes import ParcelStep, TimelineStep, timeline
from workflow import states
from workflow.deadlines import LimitBook, limit_of
from workflow.history import SYSTEM
from workflow.models import Case, CaseEvent, Stage
from workflow.rulebook import finish_limit
from worktime.clocks import SHANGHAI, Calendar, Clock, working_minutes_between

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
    ("办理", ("awaiting_signature", "return_review", "in_hand", "rework")),
    ("核查", ("awaiting_verification", "awaiting_rating")),
    ("结案", ("closed",)),
)
PLAIN = {"上报": "已上报", "受理": "待受理", "办理": "办理中", "核查": "核查中", "结案": "已办结"}


@dataclass(frozen=True)
class Telling:
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


def time_left(due_at: datetime | None, telling: Telling, *, clock: str = Clock.WORKING_HOURS) -> str:
    """Returns how much time is left: in office time for office clocks, otherwise in plain time."""
    if due_at is None:
        return ""
    late = due_at < telling.at
    if clock in (Clock.AROUND_THE_CLOCK, Clock.NATURAL_DAYS):
        words = _plain_length(abs((due_at - telling.at).total_seconds()))
    else:
        first, last = sorted([due_at, telling.at])
        words = _office_length(
            working_minutes_between(first, last, calendar=telling.calendar), telling.calendar
        )
    return f"超期 {words}" if late else f"还剩 {words}"


def _plain_length(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} 分钟" if minutes else "不到 1 分钟"
    hours = minutes // 60
    return f"{hours} 小时" if hours < 48 else f"{hours // 24} 天"


def _office_length(minutes: int, calendar: Calendar) -> str:
    day = calendar.open_per_day.total_seconds() / 60
    if minutes >= day:
        return f"{round(minutes / day, 1):g} 个工作日"
    if minutes >= 60:
        return f"{round(minutes / 60, 1):g} 工时"
    return f"{minutes} 分钟" if minutes else "不到 1 分钟"


def used_share(started_at: datetime, due_at: datetime, at: datetime) -> int:
    """Returns how much of the span has passed, 0 to 100 percent."""
    span = (due_at - started_at).total_seconds()
    return 100 if span <= 0 else max(0, min(100, round((at - started_at).total_seconds() / span * 100)))


def light_of(case: Case, at: datetime) -> str:
    """Returns the light to show. It is late as soon as the clock is, even before the sweep has run."""
    if case.light in (Case.Light.NORMAL, Case.Light.NEAR) and case.due_at and case.due_at < at:
        return Case.Light.LATE
    return case.light


@lru_cache(maxsize=1)
def cases_root() -> str:
    """Returns the root address of cases, cached so that 200 rows do not resolve it 400 times."""
    return reverse("workflow:list")


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
    is_urgent: bool
    is_chosen: bool
    return_reason: str


def row_of(case: Case, telling: Telling, *, query: str = "", is_chosen: bool = False) -> CaseRow:
    """Returns one case as a row of a list."""
    return CaseRow(**row_columns(case, telling, query=query, is_chosen=is_chosen))


def row_columns(case: Case, telling: Telling, *, query: str = "", is_chosen: bool = False) -> Columns:
    """Returns the fields of :class:`CaseRow`, for a card that has more of them."""
    address = f"{cases_root()}{case.pk}/"
    light = light_of(case, telling.at) if case.is_open else Case.Light.NORMAL
    used = used_share(case.reported_at, case.due_at, telling.at) if case.due_at else 0
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
        "words": _row_words(case, light, telling),
        "used": used,
        "share": str(used),
        "url": f"{address}{query}",
        "preview_url": f"{address}preview/",
        "is_urgent": case.is_urgent,
        "is_chosen": is_chosen,
        "return_reason": getattr(case, "return_reason", ""),
    }


def _row_words(case: Case, light: str, telling: Telling) -> str:
    """Returns the time to show beside the light, without repeating the light's own word: ▲ 超期 1.6 工时."""
    if not case.is_open:
        return ended_words(case)
    words = time_left(case.due_at, telling, clock=_clock_of(case, telling))
    return words.removeprefix("超期 ") if light == Case.Light.LATE else words


def _clock_of(case: Case, telling: Telling) -> str:
    """Returns the clock of the present step, so that a row and the case's page show the same time."""
    limit = limit_of(
        states.CLOCKS[case.status] or "",
        urgent=case.is_urgent,
        matter_limit=finish_limit(case.matter),
        book=telling.book,
    )
    return limit.clock


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


def clock_of(case: Case, stage: Stage | None, telling: Telling) -> ClockCard:
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
    return ClockCard(
        holder=holder_of(case),
        words=time_left(stage.due_at, telling, clock=stage.clock),
        light=light_of(case, telling.at),
        used=used_share(stage.started_at, stage.due_at, telling.at),
        started_at=stage.started_at,
        due_at=stage.due_at,
        explanation=[stage.explanation],
        is_provisional="节假日安排未录入" in stage.explanation,
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
