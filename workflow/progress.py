"""What a resident reads of a case by its code: what it is about, who has it, since when, until when, whom to call.

No person is named, nothing that anybody wrote is shown, and of a confidential case neither its matter nor its unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from common.shapes import Shown
from personnel.models import Organization
from workflow import states
from workflow.models import Case

HOTLINE = "12345"
HOTLINE_NAME = "政务服务便民热线"
SECRET_MATTER = "按规定保密，网页上不显示内容"
HOLDERS = {
    "worker": "网格员",
    "leader": "网格长",
    "reporter": "网格员",
    "resident": "您（请在下面评价）",
}


@dataclass(frozen=True, slots=True)
class Progress(Shown):
    """The present step of a case in words. Without ``holder`` the case has ended."""

    about: str
    holder: str
    since: datetime | None
    until: datetime | None
    is_late: bool
    phone: str
    answers: str


def progress_of(case: Case, *, at: datetime) -> Progress:
    """Returns the resident's view of the case at ``at``; two statements, one if the case has ended."""
    stay = case.stages.of_case().running().first() if case.is_open else None
    until = _promised(case)
    phone, answers = _telephone(case)
    return Progress(
        about=SECRET_MATTER if case.confidential else _about(case),
        holder=_holder(case) if case.is_open else "",
        since=stay.started_at if stay else case.ended_at,
        until=until,
        is_late=until is not None and until < at,
        phone=phone,
        answers=answers,
    )


def _about(case: Case) -> str:
    """Returns the matter's name in the public list; the title of a case beyond the list may say anything."""
    return case.matter.name if case.matter else "清单以外的事项"


def _promised(case: Case) -> datetime | None:
    """Returns until when the work is promised, or in any other step when that step must be over."""
    return case.finish_due_at if case.status in states.WORKING and case.finish_due_at else case.due_at


def _holder(case: Case) -> str:
    """Returns who has the case: a unit or an office by its name, a person only by the post."""
    holder = states.HOLDERS[case.status]
    if holder == "unit" and case.unit:
        return "责任单位" if case.confidential else case.unit.name
    if holder == "desk":
        return f"{getattr(case, case.level).name}调度台"
    if holder == "verifier":
        return "网格指导员" if case.handled_by == Case.HandledBy.WORKER else "网格员"
    return HOLDERS[holder]


def _telephone(case: Case) -> tuple[str, str]:
    """Returns a number and who answers it: the unit that has the case, the office of its level, or the hotline."""
    unit = case.unit
    is_theirs = unit is not None and case.is_open and states.HOLDERS[case.status] == "unit"
    if unit is not None and is_theirs and unit.is_active and unit.duty_phone and not case.confidential:
        return unit.duty_phone, unit.name
    offices = Organization.objects.filter(
        Q(division=case.stage_division_id) | Q(division=case.township_id),
        kind=Organization.Kind.INSTITUTION,
        is_active=True,
    ).exclude(duty_phone="")
    near = sorted(offices, key=lambda office: office.division_id != case.stage_division_id)
    return (near[0].duty_phone, near[0].name) if near else (HOTLINE, HOTLINE_NAME)
