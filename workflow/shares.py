"""Which units have a part in a case, and which part ends with which act: the only place with these rules (Art. 17).

The leading unit is also in ``Case.unit``, and the stays of the case are its stays. A unit that assists has a share with
a life and stays of its own (``share_states``, ``share_stays``). An act on the case does not change the shares of
assisting units; only the end of the case ends them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import F

from common.errors import IllegalMove
from personnel.models import Organization
from workflow import notices
from workflow.models import Assignment, Case, Stage
from workflow.share_states import OF_UNIT
from workflow.standing import resume
from workflow.states import UNDOABLE, VERBS


def give_lead(case: Case, unit: Organization, *, reason: str, at: datetime) -> Assignment:
    """Ends the leading unit's part and gives the lead to ``unit``. A share in which ``unit`` assisted ends as well.

    The case is not saved here.
    """
    end_lead(case, at=at)
    end_shares(case, verb="assign", at=at, unit=unit)
    case.unit = unit
    return Assignment.objects.create(case=case, unit=unit, reason=reason.strip()[:300], assigned_at=at)


def invite(case: Case, units: Iterable[Organization], *, at: datetime) -> list[Organization]:
    """Gives each unit that has no part in the case yet a part in its conference. Returns those that it invited.

    A part lets the unit read the case; it lasts as long as the conference, whose clock it shares.
    """
    whole = Stage.objects.of_case().running().get(case=case)
    invited = without_part(case, units)
    for unit in invited:
        share = Assignment.objects.create(
            case=case, unit=unit, is_lead=False, status="invited", reason="会商", assigned_at=at
        )
        Stage.objects.create(
            case=case,
            share=share,
            status=case.status,
            level=case.level,
            organization=unit,
            started_at=at,
            due_at=whole.due_at,
            clock=whole.clock,
            amount=whole.amount,
            explanation=whole.explanation,
            calendar_version=whole.calendar_version,
        )
    return invited


def without_part(case: Case, units: Iterable[Organization]) -> list[Organization]:
    """Returns those of the units that have no part in the case now, each once."""
    taking_part = set(Assignment.objects.current().filter(case=case).values_list("unit_id", flat=True))
    return [unit for unit in dict.fromkeys(units) if unit.pk not in taking_part]


def sign_lead(case: Case, *, at: datetime) -> None:
    """Records that the leading unit has signed for the case."""
    Assignment.objects.current().filter(case=case, is_lead=True).update(signed_at=at)


def end_lead(case: Case, *, at: datetime) -> None:
    """Ends the part of the leading unit. Its stay is the case's and ends with the move."""
    Assignment.objects.current().filter(case=case, is_lead=True).update(ended_at=at)


def reopen_lead(case: Case) -> None:
    """Gives the lead back to the unit that led the case last, for rework."""
    last = Assignment.objects.filter(case=case, unit_id=case.unit_id, is_lead=True).order_by("-pk").first()
    if last is not None:
        last.ended_at = None
        last.save(update_fields=["ended_at"])


def take_back_parts(case: Case, verb: str, *, since: datetime, at: datetime) -> None:
    """Takes back what ``verb`` at ``since`` did to the parts: the one that it began ends, those that it ended go on.

    A lead that a rating reopened for rework ends again where the check ended it.
    """
    parts = Assignment.objects.filter(case=case)
    interrupted = list(parts.filter(ended_at=since, assigned_at__lt=since))
    if verb == "assign":
        end_lead(case, at=at)
    if verb == "rate":
        checked = Stage.objects.of_case().filter(case=case, status="awaiting_rating").latest("pk")
        end_lead(case, at=checked.started_at)
    stays = {stay.share_id: stay for stay in Stage.objects.filter(share__in=interrupted, ended_at=since)}
    for part in interrupted:
        part.ended_at = None
        if stay := stays.get(part.pk):
            resume(stay)
            part.status = stay.status
        part.save(update_fields=["ended_at", "status"])


# --- What a case waits for ----------------------------------------------------------------------------------------


def awaited_units(case: Case) -> list[str]:
    """Returns the names of the assisting units whose results are still missing, in one statement."""
    shares = Assignment.objects.awaited().filter(case=case).order_by("pk")
    return list(shares.values_list("unit__name", flat=True))


def require_all_fed_back(case: Case) -> None:
    """Raises :class:`IllegalMove` while an assisting unit has not reported its result (Art. 17)."""
    if missing := awaited_units(case):
        raise IllegalMove(
            f"协办的{'、'.join(missing)}还没有反馈，整件事要等协办都反馈了才能办结反馈；"
            "不再需要的，可以用“申请协办”请交办机构解除。"
        )


def require_none_awaited(case: Case) -> None:
    """Raises :class:`IllegalMove` while units assist: a shelved case stands still, so their work must be over."""
    if working := awaited_units(case):
        raise IllegalMove(
            f"{'、'.join(working)}还在协办，挂账以后整件事停下来；请先等协办反馈，或请交办机构解除。"
        )


# --- Ends ---------------------------------------------------------------------------------------------------------


def end_invitations(case: Case, *, verb: str, at: datetime) -> None:
    """Ends the parts of units that were invited to a conference, and their stays."""
    _end(Assignment.objects.current().filter(case=case, status="invited"), verb=verb, at=at)


def end_shares(case: Case, *, verb: str, at: datetime, unit: Organization | None = None) -> list[Assignment]:
    """Ends the shares of all assisting units, or of ``unit``, and their stays. Returns those that were awaited."""
    shares = Assignment.objects.current().filter(case=case, is_lead=False)
    return _end(shares if unit is None else shares.filter(unit=unit), verb=verb, at=at)


def _end(shares: Iterable[Assignment], *, verb: str, at: datetime) -> list[Assignment]:
    ended = list(shares)
    stays = Stage.objects.running().filter(share__in=ended)
    stays.update(ended_at=at, ended_by=verb, next_action_at=None)
    awaited = [share for share in ended if share.status != "invited"]
    Assignment.objects.filter(pk__in=[share.pk for share in ended]).update(
        ended_at=at, status="released", version=F("version") + 1
    )
    return awaited


def end_with_cases(cases: Collection[Case], verb: str, *, at: datetime) -> None:
    """Ends every part with the cases, and tells the units that still worked on their shares why (Art. 17)."""
    if not cases:
        return
    current, by_pk = Assignment.objects.current().filter(case__in=cases), {case.pk: case for case in cases}
    current.filter(is_lead=True).update(ended_at=at)
    hold = notices.UNDO_WINDOW if verb in UNDOABLE else timedelta()
    for share in _end(current.filter(is_lead=False).select_related("unit"), verb=verb, at=at):
        words = f"事项{VERBS[verb]}，协办到此结束"
        notices.tell_unit(by_pk[share.case_id], share.unit, words, topic="progress", at=at, hold=hold)


def pass_parts_on(body: Organization, into: Organization, *, at: datetime) -> None:
    """Moves the parts of ``body`` to ``into`` when they merge; where ``into`` already has a part, one of the two ends.

    The lead is kept: of two parts in one case the assisting one ends (Art. 5).
    """
    theirs = Assignment.objects.current().filter(unit=into)
    twice = Assignment.objects.current().filter(unit=body, case__in=theirs.values("case"))
    for part in twice.select_related("case"):
        end_shares(part.case, verb="hand_over", at=at, unit=into if part.is_lead else body)
    Assignment.objects.current().filter(unit=body).update(unit=into)
    Stage.objects.running().filter(organization=body).update(organization=into)


def shares_for(units: Iterable[int], cases: Iterable[Case]) -> dict[int, Assignment]:
    """Returns, by case, the share that waits for one of these units, with its running stay; two statements.

    An invitation to a conference counts as one.
    """
    by_pk = {case.pk: case for case in cases}
    waiting = Assignment.objects.assisting(units).filter(case__in=by_pk, status__in=(*OF_UNIT, "invited"))
    shares = {share.case_id: share for share in waiting.select_related("unit").order_by("-pk")}
    stays = Stage.objects.running().filter(share__in=list(shares.values()))
    by_share = {stay.share_id: stay for stay in stays}
    for share in shares.values():
        share.case, share.stay = by_pk[share.case_id], by_share.get(share.pk)
    return shares


def shares_of(case: Case) -> Sequence[Assignment]:
    """Returns the shares of all units that assist or assisted in the case, oldest first; one statement."""
    return list(Assignment.objects.shares().filter(case=case).select_related("unit").order_by("pk"))
