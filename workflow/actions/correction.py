"""Returning a case to the reporter, resubmitting it, and withdrawing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from workflow import notices
from workflow.actions.evidence import attach_photos
from workflow.actions.grid import required_text
from workflow.actions.report import matter_in_force
from workflow.answers import checked_answers
from workflow.contacts import CONTACT_NAMES
from workflow.models import Attachment, Case, CaseContact
from workflow.recurrences import link_recurrence
from workflow.report_demands import require_demanded
from workflow.stages import begin, move_case

LEADER_STATUSES = ("awaiting_leader", "coordinating")


@dataclass(frozen=True)
class Correction:
    """What a reporter may correct in a returned case. None leaves a field unchanged."""

    matter_id: int | None = None
    description: str | None = None
    place: str | None = None
    answers: Mapping[str, str] | None = None
    photos: Sequence[UUID] = ()
    note: str = ""


@transaction.atomic(savepoint=False)
def return_for_correction(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Asks the reporter to correct or complete the report. The case's own clock stops meanwhile."""
    case = begin(case, "return_for_correction", by=by)
    reason = required_text(note, "请写明要补正什么。", field="note")
    move_case(case, "return_for_correction", by=by, at=at, note=reason)
    notices.tell_holder(case, "请补正", reason=reason, topic="correction", at=at)
    notices.tell_merged(case, "已退回补正", topic="correction", at=at)
    return case


@transaction.atomic(savepoint=False)
def resubmit_case(case: Case, *, correction: Correction, by: User, at: datetime) -> Case:
    """Sends the corrected report back to the person or desk that returned it."""
    case = begin(case, "resubmit", by=by)
    is_other = correction.matter_id not in (None, case.matter_id)
    if correction.matter_id is not None and is_other:
        matter = matter_in_force(correction.matter_id, case.reported_county, at=case.reported_at)
        case.matter, case.title = matter, matter.name
        case.urgency = matter.severity
        was_secret, case.confidential = case.confidential, case.confidential or matter.confidential
        if case.confidential and not was_secret:
            _keep_source_secret(case)
    if correction.description is not None:
        case.description = required_text(correction.description, "请写明情况。", field="description")
    place = case.place
    if correction.place is not None:
        case.place = correction.place.strip()
    if (is_other or case.place != place) and not case.events.filter(verb="unlink").exists():
        link_recurrence(case)
    attach_photos(case, correction.photos, kind=Attachment.Kind.REPORT, by=by)
    _check_against_list(case, correction, is_other=is_other)
    move_case(case, "resubmit", by=by, at=at, to=_returner_status(case), note=correction.note.strip())
    notices.tell_holder(case, "已补正重报", topic="resubmit", at=at)
    return case


def _check_against_list(case: Case, correction: Correction, *, is_other: bool) -> None:
    """Checks what the list demands of the report as it stands now: answers, place, photo (Art. 14)."""
    matter = case.matter
    if matter is None:
        return
    if correction.answers is not None or is_other:
        answers = correction.answers or {}
        case.answers = checked_answers(matter.questions, answers, may_be_missing=case.is_urgent)
    has_photo = case.attachments.filter(kind=Attachment.Kind.REPORT).exists()
    require_demanded(case, matter, has_photo=has_photo)


def _keep_source_secret(case: Case) -> None:
    """Seals the contact under the keys of secrets when a case becomes a clue: its source is secret (Art. 20)."""
    contact = CaseContact.objects.filter(case=case).first()
    if contact is not None:
        contact.case = case
        contact.seal(**{name: contact.unseal(name) for name in CONTACT_NAMES})
        contact.save()


def _returner_status(case: Case) -> str:
    """Returns the status to go back to: the leader's or the desk's, depending on which of them returned it last."""
    returned = case.events.filter(verb="return_for_correction").order_by("-seq").first()
    from_leader = returned is not None and returned.from_status in LEADER_STATUSES
    return "awaiting_leader" if from_leader and not case.confidential else "awaiting_acceptance"


@transaction.atomic(savepoint=False)
def withdraw_case(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Withdraws the report for the reporter, before it is accepted."""
    case = begin(case, "withdraw", by=by)
    reason = required_text(note, "请写明为什么撤回。", field="note")
    move_case(case, "withdraw", by=by, at=at, note=reason)
    notices.tell_merged(case, "上报人已撤回", topic="withdraw", at=at)
    return case
