"""The verbs of the dispatch desk: accept, refuse, escalate, assign, void, merge (Art. 17–19)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from common.privacy.redaction import without
from personnel.models import Organization
from personnel.querysets import OF_THE_BASE
from personnel.scopes import anybody_holds
from workflow import notices, shares
from workflow.actions.evidence import copy_photos
from workflow.actions.grid import required_text
from workflow.contacts import CONTACT_NAMES
from workflow.merged_cases import goes_on_in
from workflow.models import Case, CaseContact
from workflow.stages import begin, move_case, note_case
from workflow.states import LEVEL_NAMES, level_above
from workflow.suggestions import is_own_ground, suggest_unit


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
    """Accepts and assigns a case in one step (受理交办): two moves, two events, one act to undo."""
    accepted = accept_case(case, by=by, at=at)
    return assign_case(accepted, unit=unit, reason=reason, by=by, at=at)


def give_to_unit(case: Case, unit: Organization, *, reason: str, at: datetime) -> None:
    """Gives the lead to ``unit``, which must serve the case's place."""
    require_readers(case, unit, field="unit")
    if not unit.is_active or unit.kind == Organization.Kind.AUTHORITY:
        raise RuleViolation(f"{unit.name}不承办事项，请另选责任单位。", field="unit")
    if unit.kind in OF_THE_BASE and not anybody_holds("handle", "organization", unit.pk):
        raise RuleViolation(
            f"{unit.name}还没有可以办理的账号，请先任用经办人，或另选责任单位。", field="unit"
        )
    if unit.division_id not in (case.village_id, case.township_id, case.county_id, case.city_id):
        raise RuleViolation(f"{unit.name}不服务{case.township.name}，请另选责任单位。", field="unit")
    require_own_ground(case, unit, reason)
    shares.give_lead(case, unit, reason=reason, at=at)


def require_readers(case: Case, unit: Organization, *, field: str) -> None:
    """Raises :class:`RuleViolation` if nobody in the unit is named to read clues and the case is one (Art. 20)."""
    if case.confidential and not anybody_holds("view_clues", "organization", unit.pk):
        raise RuleViolation(
            f"{unit.name}没有指定查阅保密线索的经办人，不能交办；请先由县区管理员授权。", field=field
        )


def require_own_ground(case: Case, unit: Organization, reason: str) -> None:
    """Raises :class:`RuleViolation` if not the suggested unit gets the case and no ground of its own is given."""
    suggestion = suggest_unit(case)
    if suggestion is None or suggestion.unit.pk == unit.pk or is_own_ground(reason, suggestion):
        return
    kept = (
        "" if not reason.strip() else f"“{suggestion.reason}”是建议{suggestion.unit.name}的依据，不能照用。"
    )
    raise RuleViolation(
        f"没有按建议交{suggestion.unit.name}，请写明为什么由{unit.name}办。{kept}", field="reason"
    )


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
    """Closes a repeated report and merges it into the case that is already being handled.

    What was reported stands in that case's events too, and its photos beside that case's own. If a resident stands
    behind the report, the resident is asked to rate that case.
    """
    locked = (
        Case.objects.locked().filter(pk__in=[case.pk, into.pk]).order_by("pk")
    )  # always in the same order, so no deadlock
    target, case = {one.pk: one for one in locked}[into.pk], begin(case, "merge", by=by)
    if target.pk == case.pk:
        raise RuleViolation("不能并入自己。", field="into")
    if goes_on_in(target).pk == case.pk:
        raise RuleViolation(
            f"{target.number} 已经并入这件事（{case.number}），不能再把这件事并回去。", field="into"
        )
    if not target.is_open or target.township_id != case.township_id:
        raise RuleViolation("只能并入本乡镇街道正在办理的事项。", field="into")
    if target.confidential and not case.confidential:
        raise RuleViolation("不能并入保密事项：上报人会由此得知它的存在。", field="into")
    case.merged_into = target
    move_case(case, "merge", by=by, at=at, note=f"并入 {target.number}")
    if not case.confidential:
        target.for_resident |= case.for_resident
        copy_photos(case, target)
        note = _words_of_merged(case)
        note_case(target, "gather", by=by, at=at, note=note, fields=("for_resident",))
    notices.tell_reporter(case, f"与 {target.number} 重复，已并案", topic="merge", at=at)
    return case


def _words_of_merged(case: Case) -> str:
    """What is reported, as it stands after corrections and additions, without anything that is known of a resident."""
    contact = CaseContact.objects.filter(case=case).first()
    known = [contact.unseal(name) for name in CONTACT_NAMES] if contact else []
    added = case.events.filter(verb="supplement").order_by("seq").values_list("note", flat=True)
    words = "\n".join(filter(None, (case.place, case.description, *added)))
    return without(f"{case.number} {case.title}：{words}", known)
