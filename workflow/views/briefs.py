"""What is shown of a case beside forms and lists: facts, photos, the brief."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from common.privacy.masking import mask
from common.shapes import Shown
from common.web.shapes import MaskedPiece
from personnel.models import GridPosting
from workflow.called import called_words
from workflow.contacts import CONTACT_FIELDS
from workflow.limit_words import legal_basis, matter_limits
from workflow.models import Attachment, Case, CaseContact, Stage
from workflow.presentation import row_of
from workflow.views.fetching import timing_now

BRIEF_FACTS = ("网格", "地点", "等级", "已拨打", "来源", "事项", "时限", "责任单位")


def facts_of(case: Case) -> list[tuple[str, str]]:
    """Returns the known facts, in the order in which people ask for them."""
    matter = case.matter
    facts = [
        ("网格", f"{case.county.name} {case.township.name} {case.grid.name}"),
        ("辖区", moved_words(case)),
        ("地点", case.place),
        ("等级", "紧急（时限昼夜连续计算）" if case.is_urgent else ""),
        ("已拨打", called_words(case.called)),
        ("来源", f"{case.get_source_display()} · {case.reporter.name}"),
        ("事项", matter.name if matter else "不在清单"),
        ("时限", matter_limits(matter) if matter else "按一般事项默认时限"),
        ("依据", legal_basis(matter) if matter else ""),
        ("责任单位", f"{case.unit.name} {case.unit.duty_phone}".strip() if case.unit else ""),
        ("办理人", case.handler.name if case.handler else ""),
        ("评价", case.get_rating_display() if case.rating else ""),
        ("退单", f"{case.return_count} 次" if case.return_count else ""),
        ("核查未通过", f"{case.failed_checks} 次" if case.failed_checks else ""),
    ]
    return [(name, words) for name, words in facts if words]


def moved_words(case: Case) -> str:
    """Returns under whom a case was reported and who answers for it now; empty if that is the same."""
    before, after = case.reported_township, case.township
    if before == after:
        before, after = case.reported_county, case.county
    if before == after:
        return ""
    return f"上报时属{before.name}，村（社区）划归后由{after.name}负责；原辖区可以查看，不再办理"


def grid_people_of(case: Case, day: date) -> dict[str, str]:
    """Returns the village's leader and instructor with their work telephones, in one statement."""
    postings = GridPosting.objects.current(day).filter(village_id=case.village_id, grid__isnull=True)
    people: dict[str, str] = {}
    for posting in postings.select_related("user").order_by("role", "pk"):
        words = f"{posting.user.name} {posting.user.phone}".strip()
        role = posting.get_role_display()
        people[role] = f"{people[role]}、{words}" if role in people else words
    return people


@dataclass(frozen=True, slots=True)
class StageLine(Shown):
    """A stay with its limit, and whether it was in time."""

    name: str
    holder: str
    started_at: datetime
    ended_at: datetime | None
    due_at: datetime
    light: str
    words: str


def stage_line(stage: Stage) -> StageLine:
    """Returns one stay with its limit, and whether it was in time."""
    end = stage.ended_at
    is_late = stage.overdue_at is not None or (end is not None and end > stage.due_at)
    return StageLine(
        name=stage.get_status_display(),
        holder=stage.organization.name if stage.organization else stage.get_level_display(),
        started_at=stage.started_at,
        ended_at=end,
        due_at=stage.due_at,
        light="late" if is_late else "normal",
        words="超期" if is_late else "进行中" if end is None else "按时",
    )


@dataclass(frozen=True, slots=True)
class PhotoLink(Shown):
    """A photo with its small picture."""

    url: str
    thumb_url: str
    caption: str
    alt: str
    is_result: bool


def photos_of(case: Case) -> list[PhotoLink]:
    """Returns the photos in one statement, those of the place first."""
    return [
        PhotoLink(
            url=reverse("workflow:photo", args=[photo.uid]),
            thumb_url=reverse("workflow:small_photo", args=[photo.uid]),
            caption=photo.get_kind_display(),
            alt=f"{photo.get_kind_display()}照片",
            is_result=photo.kind == Attachment.Kind.RESULT,
        )
        for photo in case.attachments.order_by("kind", "pk")
    ]


@dataclass(frozen=True, slots=True)
class BeforeAndAfter(Shown):
    """The photos of the report beside the photos of the result (workflow/before_after.html)."""

    before: list[PhotoLink]
    after: list[PhotoLink]


def before_and_after(case: Case) -> BeforeAndAfter:
    """Returns what somebody sees first who verifies or closes a case, in one statement."""
    photos = photos_of(case)
    return BeforeAndAfter(
        before=[photo for photo in photos if not photo.is_result],
        after=[photo for photo in photos if photo.is_result],
    )


@dataclass(frozen=True, slots=True)
class Brief(Shown):
    """A case beside the form of a verb."""

    light: str
    words: str
    holder: str
    facts: list[tuple[str, str]]
    photos: list[PhotoLink]


def brief_of(case: Case, *, with_photos: bool = True) -> Brief:
    """Returns the case as shown beside a verb's form: enough to decide."""
    row = row_of(case, timing_now())
    return Brief(
        light=row.light,
        words=row.words,
        holder=row.holder,
        facts=[(name, words) for name, words in facts_of(case) if name in BRIEF_FACTS],
        photos=photos_of(case) if with_photos else [],
    )


def contact_of(case: Case) -> list[MaskedPiece]:
    """Returns how the resident can be reached, masked; empty if no contact was given (parts/masked.html)."""
    contact = CaseContact.objects.filter(case=case).first() if case.for_resident else None
    if contact is None:
        return []
    return [
        MaskedPiece(
            label=field.label,
            masked=mask(contact.unseal(field.name), kind=field.name),
            key=f"case_contact:{contact.pk}",
            name=field.name,
        )
        for field in CONTACT_FIELDS
    ]
