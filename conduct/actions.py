"""The actions on a complaint about grid staff: complain, examine, hear, decide (Art. 12, 26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from accounts.models import User
from audit.actions import hold
from audit.versions import append_link
from common.errors import KeyReused, RuleViolation
from common.phones import normal_phone, why_not_phone
from common.privacy.publishing import permitted_in, to_publish
from conduct import evidence, notices, policies, states
from conduct.models import Complaint, code_digest
from grids.models import Division, Grid
from personnel.life import Life
from personnel.models import GridPosting, OfficePosting
from worktime.calendars import current_calendar
from worktime.clocks import Clock, Limit, day_of, due

SHORTEST, LONGEST = 4, 2000
SENT_BEFORE = "这件投诉已经交过，编号 {}，后来改动的内容没有收下。要另交一件，请再按一次提交。"
LIFE = Life(
    lambda: Complaint.objects.select_related("division__parent", "person"),
    policies.WHO_MAY,
    states.COMPLAINT_MOVES,
)
begin, move = LIFE.begin, LIFE.move


@dataclass(frozen=True)
class ComplaintDraft:
    """What a complainant entered. A name is optional; without ``person`` only the grid is known.

    ``key`` is the form's own; however often a form is sent, it makes one complaint.
    """

    grid: Grid
    kind: str
    text: str
    person: User | None = None
    occurred_on: date | None = None
    concerns_township: bool = False
    contact_name: str = ""
    contact_phone: str = ""
    photos: Sequence[tuple[BinaryIO, int]] = field(default=())
    key: UUID = field(default_factory=uuid4)


@transaction.atomic
def complain(
    draft: ComplaintDraft, *, source: str, at: datetime, by: User | None = None
) -> tuple[Complaint, str]:
    """Store a complaint; returns it and the code for later questions, which only the complainant gets.

    The same form sent again returns the same two. Raises :class:`KeyReused` if it says something else by then.
    """
    code = code_of(draft.key)
    hold(f"complaint form {code_digest(code)}")
    if (earlier := complaint_by_code(code)) is not None:
        _require_same(earlier, draft)
        return earlier, spoken_code(code)
    text = _sound_text(draft.text)
    if draft.kind not in states.KINDS:
        raise RuleViolation("请选择是哪一类行为。", field="kind")
    today = day_of(at)
    if draft.occurred_on and not date(2025, 1, 1) <= draft.occurred_on <= today:
        raise RuleViolation("发生日期应在 2025 年 1 月 1 日以后、今天以前。", field="occurred_on")
    phone = normal_phone(draft.contact_phone)
    if phone and (fault := why_not_phone(phone)):
        raise RuleViolation(fault, field="contact_phone")
    if draft.person is not None and not _is_posted(draft.person, draft.grid, day=today):
        raise RuleViolation("这个人不在本网格，请重新选择。", field="person")
    place = _place_of(draft, day=today)
    deadline = due(at, Limit(Clock.WORKING_DAYS, states.ANSWER_DAYS), calendar=current_calendar())
    complaint = Complaint(
        code_hash=code_digest(code),
        kind=draft.kind,
        text=text,
        occurred_on=draft.occurred_on,
        grid=draft.grid,
        person=draft.person,
        division=place,
        source=source,
        complained_at=at,
        due_at=deadline.due_at,
        explanation=deadline.explain(),
    )
    complaint.seal(contact_name=draft.contact_name.strip(), contact_phone=phone)
    found = evidence.look_at_photos(draft.photos)
    complaint.save()
    evidence.keep_as_sent(complaint, found)
    append_link(complaint, "complain", by=by, at=at, first=True)
    notices.received(complaint, at=at)
    return complaint, spoken_code(code)


def code_of(key: UUID) -> str:
    """Return the complainant's code that belongs to a form: 64 bits that need the server's secret."""
    return salted_hmac("conduct.code", str(key), algorithm="sha256").hexdigest()[:16]


def spoken_code(code: str) -> str:
    """Return a code in four groups, as people read it out."""
    return "-".join(code[start : start + 4] for start in range(0, 16, 4))


def _require_same(earlier: Complaint, draft: ComplaintDraft) -> None:
    """Raise :class:`KeyReused` if the form has been changed since it was sent, so that no word is lost."""
    before = (
        earlier.grid_id, earlier.kind, earlier.text, earlier.occurred_on,
        earlier.unseal("contact_name"), earlier.unseal("contact_phone"), earlier.photos.count(),
    )  # fmt: skip
    now = (
        draft.grid.pk, draft.kind, draft.text.strip(), draft.occurred_on,
        draft.contact_name.strip(), normal_phone(draft.contact_phone), len(draft.photos),
    )  # fmt: skip
    is_as_sent = earlier.status == "received"  # later the office may have named the person or passed it up
    place = _place_of(draft, day=day_of(earlier.complained_at))
    if before != now or (is_as_sent and (earlier.person, earlier.division) != (draft.person, place)):
        raise KeyReused(sentence=SENT_BEFORE.format(earlier.number), number=earlier.number)


@transaction.atomic
def take_up(complaint: Complaint, *, by: User, at: datetime) -> Complaint:
    """Begin the examination."""
    return move(begin(complaint, "take_up", by=by), "take_up", by=by, at=at)


@transaction.atomic
def name_person(complaint: Complaint, *, person: User, by: User, at: datetime) -> Complaint:
    """Record whom the complaint is about, once known; nobody examines a complaint about themselves or their desk."""
    complaint = begin(complaint, "name_person", by=by)
    if not _is_posted(person, complaint.grid, day=day_in_question(complaint)):
        raise RuleViolation("这个人那天不在本网格，请重新选择。", field="person")
    if person == by:
        raise RuleViolation("被投诉人是您自己，不能由您办理，请交别人写明。", field="person")
    if complaint.division.level == "township" and _is_of_township(person, complaint.grid, day=day_of(at)):
        raise RuleViolation("这个人是乡镇街道自己的人员，请转县区，由县区写明。", field="person")
    complaint.person = person
    return move(complaint, "name_person", by=by, at=at)


def day_in_question(complaint: Complaint) -> date:
    """Return the day it happened or, if unknown, the day of the complaint."""
    return complaint.occurred_on or day_of(complaint.complained_at)


@transaction.atomic
def hear(complaint: Complaint, *, by: User, at: datetime) -> Complaint:
    """Ask the person concerned for a statement, before any finding."""
    complaint = begin(complaint, "hear", by=by)
    if complaint.person is None:
        raise RuleViolation("投诉没有写明是谁，不能请本人说明；请查清后先写明被投诉人。")
    limit = Limit(Clock.WORKING_DAYS, states.HEARING_DAYS)
    complaint.heard_by_at = due(at, limit, calendar=current_calendar()).due_at
    complaint = move(complaint, "hear", by=by, at=at)
    notices.asked(complaint, at=at)
    return complaint


@transaction.atomic
def answer(complaint: Complaint, *, statement: str, by: User, at: datetime) -> Complaint:
    """Store the statement of the person concerned."""
    complaint = begin(complaint, "answer", by=by)
    complaint.statement, complaint.stated_at = _sound_text(statement, field="statement"), at
    complaint = move(complaint, "answer", by=by, at=at)
    notices.answered(complaint, at=at)
    return complaint


@transaction.atomic
def decide(
    complaint: Complaint, *, finding: str, effect: str, answer: str, by: User, at: datetime
) -> Complaint:
    """Record the finding and the measure; nobody is found at fault without a chance to make a statement."""
    complaint = begin(complaint, "decide", by=by)
    if finding not in states.FINDINGS or effect not in states.EFFECTS:
        raise RuleViolation("请选择结论和处理。", field="finding")
    if finding == "unfounded" and effect != "none":
        raise RuleViolation("不属实的投诉不能有处理。", field="effect")
    was_heard = complaint.stated_at is not None or (
        complaint.heard_by_at is not None and complaint.heard_by_at < at
    )
    if finding in states.ON_RECORD and not was_heard:
        raise RuleViolation("作出属实的结论以前，应先请本人说明，或说明期限已过。", field="finding")
    complaint.finding, complaint.effect = finding, effect
    complaint.answer = _sound_text(to_publish(answer), field="answer")[:1000]
    complaint.decided_by, complaint.decided_at = by, at
    complaint = move(complaint, "decide", by=by, at=at, record=permitted_in(answer=answer))
    notices.decided(complaint, at=at)
    return complaint


@transaction.atomic
def dismiss(complaint: Complaint, *, answer: str, by: User, at: datetime) -> Complaint:
    """Refuse to examine, with a reason that the complainant can read."""
    complaint = begin(complaint, "dismiss", by=by)
    complaint.answer = _sound_text(to_publish(answer), field="answer")[:1000]
    return move(complaint, "dismiss", by=by, at=at, record=permitted_in(answer=answer))


@transaction.atomic
def pass_up(complaint: Complaint, *, by: User, at: datetime) -> Complaint:
    """Pass the complaint to the county, which decides what concerns the township itself."""
    complaint = begin(complaint, "pass_up", by=by)
    county = complaint.division.parent
    assert county is not None  # only a township can pass a complaint up
    complaint.division = county
    complaint = move(complaint, "pass_up", by=by, at=at)
    notices.received(complaint, at=at)
    return complaint


def complaint_by_code(code: str) -> Complaint | None:
    """Return the complaint with this code, or None."""
    return Complaint.objects.with_names().filter(code_hash=code_digest(code)).first()


def _place_of(draft: ComplaintDraft, *, day: date) -> Division:
    """Return the township, or the county if the complaint is about the township, its desk or its instructor."""
    township = draft.grid.village.parent
    county = township.parent if township else None
    if township is None or county is None:
        raise RuleViolation("这个网格的区划不完整，请拨打监督电话。")
    is_theirs = draft.person is not None and _is_of_township(draft.person, draft.grid, day=day)
    return county if draft.concerns_township or is_theirs else township


def _is_of_township(person: User, grid: Grid, *, day: date) -> bool:
    """Whether the township would examine its own staff: somebody of its desk, or the village's instructor."""
    offices = OfficePosting.objects.current(day).filter(user=person)
    guides = GridPosting.objects.current(day).filter(user=person, role="instructor")
    return (
        offices.filter(organization__division=grid.village.parent_id).exists()
        or guides.filter(village=grid.village_id).exists()
    )


def _is_posted(person: User, grid: Grid, *, day: date) -> bool:
    return bool(people_of(grid, day=day).filter(user=person).exists())


def people_of(grid: Grid, *, day: date):  # type: ignore[no-untyped-def]
    """Return the postings of the people whom a complaint about the grid may name."""
    held = GridPosting.objects.current(day).filter(village=grid.village_id)
    return (held.filter(grid=grid.pk) | held.filter(grid=None)).select_related("user")


def accounts_of(grid: Grid, *, day: date) -> QuerySet[User]:
    """Return these people, sorted by name."""
    return User.objects.filter(pk__in=people_of(grid, day=day).values("user")).order_by("name")


def _sound_text(text: str, *, field: str = "text") -> str:
    stripped = text.strip()
    if not SHORTEST <= len(stripped) <= LONGEST:
        raise RuleViolation(f"请写 {SHORTEST}–{LONGEST} 个字。", field=field)
    return stripped
