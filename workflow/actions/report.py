"""Reporting a matter: found by a worker, or registered at a desk (Art. 18, 19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from common.phones import why_not_phone
from common.privacy.redaction import without
from grids.locate import locate
from grids.models import Division, Grid
from grids.succession import continued_by
from matters.models import Matter
from personnel.scopes import authority_of
from workflow import notices, policies
from workflow.actions.evidence import attach_photos
from workflow.actions.grid import settle_case
from workflow.actions.late import successor_of, tell_of_ended_grid, tell_of_late_report
from workflow.actions.routing import same_matter, tell_of_routed_report
from workflow.answers import checked_answers
from workflow.called import sound_called
from workflow.contacts import CONTACT_NAMES
from workflow.history import write_event
from workflow.models import Attachment, Case, CaseContact
from workflow.positions import grid_at_position, settle_position
from workflow.recurrences import link_recurrence
from workflow.report_demands import not_on_the_spot, require_demanded
from workflow.stages import open_stage, start_stay
from workflow.states import CASE_MOVES
from workflow.writing import moment_of_writing
from worktime.clocks import day_of

Outcome = Literal["send", "handling", "solved"]
OLDEST_REPORT = timedelta(days=366)


@dataclass(frozen=True)
class ReportDraft:
    """What the reporter fills in. Lon/lat are CGCS2000 degrees, accuracy in metres. No matter means 不在清单."""

    grid_id: int | None = None
    matter_id: int | None = None
    title: str = ""
    description: str = ""
    place: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    lon: float | None = None
    lat: float | None = None
    accuracy_m: int | None = None
    elsewhere: bool = False  # the position is where the reporter stands, and the matter is in another place
    by_position: bool = False  # the matter is at the position: it goes to the grid there, whoever works in it
    occurred_at: datetime | None = None
    for_resident: bool = False
    contact: Mapping[str, str] = field(default_factory=dict)  # by the names of ``CONTACT_FIELDS``
    outcome: Outcome = "send"
    result: str = ""
    called: Sequence[str] = field(default=())  # keys of ``CALLED``; kept of an urgent matter
    photos: Sequence[UUID] = field(default=())
    result_photos: Sequence[UUID] = field(default=())
    written_at: datetime | None = None  # by the clock of the phone, if it was written before it was sent


@transaction.atomic(savepoint=False)
def report_case(draft: ReportDraft, *, by: User, at: datetime) -> Case:
    """Registers a report and starts its first clock.

    It goes to the village leader. Urgent and confidential matters go straight to the township: an emergency may skip a
    level, and a clue is kept from the neighbours. A solved case goes to verification. What was written in a post that
    has ended since goes to the grid's present worker, what was written in a grid that has ended since to the grid that
    continues it, and what its writer gives to another grid by its position to the worker there. Raises
    :class:`RuleViolation` for content and :class:`NotPermitted` for the wrong person.
    """
    _check_content(draft, at=at)
    case = _case_from(draft, _grid_of(draft, at=at), by=by, at=at)
    ended = Grid.objects.get(pk=draft.grid_id) if draft.grid_id not in (None, case.grid_id) else None
    is_late = policies.needs_earlier_post(by, case, ended=ended, written_at=draft.written_at, at=at)
    if not is_late:
        case.source = _source_of(case, by=by)
    if case.source == Case.Source.VILLAGE:
        draft = replace(draft, outcome="send")  # only a worker of the grid handles by himself
    chosen = case.grid
    case, draft = _by_position(case, draft, by=by, at=at)
    is_routed = case.grid != chosen and not policies.WHO_MAY.may("report", by, case)
    is_late &= case.grid == chosen
    settle_position(case, is_elsewhere=draft.elsewhere)
    _check_against_list(case, draft)
    if is_routed:
        case.caretaker, _ = successor_of(case, by=by, at=at)
        draft = replace(draft, outcome="send")
    elif is_late:
        case.caretaker, is_worker = successor_of(case, by=by, at=at)
        draft = replace(draft, outcome="handling" if draft.outcome != "send" and is_worker else "send")
    draft = _keep_result(case, draft)
    link_recurrence(case)
    case.status = CASE_MOVES.target_of("report", status="", to=_first_status(case, draft))
    case.event_count = 1
    plan = start_stay(case, at=at)
    case.save(force_insert=True)
    open_stage(case, plan, at=at)
    known = _keep_contact(case, draft)
    attach_photos(case, draft.photos, kind=Attachment.Kind.REPORT, by=by)
    write_event(case, "report", by=by, at=at, note=without(case.description, known.values()))
    if is_routed:
        tell_of_routed_report(case, chosen=chosen, by=by, at=at)
    elif is_late and draft.written_at is not None:
        tell_of_late_report(case, ended=ended, written_at=draft.written_at, by=by, at=at)
    elif ended is not None:
        tell_of_ended_grid(case, ended, by=by, at=at)
    if draft.outcome == "solved" and case.status == "self_handling":
        return settle_case(case, result=draft.result, photos=draft.result_photos, by=by, at=at)
    notices.tell_holder(case, "新上报", topic="report", at=at)
    return case


def _source_of(case: Case, *, by: User) -> Case.Source:
    """Returns in which capacity the writer reports: as a worker of the grid first."""
    authority = authority_of(by)
    if policies.works_in_grid(authority, case):
        return Case.Source.WORKER
    return Case.Source.VILLAGE if policies.leads_or_guides(authority, case) else Case.Source.DESK


def _by_position(case: Case, draft: ReportDraft, *, by: User, at: datetime) -> tuple[Case, ReportDraft]:
    """Returns the report for the grid at its position if its writer says that the matter is there."""
    there = grid_at_position(case) if draft.by_position and not draft.elsewhere else None
    if there is None:
        return case, draft
    source = case.source
    draft = replace(draft, grid_id=there.pk, matter_id=same_matter(case.matter, there, at=at))
    case = _case_from(draft, there, by=by, at=at)
    case.source = source
    return case, draft


def _keep_result(case: Case, draft: ReportDraft) -> ReportDraft:
    """Moves what was written about the handling of a case that is not settled now into its description."""
    if draft.outcome == "solved":
        return draft
    if result := draft.result.strip():
        case.description = f"{case.description}\n已做的处理：{result}".strip()
    return replace(draft, result="", photos=[*draft.photos, *draft.result_photos], result_photos=())


def _check_against_list(case: Case, draft: ReportDraft) -> None:
    """Checks what the matter demands of a report: the place, a photo. An emergency is never held up (Art. 14, 18)."""
    matter = case.matter
    if matter is None:
        return
    if draft.outcome != "send" and (sentence := not_on_the_spot(matter)):
        raise RuleViolation(f"“{matter.name}”{sentence}", field="outcome")
    case.answers = checked_answers(matter.questions, draft.answers, may_be_missing=case.is_urgent)
    require_demanded(case, matter, has_photo=bool(draft.photos))


def _keep_contact(case: Case, draft: ReportDraft) -> dict[str, str]:
    """Seals how the resident can be reached, if anything was given. Returns what was given.

    Events can never be changed, so nothing that is known of the resident is written there.
    """
    given = {name: draft.contact.get(name, "") for name in CONTACT_NAMES}
    if any(given.values()):
        contact = CaseContact(case=case)
        contact.seal(**given)
        contact.save()
    return given


def _grid_of(draft: ReportDraft, *, at: datetime) -> Grid:
    """Returns the chosen grid, or else the grid at the point. It never guesses.

    What was written on a phone for a grid that has been retired is for the grid that continues it (Art. 7, 18).
    """
    if draft.grid_id is not None:
        chosen = Grid.objects.with_place().filter(pk=draft.grid_id).first()
        if chosen is not None and draft.written_at is not None:
            chosen = continued_by(chosen)
        if chosen is None or chosen.status != "in_force":
            raise RuleViolation("没有这个网格，或它已停用。请重新选择网格。", field="grid")
        return chosen
    if draft.lon is None or draft.lat is None:
        raise RuleViolation("请选择网格，或允许读取一次位置。", field="grid")
    grid = locate(draft.lon, draft.lat)
    if grid is None:
        raise RuleViolation("这个位置不在任何网格内。请在下面选择网格，已填内容都还在。", field="grid")
    return grid


def _check_content(draft: ReportDraft, *, at: datetime) -> None:
    if draft.matter_id is None and not draft.title.strip():
        raise RuleViolation("请选择事项；清单里没有的，用一句话写明是什么事。", field="matter")
    if draft.occurred_at and draft.occurred_at > at:
        raise RuleViolation("发生时间不能晚于现在。", field="occurred_at")
    if draft.occurred_at and draft.occurred_at < at - OLDEST_REPORT:
        raise RuleViolation("发生时间在一年以前，请核对年份。", field="occurred_at")
    if (phone := draft.contact.get("phone", "")) and (fault := why_not_phone(phone)):
        raise RuleViolation(fault, field="contact_phone")
    if draft.outcome == "solved" and not draft.result.strip():
        raise RuleViolation("已当场解决的，请写一句怎么解决的。", field="result")


def matter_in_force(matter_id: int, county: Division, *, at: datetime) -> Matter:
    """Returns the matter if the county's list in force lets people report it (Art. 14)."""
    day = day_of(at)
    matter = Matter.objects.in_force(county.pk, day).reportable().filter(pk=matter_id).first()
    if matter is None:
        raise RuleViolation(f"这个事项不在{county}现行清单，请重新选择。", field="matter")
    return matter


def _matter_of(draft: ReportDraft, county: Division, *, at: datetime) -> Matter | None:
    """Returns the matter by the list in force now, or else by that of the moment of writing (Art. 14, 16)."""
    if draft.matter_id is None:
        return None
    try:
        return matter_in_force(draft.matter_id, county, at=at)
    except RuleViolation:
        if draft.written_at is None:
            raise
    return matter_in_force(draft.matter_id, county, at=moment_of_writing(draft.written_at, at=at))


def _case_from(draft: ReportDraft, grid: Grid, *, by: User, at: datetime) -> Case:
    village = grid.village
    township = village.parent
    county = township.parent if township else None
    if township is None or county is None:
        raise RuleViolation("这个网格的区划不完整，请联系县区管理员。", field="grid")
    matter = _matter_of(draft, county, at=at)
    urgency = matter.severity if matter else Matter.Severity.GENERAL
    title, description = draft.title.strip(), draft.description.strip()
    if (
        matter is not None and matter.confidential and title
    ):  # a title is not sealed, so it must hold nothing of a clue
        title, description = "", f"{title}\n{description}".strip()
    return Case(
        matter=matter,
        title=(title or (matter.name if matter else ""))[:80],
        description=description,
        place=draft.place.strip(),
        lon=draft.lon,
        lat=draft.lat,
        accuracy_m=draft.accuracy_m,
        urgency=urgency,
        called=sound_called(draft.called) if urgency == Matter.Severity.URGENT else [],
        confidential=bool(matter and matter.confidential),
        grid=grid,
        village=village,
        township=township,
        county=county,
        city_id=county.parent_id or 0,
        reported_township=township,
        reported_county=county,
        reporter=by,
        caretaker=by,
        for_resident=draft.for_resident or any(draft.contact.get(name) for name in ("name", "phone")),
        occurred_at=draft.occurred_at,
        reported_at=at,
    )


def _first_status(case: Case, draft: ReportDraft) -> str:
    if case.source == Case.Source.DESK or case.confidential:
        return "awaiting_acceptance"
    if draft.outcome in ("handling", "solved"):
        return "self_handling"
    return "awaiting_acceptance" if case.is_urgent else "awaiting_leader"
