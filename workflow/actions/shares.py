"""Joint handling: units join a case, sign for their shares, report results, are released (联办, Art. 17, 18).

The case is locked before the share, so that an act on the case and one on a share follow each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from common.privacy.redaction import redacted
from personnel.life import Life
from personnel.models import Organization
from workflow import notices, shares
from workflow.actions.desk import require_readers
from workflow.actions.evidence import attach_photos
from workflow.actions.grid import required_text
from workflow.deadlines import Interrupted
from workflow.history import at_the_desk
from workflow.models import Assignment, Attachment, Case, Stage
from workflow.share_policies import SHARE_RULES
from workflow.share_states import OF_UNIT, SHARE_ENDED, SHARE_MOVES
from workflow.share_stays import begin_stay, checked_limit_of_share
from workflow.stages import begin, note_case
from workflow.suggestions import lower_units, units_to_join
from worktime.clocks import Clock

SHARE_LIFE = Life(Assignment.objects.to_change, SHARE_RULES, SHARE_MOVES)
MOST_JOINED = 12


class Opened(NamedTuple):
    """A share with its case, both locked."""

    share: Assignment
    case: Case


@transaction.atomic(savepoint=False)
def join_units(
    case: Case, *, units: Sequence[Organization], amount: int | None = None, note: str, by: User, at: datetime
) -> Case:
    """Gives units a share in the case beside its leading unit; each is told at once and signs for its share.

    ``amount`` is how long they have, in days or hours of the matter's clock, never longer than the whole case. Raises
    :class:`RuleViolation` for a unit that leads or assists already, or that is not offered.
    """
    case = begin(case, "join", by=by)
    task = required_text(note, "请写明请协办单位做什么，对方会看到。", field="note")
    chosen = list(dict.fromkeys(units))
    if not 1 <= len(chosen) <= MOST_JOINED:
        raise RuleViolation(f"请选择 1 至 {MOST_JOINED} 个协办单位。", field="units")
    _require_may_join(case, chosen)
    until = checked_limit_of_share(case, amount, at=at)
    for unit in chosen:
        _begin_share(case, unit, task=task, until=until, at=at)
        notices.tell_unit(case, unit, "请协办", reason=task, topic="assign", at=at)
    names = "、".join(unit.name for unit in chosen)
    note_case(case, "join", by=by, at=at, note=f"{names}：{task}")
    notices.tell_holder(case, f"增加协办：{names}", topic="assign", at=at)
    return case


def _require_may_join(case: Case, units: Sequence[Organization]) -> None:
    free = shares.without_part(case, units)
    offered = set(units_to_join(case).filter(pk__in=[unit.pk for unit in units]).values_list("pk", flat=True))
    for unit in units:
        if unit not in free:
            raise RuleViolation(f"{unit.name}已经在办这件事，不用再加。", field="units")
        if unit.pk not in offered:
            raise RuleViolation(f"{unit.name}不能协办这里的事，请另选。", field="units")
        require_readers(case, unit, field="units")


@transaction.atomic(savepoint=False)
def ask_join(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Asks the desk that assigned the case to add or to release a unit. Nothing moves."""
    case = begin(case, "ask_join", by=by)
    reason = required_text(note, "请写明要增加或解除哪个单位、为什么。", field="note")
    note_case(case, "ask_join", by=by, at=at, note=reason)
    notices.tell_desk(case, "主办单位申请增减协办", topic="assign", at=at)
    return case


@transaction.atomic(savepoint=False)
def sign_share(share: Assignment, *, by: User, at: datetime) -> Assignment:
    """Signs for a share."""
    share, case = _begin(share, "sign_share", by=by)
    share.signed_at = at
    _move(share, case, "sign_share", by=by, at=at, post=share.unit.name)
    notices.tell_holder(case, f"{share.unit.name}已签收协办", topic="progress", at=at)
    return share


@transaction.atomic(savepoint=False)
def feed_back_share(
    share: Assignment, *, result: str, photos: Sequence[UUID] = (), by: User, at: datetime
) -> Assignment:
    """Reports the result of a share to the leading unit."""
    share, case = _begin(share, "feed_back_share", by=by)
    share.result = redacted(required_text(result, "请写明协办的结果。", field="result"))
    attach_photos(case, photos, kind=Attachment.Kind.RESULT, by=by)
    _move(share, case, "feed_back_share", by=by, at=at, note=share.result, post=share.unit.name)
    missing = shares.awaited_units(case)
    words = f"，还等{'、'.join(missing)}" if missing else "，协办都已反馈"
    notices.tell_holder(case, f"{share.unit.name}已反馈协办结果{words}", topic="progress", at=at)
    return share


@transaction.atomic(savepoint=False)
def hand_back_share(share: Assignment, *, note: str, by: User, at: datetime) -> Assignment:
    """Asks to be released from a share that is not the unit's duty. The desk that added it decides."""
    share, case = _begin(share, "hand_back_share", by=by)
    reason = required_text(note, "请写明为什么不该由本单位协办，并引用职责依据。", field="note")
    _move(share, case, "hand_back_share", by=by, at=at, note=reason, post=share.unit.name)
    notices.tell_desk(case, f"{share.unit.name}申请退回协办", topic="hand_back", at=at)
    return share


@transaction.atomic(savepoint=False)
def keep_share(share: Assignment, *, note: str, by: User, at: datetime) -> Assignment:
    """Leaves a share with its unit, which goes on where it was, with what it had left."""
    share, case = _begin(share, "keep_share", by=by)
    reason = required_text(note, "请写明为什么仍由该单位协办。", field="note")
    last = share.stages.filter(status__in=OF_UNIT, ended_by="hand_back_share").latest("pk")
    interrupted = Interrupted(Clock(last.clock), last.ended_at or at, last.due_at)
    _move(
        share,
        case,
        "keep_share",
        by=by,
        at=at,
        to=last.status,
        note=_about(share, reason),
        interrupted=interrupted,
    )
    notices.tell_unit(case, share.unit, "退回未获同意，请继续协办", reason=reason, topic="assign", at=at)
    return share


@transaction.atomic(savepoint=False)
def release_share(share: Assignment, *, note: str, by: User, at: datetime) -> Assignment:
    """Releases a unit from its share: the case waits for it no longer. The unit and the leading unit are told."""
    share, case = _begin(share, "release_share", by=by)
    reason = required_text(note, "请写明为什么不再需要它协办，对方会看到。", field="note")
    _move(share, case, "release_share", by=by, at=at, note=_about(share, reason))
    notices.tell_unit(case, share.unit, "协办已解除", reason=reason, topic="assign", at=at)
    notices.tell_holder(case, f"{share.unit.name}的协办已解除", topic="assign", at=at)
    return share


@transaction.atomic(savepoint=False)
def pass_share_down(
    share: Assignment, *, unit: Organization, note: str, by: User, at: datetime
) -> Assignment:
    """Passes a share one level down, to a body of a division below. It keeps its deadline and signs anew.

    Returns the new share. Raises :class:`RuleViolation` for a unit that is not one level below or has a part already.
    """
    share, case = _begin(share, "pass_share_down", by=by)
    reason = required_text(note, "请写明转给下级做什么。", field="note")
    if not lower_units(share.unit).filter(pk=unit.pk).exists():
        raise RuleViolation(f"{unit.name}不是下一级的单位，请另选。", field="unit")
    if not shares.without_part(case, [unit]):
        raise RuleViolation(f"{unit.name}已经在办这件事。", field="unit")
    require_readers(case, unit, field="unit")
    words = f"转给{unit.name}：{reason}"
    _move(share, case, "pass_share_down", by=by, at=at, note=words, post=share.unit.name)
    passed = _begin_share(case, unit, task=reason, until=share.due_at, at=at)
    notices.tell_unit(case, unit, f"{share.unit.name}转来协办", reason=reason, topic="assign", at=at)
    return passed


def _begin(share: Assignment, verb: str, *, by: User) -> Opened:
    """Locks the case, then the share in the version that was read; authorizes and checks the state."""
    case = Case.objects.locked().get(pk=share.case_id)
    locked = SHARE_LIFE.begin(share, verb, by=by)
    locked.case = case
    return Opened(locked, case)


def _begin_share(
    case: Case, unit: Organization, *, task: str, until: datetime | None, at: datetime
) -> Assignment:
    share = Assignment.objects.create(
        case=case,
        unit=unit,
        is_lead=False,
        status="awaiting_signature",
        task=redacted(task),
        due_at=until,
        assigned_at=at,
    )
    begin_stay(share, case, at=at)
    return share


def _move(
    share: Assignment,
    case: Case,
    verb: str,
    *,
    by: User,
    at: datetime,
    to: str | None = None,
    note: str = "",
    post: str = "",
    interrupted: Interrupted | None = None,
) -> None:
    """Moves a locked share along its table: ends its stay, begins the next, saves, writes the event of the case."""
    share.status = SHARE_MOVES.target_of(verb, status=share.status, to=to)
    share.version += 1
    if share.status in SHARE_ENDED:
        share.ended_at = at
    share.save()
    Stage.objects.running().filter(share=share).update(ended_at=at, ended_by=verb, next_action_at=None)
    if share.status not in SHARE_ENDED:
        begin_stay(share, case, at=at, interrupted=interrupted)
    note_case(case, verb, by=by, at=at, note=note, post=post or at_the_desk(case))


def _about(share: Assignment, words: str) -> str:
    return f"{share.unit.name}：{words}"
