"""What the list demands of a report, told before it is sent and checked when it arrives (Art. 14). Pure."""

from __future__ import annotations

from common.errors import RuleViolation
from matters.models import Matter
from workflow.models import Case

SELF_SETTLING = {
    "leader": "按清单由网格长办结，网格员请点“上报”。",
    "nobody": "按清单不得当场办结，请点“上报”。",
}
CLUE = "是保密线索，直接报乡镇街道，不在网格内处理，请点“上报”。"


def require_demanded(case: Case, matter: Matter, *, has_photo: bool) -> None:
    """Raises :class:`RuleViolation` if the place or the photo is missing that the list demands.

    An emergency is never held up. A desk that takes in a call has no photo.
    """
    if case.is_urgent:
        return
    if matter.place_required and not case.place and case.lon is None:
        raise RuleViolation(f"“{matter.name}”须写明地点：请写在哪里，或允许读取一次位置。", field="place")
    if matter.photo_before and case.source == Case.Source.WORKER and not has_photo:
        raise RuleViolation(f"“{matter.name}”上报须附现场照片。", field="photos")


def not_on_the_spot(matter: Matter) -> str:
    """Returns why a worker may not handle the matter by himself; empty if that is allowed (Art. 14, 20)."""
    if matter.confidential:
        return CLUE
    return SELF_SETTLING.get(matter.closes_on_spot, "")
