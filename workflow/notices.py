"""The notices about cases and their audiences. Every notice is an outbox row in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import User
from grids.models import Division
from notifications.actions import notice, tell, tell_many
from notifications.models import Outbox
from personnel.models import Organization
from personnel.posting_history import worked_in_grid
from personnel.scopes import audience
from workflow import states
from workflow.merged_cases import merged_into_each
from workflow.models import Case
from workflow.writing import KEPT_FOR
from worktime.clocks import day_of

UNDO_WINDOW = timedelta(seconds=10)


def subject_of(case: Case) -> str:
    """Returns the name of the case in outbox, inbox and audit."""
    return f"case:{case.pk}"


def _about(
    case: Case,
    to: str,
    topic: str,
    sentence: str,
    *,
    at: datetime,
    hold: timedelta = timedelta(),
    is_urgent: bool = False,
) -> Outbox:
    return notice(
        to, topic=topic, subject=subject_of(case), sentence=sentence, at=at, hold=hold, is_urgent=is_urgent
    )


def leader_of(case: Case) -> str:
    """Returns the audience of the village leader."""
    return audience("coordinate", "division", case.village_id)


def desk_of(case: Case) -> str:
    """Returns the audience of the institution at the case's present level."""
    return audience("dispatch", "division", case.stage_division_id)


def above_desk_of(case: Case) -> str:
    """Returns the audience of the institution one level above the case's; at city level of the city itself."""
    level = states.level_above(case.level) or case.level
    return audience("dispatch", "division", getattr(case, f"{level}_id"))


def unit_of(case: Case) -> str:
    """Returns the audience of the responsible unit."""
    return audience("handle", "organization", case.unit_id or 0)


def reporter_of(case: Case) -> str:
    """Returns the audience of the person who takes care of the report now."""
    return f"user:{case.caretaker_id}"


def verifier_of(case: Case) -> str:
    """Returns who verifies: the instructor if a worker handled it, the reporter if confidential, else the grid."""
    if case.confidential:
        return reporter_of(case)
    if case.handled_by == Case.HandledBy.WORKER:
        return audience("guide", "division", case.village_id)
    return audience("report", "grid", case.grid_id)


HOLDER_AUDIENCE = {
    "worker": reporter_of,
    "leader": leader_of,
    "desk": desk_of,
    "reporter": reporter_of,
    "unit": unit_of,
    "verifier": verifier_of,
    "resident": reporter_of,
}


def holder_of(case: Case) -> str:
    """Returns the audience of whoever has the case now."""
    return HOLDER_AUDIENCE[states.HOLDERS[case.status]](case)


def _full_sentence(case: Case, sentence: str, reason: str = "") -> str:
    """Returns the whole sentence. A notice about a clue gives no reason, because that text stays inside the case."""
    text = f"{sentence}（{reason[:60]}）" if reason and not case.confidential else sentence
    return f"{text}：{case.title}（{case.number}）"


def tell_holder(
    case: Case,
    sentence: str,
    *,
    topic: str,
    at: datetime,
    reason: str = "",
    hold: timedelta = timedelta(),
) -> None:
    """Tells the present holder of the case, with the ``reason`` that was written."""
    tell_holders([case], sentence, topic=topic, at=at, reason=reason, hold=hold)


def tell_holders(
    cases: Sequence[Case],
    sentence: str,
    *,
    topic: str,
    at: datetime,
    reason: str = "",
    hold: timedelta = timedelta(),
) -> None:
    """Tells the present holder of each case."""
    tell_many(
        [
            _about(case, holder_of(case), topic, _full_sentence(case, sentence, reason), at=at, hold=hold)
            for case in cases
        ]
    )


def tell_reporter(
    case: Case,
    sentence: str,
    *,
    topic: str,
    at: datetime,
    reason: str = "",
    hold: timedelta = timedelta(),
) -> None:
    """Tells the person who takes care of the report about its progress, and those whose reports were merged into it."""
    tell_reporters([case], sentence, topic=topic, at=at, reason=reason, hold=hold)


def tell_reporters(
    cases: Sequence[Case],
    sentence: str,
    *,
    topic: str,
    at: datetime,
    reason: str = "",
    hold: timedelta = timedelta(),
) -> None:
    """Tells the person who takes care of each report, and those whose reports were merged into it."""
    merged = merged_into_each(cases)
    notices = []
    for case in cases:
        words = _full_sentence(case, sentence, reason)
        notices.append(_about(case, reporter_of(case), topic, words, at=at, hold=hold))
        for other in merged[case.pk]:
            words = _merged_sentence(case, other, sentence)
            notices.append(_about(other, reporter_of(other), topic, words, at=at, hold=hold))
    tell_many(notices)


def tell_merged(
    case: Case, sentence: str, *, topic: str, at: datetime, hold: timedelta = timedelta()
) -> None:
    """Tells those whose reports were merged into the case, where its own reporter acted or is told otherwise."""
    tell_many(
        [
            _about(
                other, reporter_of(other), topic, _merged_sentence(case, other, sentence), at=at, hold=hold
            )
            for other in merged_into_each([case])[case.pk]
        ]
    )


def _merged_sentence(case: Case, other: Case, sentence: str) -> str:
    return f"{sentence}：{other.title}（{other.number}，已并入 {case.number}）"


def tell_unit(
    case: Case,
    unit: Organization,
    sentence: str,
    *,
    topic: str,
    at: datetime,
    reason: str = "",
    hold: timedelta = timedelta(),
) -> None:
    """Tells the staff of a unit that had, or takes, a part in the case. Of a clue they are told its number alone."""
    to = audience("handle", "organization", unit.pk)
    words = f"{sentence}（{case.number}）" if case.confidential else _full_sentence(case, sentence, reason)
    tell_many([_about(case, to, topic, words, at=at, hold=hold)])


def tell_desk(case: Case, sentence: str, *, topic: str, at: datetime, hold: timedelta = timedelta()) -> None:
    """Tells the institution at the case's level."""
    tell_desks([case], sentence, topic=topic, at=at, hold=hold)


def tell_desks(
    cases: Sequence[Case], sentence: str, *, topic: str, at: datetime, hold: timedelta = timedelta()
) -> None:
    """Tells the institution at the level of each case."""
    tell_many(
        [
            _about(case, desk_of(case), topic, _full_sentence(case, sentence), at=at, hold=hold)
            for case in cases
        ]
    )


def tell_above(cases: Sequence[Case], sentence: str, *, topic: str, at: datetime) -> None:
    """Tells the institution one level above that of each case; at city level the city itself."""
    tell_many(
        [_about(case, above_desk_of(case), topic, _full_sentence(case, sentence), at=at) for case in cases]
    )


def call_people(called: Sequence[tuple[Case, Sequence[str]]], *, at: datetime) -> None:
    """Calls people about urgent cases: these notices pierce the hours in which they want no messages."""
    tell_many(
        [
            _about(case, to, "call", _full_sentence(case, "紧急，请马上接"), at=at, is_urgent=True)
            for case, audiences in called
            for to in audiences
        ]
    )


def words_to_writer(case: Case) -> str:
    """Returns what somebody is told whose report others take care of: the post has ended since, or it lies in another
    grid. The title of a clue is left out.
    """
    if case.caretaker_id == case.reporter_id:  # nobody works there now
        return f"编号 {case.number}：内容已按写的时候收下，等乡镇街道指定接办的人。"
    taken = f"由{case.caretaker.name}接着办。"
    day = day_of(case.reported_at)
    since = day_of(case.reported_at - KEPT_FOR)
    if worked_in_grid(case.reporter_id, grid_id=case.grid_id, since=since, until=day):
        return f"编号 {case.number}：您写这份上报时的岗位已经结束，内容已按写的时候收下，{taken}"
    return f"编号 {case.number}：已按位置交给{case.grid.name}，{taken}"


def tell_writer(case: Case, writer: User, *, at: datetime) -> None:
    """Tells the writer of a report that it was taken in, and who takes care of it instead."""
    if writer.pk != case.caretaker_id:
        tell(
            f"user:{writer.pk}",
            topic="progress",
            subject=subject_of(case),
            sentence=words_to_writer(case),
            at=at,
        )


def tell_of_hand_over(cases: Sequence[Case], to: User, *, at: datetime) -> None:
    """Tells a successor once how many cases they take over. No title is given, so that no clue is named."""
    if cases:
        subject = subject_of(cases[0]) if len(cases) == 1 else f"caretaking:{to.pk}"
        sentence = f"有 {len(cases)} 件在办事项移交给您，请在“我的”里接着办。"
        tell(f"user:{to.pk}", topic="hand_over", subject=subject, sentence=sentence, at=at)


def tell_unit_of_merger(body: Organization, into: Organization, *, count: int, at: datetime) -> None:
    """Tells the staff of ``into`` how many open cases of ``body`` they take over."""
    if count:
        to = audience("handle", "organization", into.pk)
        sentence = f"{body.name}并入{into.name}，{count} 件在办事项由本单位接着办。"
        tell(to, topic="hand_over", subject=f"unit:{into.pk}", sentence=sentence, at=at)


def tell_desk_of_move(desk_id: int, place: Division, words: str, *, at: datetime) -> None:
    """Tells a desk once what the move of a village or township means for it."""
    to = audience("dispatch", "division", desk_id)
    tell(to, topic="hand_over", subject=f"division:{place.pk}", sentence=words, at=at)
