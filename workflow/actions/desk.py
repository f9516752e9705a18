"""The verbs of the dispatch desk: accept, refuse, escalate, assign, void, merge (Art. 17–19)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import IllegalMove, RuleViolation
from notifications.actions import take_back
from personnel.models import Organization
from personnel.scopes import anybody_holds
from workflow import notices, shares
from workflow.actions.grid import required_text
from workflow.models import Case
from workflow.stages import begin, move_case
from workflow.states import LEVEL_NAMES, level_above

UNDOABLE = {"accept": "awaiting_acceptance", "assign": "awaiting_assignment"}


@transaction.atomic(savepoint=False)
def accept_case(case: Case, *, by: User, at: datetime) -> Case:
    """Accepts the case. The time promised for the matter starts now (Art. 18)."""
    case = begin(case, "accept", by=by)
    case.promised_from_at = at
    move_case(case, "accept", by=by, at=at)
    notices.tell_reporter(case, "已受理", topic="accept", at=at, hold=notices.UNDO_WINDOW)
    return case


@transaction.atomic(savepoint=False)
def refuse_case(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Refuses a case. The reporter reads the reason."""
    case = begin(case, "refuse", by=by)
    reason = required_text(note, "请写明不予受理的理由，上报人会看到。", field="note")
    move_case(case, "refuse", by=by, at=at, note=reason)
    notices.tell_reporter(case, "不予受理", reason=reason, topic="refuse", at=at)
    return case


@transaction.atomic(savepoint=False)
def escalate_case(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Passes the case one level up. No level is skipped (Art. 18)."""
    case = begin(case, "escalate", by=by)
    reason = required_text(note, "请写明为什么本级处理不了。", field="note")
    above = level_above(case.level)
    if above is None:
        raise RuleViolation("已在市级，不能再升级。")
    case.level, case.escalations = above, case.escalations + 1
    move_case(case, "escalate", by=by, at=at, note=reason)
    notices.tell_holder(case, "下级升级", topic="escalate", at=at)
    notices.tell_reporter(case, f"已升级到{LEVEL_NAMES[above]}", topic="progress", at=at)
    return case


@transaction.atomic(savepoint=False)
def assign_case(case: Case, *, unit: Organization, reason: str = "", by: User, at: datetime) -> Case:
    """Assigns an accepted case to the unit that must resolve it (Art. 18)."""
    case = begin(case, "assign", by=by)
    give_to_unit(case, unit, reason=reason, at=at)
    move_case(case, "assign", by=by, at=at, note=reason.strip())
    notices.tell_holder(case, "新交办", topic="assign", at=at, hold=notices.UNDO_WINDOW)
    notices.tell_reporter(case, f"已交办{unit.name}", topic="progress", at=at, hold=notices.UNDO_WINDOW)
    return case


@transaction.atomic(savepoint=False)
def accept_and_assign(case: Case, *, unit: Organization, reason: str = "", by: User, at: datetime) -> Case:
    """Accepts and assigns a case in one step (受理交办): two moves, two events."""
    accepted = accept_case(case, by=by, at=at)
    return assign_case(accepted, unit=unit, reason=reason, by=by, at=at)


def give_to_unit(case: Case, unit: Organization, *, reason: str, at: datetime) -> None:
    """Gives the lead to ``unit``, which must serve the case's place."""
    if case.confidential and not anybody_holds("view_clues", "organization", unit.pk):
        raise RuleViolation(
            f"{unit.name}没有指定查阅保密线索的经办人，不能交办；请先由县区管理员授权。", field="unit"
        )
    if not unit.is_active or unit.kind == Organization.Kind.AUTHORITY:
        raise RuleViolation(f"{unit.name}不承办事项，请另选责任单位。", field="unit")
    if unit.division_id not in (case.township_id, case.county_id, case.city_id):
        raise RuleViolation(f"{unit.name}不服务{case.township.name}，请另选责任单位。", field="unit")
    shares.give_lead(case, unit, reason=reason, at=at)


@transaction.atomic(savepoint=False)
def undo_last(case: Case, *, by: User, at: datetime) -> Case:
    """Undoes the user's own accept or assign within ten seconds, before anybody is notified."""
    case = begin(case, "undo", by=by)
    last = case.events.order_by("-seq").first()
    if last is None or last.verb not in UNDOABLE or last.actor_id != by.pk:
        raise IllegalMove("只能撤销自己刚才的受理或交办。")
    if at - last.at > notices.UNDO_WINDOW:
        raise IllegalMove("已超过 10 秒，对方可能已收到通知；请用退回或改派。")
    for topic in (last.verb, "progress"):
        take_back(notices.subject_of(case), topic=topic, at=at)
    if last.verb == "assign":
        shares.end_lead(case, at=at)
        case.unit = None
    else:
        case.promised_from_at = None
    return move_case(case, "undo", by=by, at=at, to=UNDOABLE[last.verb])


@transaction.atomic(savepoint=False)
def void_case(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Declares a case void, with a reason."""
    case = begin(case, "void", by=by)
    reason = required_text(note, "请写明作废理由。", field="note")
    move_case(case, "void", by=by, at=at, note=reason)
    notices.tell_reporter(case, "已作废", reason=reason, topic="void", at=at)
    return case


@transaction.atomic(savepoint=False)
def merge_case(case: Case, *, into: Case, by: User, at: datetime) -> Case:
    """Closes a repeated report and merges it into the case that is already being handled."""
    locked = (
        Case.objects.locked().filter(pk__in=[case.pk, into.pk]).order_by("pk")
    )  # always in the same order, so no deadlock
    target, case = {one.pk: one for one in locked}[into.pk], begin(case, "merge", by=by)
    if target.pk == case.pk:
        raise RuleViolation("不能并入自己。", field="into")
    if not target.is_open or target.township_id != case.township_id:
        raise RuleViolation("只能并入本乡镇街道正在办理的事项。", field="into")
    if target.confidential and not case.confidential:
        raise RuleViolation("不能并入保密事项：上报人会由此得知它的存在。", field="into")
    case.merged_into = target
    move_case(case, "merge", by=by, at=at, note=f"并入 {target.number}")
    notices.tell_reporter(case, f"与 {target.number} 重复，已并案", topic="merge", at=at)
    return case
