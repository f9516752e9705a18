"""Verification by another person, rework, rating, closing (Art. 17–19)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import IllegalMove, NotPermitted, RuleViolation
from common.privacy.redaction import redacted
from workflow import notices, shares
from workflow.actions.grid import required_text
from workflow.merged_cases import goes_on_in
from workflow.models import Case
from workflow.policies import RATED_BY_ANOTHER, WHO_MAY, who_handled
from workflow.stages import LIFE, begin, move_case
from workflow.states import CASE_MOVES, level_above

ESCALATING_FAILURE = 3
REDONE_BY = {
    Case.HandledBy.WORKER: "self_handling",
    Case.HandledBy.LEADER: "coordinating",
    Case.HandledBy.UNIT: "rework",
}


@transaction.atomic(savepoint=False)
def pass_check(case: Case, *, note: str = "", by: User, at: datetime) -> Case:
    """Confirms on the spot that the case is solved. A resident's case is then rated; any other is closed."""
    case = begin(case, "pass_check", by=by)
    target = "awaiting_rating" if case.for_resident else "closed"
    shares.end_lead(case, at=at)
    move_case(case, "pass_check", by=by, at=at, to=target, note=note.strip())
    if target == "closed":
        notices.tell_reporter(case, "已核查结案", topic="closed", at=at, hold=notices.UNDO_WINDOW)
    else:
        notices.tell_reporter(case, "已核查通过，请反映人评价", topic="rate", at=at, hold=notices.UNDO_WINDOW)
    return case


@transaction.atomic(savepoint=False)
def fail_check(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Sends the case back for rework. The third failed check moves it one level up and puts it under supervision."""
    case = begin(case, "fail_check", by=by)
    reason = required_text(note, "请写明哪里没有解决。", field="note")
    case.failed_checks += 1
    if case.failed_checks == ESCALATING_FAILURE:
        above = level_above(case.level)
        if above is not None:
            case.level, case.escalations = above, case.escalations + 1
        case.light = Case.Light.SUPERVISED
    _redo(case, "fail_check", reason, by=by, at=at)
    notices.tell_merged(case, "核查未通过，已返工", topic="rework", at=at, hold=notices.UNDO_WINDOW)
    if case.failed_checks == ESCALATING_FAILURE:
        notices.tell_desk(case, "三次核查未通过，已督办", topic="supervise", at=at, hold=notices.UNDO_WINDOW)
    return case


@transaction.atomic(savepoint=False)
def rate_case(case: Case, *, rating: str, note: str = "", by: User, at: datetime) -> Case:
    """Records the rating that the resident gave to the reporter, by telephone or on the spot.

    Whoever takes care of a merged report records it there; it counts for the case in which the report goes on.
    """
    case = _begin_for_merged(case, by=by) if case.status == "merged" else begin(case, "rate", by=by)
    return _rate(case, rating=rating, note=note, by=by, at=at)


def _begin_for_merged(report: Case, *, by: User) -> Case:
    """Returns the case in which a merged report goes on, locked."""
    report = LIFE.lock(report)
    case = Case.objects.locked().get(pk=goes_on_in(report).pk)
    _require_rating(report, case, by=by)
    return case


def require_open_for_merged(report: Case, *, by: User) -> None:
    """Raises :class:`NotPermitted` or :class:`IllegalMove` unless the user may rate now what became of the report."""
    _require_rating(report, goes_on_in(report), by=by)


def _require_rating(report: Case, case: Case, *, by: User) -> None:
    """Whoever takes care of the report rates, but never who handled the case (Art. 11)."""
    WHO_MAY.require("rate", by, report)
    if by.pk in who_handled(case):
        raise NotPermitted(RATED_BY_ANOTHER, verb="rate")
    CASE_MOVES.require("rate", status=case.status)


@transaction.atomic(savepoint=False)
def rate_by_resident(code: str, *, rating: str, note: str = "", at: datetime) -> Case:
    """Records the resident's rating. The case's own code is the only authority needed."""
    case = Case.objects.locked().get(pk=case_by_rating_code(code).pk)
    CASE_MOVES.require("rate", status=case.status)
    return _rate(case, rating=rating, note=redacted(note), by=None, at=at)


def _rate(case: Case, *, rating: str, note: str, by: User | None, at: datetime) -> Case:
    """Records the rating. The first 不满意 causes one rework; after that the case closes whatever the answer."""
    if rating not in Case.Rating.values:
        raise RuleViolation("请在满意、基本满意、不满意中选一项。", field="rating")
    first_time = not case.rating
    case.rating = rating
    if rating == Case.Rating.DISSATISFIED and first_time:
        reason = required_text(note, "请说一句哪里不满意，我们会返工一次。", field="note")
        _redo(case, "rate", reason, by=by, at=at)
        notices.tell_merged(case, "评价不满意，已返工", topic="rework", at=at, hold=notices.UNDO_WINDOW)
        return case
    move_case(case, "rate", by=by, at=at, to="closed", note=note.strip())
    notices.tell_merged(case, "已评价结案", topic="closed", at=at, hold=notices.UNDO_WINDOW)
    return case


def _redo(case: Case, verb: str, reason: str, *, by: User | None, at: datetime) -> None:
    case.finished_at = None
    if case.unit_id and case.handled_by == Case.HandledBy.UNIT:
        shares.reopen_lead(case)
    move_case(case, verb, by=by, at=at, to=REDONE_BY[Case.HandledBy(case.handled_by)], note=reason)
    hold = notices.UNDO_WINDOW
    notices.tell_holder(case, "请返工", reason=reason, topic="rework", at=at, hold=hold)


def case_by_rating_code(code: str) -> Case:
    """Returns the case with the resident's code. Raises :class:`IllegalMove` for an unknown code."""
    case = (
        Case.objects.select_related("unit", "matter", "township", "county", "city")
        .filter(rating_code=code)
        .first()
    )
    if case is None:
        raise IllegalMove("没有这个查询码，请核对后再试。")
    return case
