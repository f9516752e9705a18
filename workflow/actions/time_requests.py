"""The verbs about the time of a unit: extension, shelving, and going on (Art. 17, 18)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from workflow import notices
from workflow.actions.grid import required_text
from workflow.models import Case, TimeRequest
from workflow.stages import begin, interrupted_status, move_case
from workflow.states import level_above
from workflow.time_requests import (
    checked_extension,
    checked_review_day,
    decide,
    extensions_of,
    waiting_request,
)
from worktime.clocks import day_of


@transaction.atomic(savepoint=False)
def ask_extension(case: Case, *, amount: int | None, note: str, by: User, at: datetime) -> Case:
    """Asks for more time, in days or hours of the matter's clock. The second time the county decides."""
    case = begin(case, "ask_extension", by=by)
    reason = required_text(note, "请写明为什么按期办不完。", field="note")
    limit = checked_extension(case, amount, at=at)
    if extensions_of(case):
        _put_before_county(case)
    _ask(
        case,
        TimeRequest(kind=TimeRequest.Kind.EXTENSION, clock=limit.clock, amount=limit.amount),
        by=by,
        at=at,
    )
    move_case(case, "ask_extension", by=by, at=at, note=f"延期 {limit.words()}：{reason}")
    notices.tell_holder(case, f"申请延期 {limit.words()}", reason=reason, topic="time", at=at)
    return case


@transaction.atomic(savepoint=False)
def ask_shelving(
    case: Case, *, ground: str, review_on: date | None, note: str, by: User, at: datetime
) -> Case:
    """Asks the county to shelve a case that cannot go on now, until a day of review."""
    case = begin(case, "ask_shelving", by=by)
    if ground not in TimeRequest.Ground.values:
        raise RuleViolation("请选择挂账原因。", field="ground")
    day = checked_review_day(review_on, at=at)
    reason = required_text(note, "请写明现在为什么办不了、到时怎么办。", field="note")
    _put_before_county(case)
    kind = TimeRequest.Kind.SHELVING
    _ask(case, TimeRequest(kind=kind, ground=ground, review_on=day), by=by, at=at)
    words = f"{TimeRequest.Ground(ground).label}，{day.year}年{day.month}月{day.day}日复核"
    move_case(case, "ask_shelving", by=by, at=at, note=f"{words}：{reason}")
    notices.tell_holder(case, "申请挂账", reason=reason, topic="time", at=at)
    return case


def _put_before_county(case: Case) -> None:
    """Passes a township's case to the county, which decides what the township may not (Art. 18)."""
    if case.level == "township":
        case.level, case.escalations = level_above(case.level) or case.level, case.escalations + 1


def _ask(case: Case, request: TimeRequest, *, by: User, at: datetime) -> None:
    request.case, request.asked_by, request.asked_at = case, by, at
    request.due_before = case.due_at or at
    request.save(force_insert=True)


def _answer(case: Case, verb: str, decision: str, words: str, *, note: str, by: User, at: datetime) -> Case:
    """Decides the waiting request and moves the case on, back to where it was or onto the shelf."""
    decide(case, decision, by=by, at=at)
    to = "shelved" if verb == "grant_shelving" else interrupted_status(case, verb)
    move_case(case, verb, by=by, at=at, to=to, note=note)
    notices.tell_holder(case, words, reason=note, topic="time", at=at)
    return case


def _refuse(case: Case, verb: str, what: str, *, note: str, by: User, at: datetime) -> Case:
    """Refuses the waiting request, with a reason: the unit goes on with what it had left."""
    case = begin(case, verb, by=by)
    reason = required_text(note, f"请写明为什么不同意{what}。", field="note")
    refused = TimeRequest.Decision.REFUSED
    return _answer(case, verb, refused, f"{what}未获同意", note=reason, by=by, at=at)


@transaction.atomic(savepoint=False)
def grant_extension(case: Case, *, note: str = "", by: User, at: datetime) -> Case:
    """Grants the extension: the unit goes on with what it had left and the further time."""
    case = begin(case, "grant_extension", by=by)
    granted = TimeRequest.Decision.GRANTED
    _answer(case, "grant_extension", granted, "延期已同意", note=note.strip(), by=by, at=at)
    notices.tell_reporter(case, "办理时限已延期", topic="progress", at=at)
    return case


@transaction.atomic(savepoint=False)
def refuse_extension(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Refuses the extension: the unit goes on with what it had left."""
    return _refuse(case, "refuse_extension", "延期", note=note, by=by, at=at)


@transaction.atomic(savepoint=False)
def grant_shelving(case: Case, *, note: str = "", by: User, at: datetime) -> Case:
    """Shelves the case until its day of review. Its clock is stopped."""
    case = begin(case, "grant_shelving", by=by)
    asked = waiting_request(case)
    if asked is not None and asked.review_on is not None and asked.review_on <= day_of(at):
        raise RuleViolation("申请里的复核日期已经到了。请不同意，责任单位接着办，需要时重新申请。")
    granted = TimeRequest.Decision.GRANTED
    _answer(case, "grant_shelving", granted, "挂账已同意", note=note.strip(), by=by, at=at)
    notices.tell_reporter(case, "暂时挂账，到期恢复办理", topic="progress", at=at)
    return case


@transaction.atomic(savepoint=False)
def refuse_shelving(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Refuses to shelve the case: the unit goes on with what it had left."""
    return _refuse(case, "refuse_shelving", "挂账", note=note, by=by, at=at)


@transaction.atomic(savepoint=False)
def resume_case(case: Case, *, note: str = "", by: User, at: datetime) -> Case:
    """Takes a case off the shelf before its day of review: it goes on with what it had left."""
    return take_off_shelf(begin(case, "resume", by=by), "resume", note=note.strip(), by=by, at=at)


def take_off_shelf(case: Case, verb: str, *, note: str, by: User | None, at: datetime) -> Case:
    """Moves a locked case off the shelf: it goes on with what it had left."""
    move_case(case, verb, by=by, at=at, to=interrupted_status(case, verb), note=note)
    notices.tell_holder(case, "挂账结束，恢复办理", topic="time", at=at)
    notices.tell_desk(case, "挂账结束，恢复办理", topic="time", at=at)
    return case
