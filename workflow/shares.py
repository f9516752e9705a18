"""Which units have a part in a case, and which part ends with which act: the only place with these rules (Art. 17).

The leading unit is also in ``Case.unit``, and the stays of the case are its stays. A unit that assists has stays of its
own (``Stage.share``). An act on the case does not change the parts of assisting units; only the end of the case ends
them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from personnel.models import Organization
from workflow.models import Assignment, Case, Stage
from workflow.standing import resume

INVITED = "会商"


def give_lead(case: Case, unit: Organization, *, reason: str, at: datetime) -> Assignment:
    """Ends the leading unit's part and gives the lead to ``unit``. A part in which ``unit`` assisted ends as well.

    The case is not saved here.
    """
    end_lead(case, at=at)
    end_parts(case, verb="assign", at=at, unit=unit)
    case.unit = unit
    return Assignment.objects.create(case=case, unit=unit, reason=reason.strip()[:300], assigned_at=at)


def invite(case: Case, units: Iterable[Organization], *, at: datetime) -> list[Organization]:
    """Gives each unit that has no part in the case yet a part in its conference. Returns those that it invited.

    A part lets the unit read the case; it lasts as long as the conference, whose clock it shares.
    """
    whole = Stage.objects.of_case().running().get(case=case)
    taking_part = set(Assignment.objects.current().filter(case=case).values_list("unit_id", flat=True))
    invited = [unit for unit in dict.fromkeys(units) if unit.pk not in taking_part]
    for unit in invited:
        share = Assignment.objects.create(case=case, unit=unit, is_lead=False, reason=INVITED, assigned_at=at)
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


def end_invitations(case: Case, *, verb: str, at: datetime) -> None:
    """Ends the parts of units that were invited to a conference, and their stays."""
    parts = Assignment.objects.current().filter(case=case, is_lead=False, reason=INVITED)
    stays = Stage.objects.running().filter(share__in=list(parts))
    stays.update(ended_at=at, ended_by=verb, next_action_at=None)
    parts.update(ended_at=at)


def sign_lead(case: Case, *, at: datetime) -> None:
    """Records that the leading unit has signed for the case."""
    Assignment.objects.current().filter(case=case, is_lead=True).update(signed_at=at)


def end_lead(case: Case, *, at: datetime) -> None:
    """Ends the part of the leading unit. Its stay is the case's and ends with the move."""
    Assignment.objects.current().filter(case=case, is_lead=True).update(ended_at=at)


def take_back_parts(case: Case, verb: str, *, since: datetime, at: datetime) -> None:
    """Takes back what ``verb`` at ``since`` did to the parts: the one that it began ends, those that it ended go on.

    A lead that a rating reopened for rework ends again where the check ended it.
    """
    parts = Assignment.objects.filter(case=case)
    interrupted = list(parts.filter(ended_at=since, assigned_at__lt=since).values_list("pk", flat=True))
    if verb == "assign":
        end_lead(case, at=at)
    if verb == "rate":
        checked = Stage.objects.of_case().filter(case=case, status="awaiting_rating").latest("pk")
        end_lead(case, at=checked.started_at)
    parts.filter(pk__in=interrupted).update(ended_at=None)
    for stay in Stage.objects.filter(share__in=interrupted, ended_at=since):
        resume(stay)


def reopen_lead(case: Case) -> None:
    """Gives the lead back to the unit that led the case last, for rework."""
    last = Assignment.objects.filter(case=case, unit_id=case.unit_id, is_lead=True).order_by("-pk").first()
    if last is not None:
        last.ended_at = None
        last.save(update_fields=["ended_at"])


def end_parts(case: Case, *, verb: str, at: datetime, unit: Organization | None = None) -> None:
    """Ends the parts of all units, or of ``unit``, and the stays in them. ``verb`` is what ended them."""
    parts = Assignment.objects.current().filter(case=case)
    stays = Stage.objects.running().filter(share__case=case)
    if unit is not None:
        parts, stays = parts.filter(unit=unit), stays.filter(share__unit=unit)
    stays.update(ended_at=at, ended_by=verb, next_action_at=None)
    parts.update(ended_at=at)


def pass_parts_on(body: Organization, into: Organization, *, at: datetime) -> None:
    """Moves the parts of ``body`` to ``into`` when they merge; where ``into`` already has a part, one of the two ends.

    The lead is kept: of two parts in one case the assisting one ends (Art. 5).
    """
    theirs = Assignment.objects.current().filter(unit=into)
    twice = Assignment.objects.current().filter(unit=body, case__in=theirs.values("case"))
    for part in twice.select_related("case"):
        dropped = into if part.is_lead else body
        end_parts(part.case, verb="hand_over", at=at, unit=dropped)
    Assignment.objects.current().filter(unit=body).update(unit=into)
    Stage.objects.running().filter(organization=body).update(organization=into)
