"""The county's list: draft an edition, bring in the adopted proposals, publish it (Art. 14, 16)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit.versions import append_link, lock
from common.errors import IllegalMove, RuleViolation
from common.initials import full_reading, initials
from common.privacy.publishing import permitted_in, to_publish
from grids.models import Division
from matters import notices
from matters.actions.filing import owe_filing
from matters.actions.soundness import faults_in, why_not_day
from matters.content import MatterContent, content_of, read
from matters.models import Matter, MatterList, Proposal
from matters.policies import require_publisher
from matters.seed_rows import SeedMatter
from matters.states import PROPOSAL_MOVES
from personnel.life import write_step
from worktime.clocks import day_of

DOCUMENT_LIMIT, NOTE_LIMIT = 120, 500
CLOSED = "这一版已经公布，不能再改；请编制下一版。"


def row_of(edition: MatterList, code: str, content: MatterContent, *, revision: int = 1) -> Matter:
    """Returns a matter of an edition with its search words; not saved."""
    fields = {name: getattr(content, name) for name in content.__dataclass_fields__}
    words = [content.name, *content.synonyms, *content.examples]
    find = "|".join(
        [*words, *(full_reading(word) for word in words[:1]), *(initials(word) for word in words)]
    )
    return Matter(
        edition=edition, code=code, revision=revision, initials=initials(content.name), find=find, **fields
    )


@transaction.atomic
def publish_first_edition(
    county: Division, seeds: Iterable[SeedMatter], *, on: date, at: datetime, demonstration: bool
) -> MatterList:
    """Publishes edition 1 of a county's list. Refuses if the county already has a list (Art. 14)."""
    if MatterList.objects.filter(county=county).exists():
        raise RuleViolation(f"{county}已有事项清单。", field="county")
    edition = MatterList.objects.create(
        county=county, edition=1, in_force_on=on, is_demonstration=demonstration
    )
    rows = Matter.objects.bulk_create(row_of(edition, seed.code, seed.content) for seed in seeds)
    edition.published_at = at
    edition.save(update_fields=["published_at"])
    append_link(edition, "publish", at=at, by=None, record={"edition": 1, "matters": len(rows)})
    return edition


@transaction.atomic
def draft_edition(
    county: Division, *, in_force_on: date, document: str = "", note: str = "", by: User, at: datetime
) -> MatterList:
    """Opens the next edition: the content of the last one, with everything that was adopted since.

    Raises :class:`IllegalMove` if a draft is already open and :class:`RuleViolation` for a day that is taken.
    """
    county = Division.objects.select_for_update().get(pk=county.pk, level=Division.Level.COUNTY)
    require_publisher(by, county, verb="draft_edition")
    if MatterList.objects.drafts().filter(county=county).exists():
        raise IllegalMove(f"{county.name}已有一版在编，请先公布或放弃那一版。")
    last = MatterList.objects.published().filter(county=county).order_by("-edition").first()
    _require_day(county, in_force_on, today=day_of(at))
    edition = MatterList.objects.create(
        county=county,
        edition=(last.edition if last else 0) + 1,
        in_force_on=in_force_on,
        document=_text(document, "文号", DOCUMENT_LIMIT, field="document"),
        note=_text(note, "说明", NOTE_LIMIT, field="note"),
        drafted_by=by,
        is_demonstration=bool(last and last.is_demonstration),
    )
    standing = last.matters.standing(in_force_on).order_by("code") if last else []
    Matter.objects.bulk_create(
        row_of(edition, row.code, content_of(row), revision=row.revision) for row in standing
    )
    _bring_in(edition)
    _permit(edition, document=document, note=note, at=at, by=by)
    return edition


@transaction.atomic
def revise_edition(
    edition: MatterList, *, in_force_on: date, document: str = "", note: str = "", by: User, at: datetime
) -> MatterList:
    """Changes the day, the document and the note of a draft, and brings in what was adopted meanwhile."""
    edition = open_draft(edition, by=by, verb="revise_edition")
    _require_day(edition.county, in_force_on, today=day_of(at))
    before, edition.in_force_on = edition.in_force_on, in_force_on
    edition.document = _text(document, "文号", DOCUMENT_LIMIT, field="document")
    edition.note = _text(note, "说明", NOTE_LIMIT, field="note")
    _fit_temporary(edition, before=before)
    _bring_in(edition)
    write_step(edition, "revise", by=by, at=at)
    _permit(edition, document=document, note=note, at=at, by=by)
    return edition


@transaction.atomic
def discard_edition(edition: MatterList, *, by: User, at: datetime) -> None:
    """Discards a draft. The proposals in it wait for the next one."""
    edition = open_draft(edition, by=by, verb="discard_edition")
    number = edition.pk
    edition.proposals.update(edition=None)
    edition.imports.all().delete()
    edition.matters.all().delete()
    edition.delete()
    edition.pk = number
    append_link(edition, "discard", at=at, by=by, record={"edition": edition.edition})


@transaction.atomic
def publish_edition(edition: MatterList, *, by: User, at: datetime) -> MatterList:
    """Publishes a draft. It never changes again; from its day on, it is what grids may be asked for (Art. 14)."""
    edition = open_draft(edition, by=by, verb="publish_edition")
    _require_sound(edition, at=at)
    _enlist(edition, by=by, at=at)
    edition.published_at = at
    edition.version += 1
    edition.save()
    owe_filing(edition, at=at)
    count = edition.matters.count()
    append_link(edition, "publish", at=at, by=by, record={"edition": edition.edition, "matters": count})
    notices.published(edition, at=at)
    return edition


def open_draft(edition: MatterList, *, by: User, verb: str) -> MatterList:
    """Locks a draft as it was read, for its county's authority. A published edition is refused."""
    locked = lock(MatterList.objects.select_related("county"), edition)
    require_publisher(by, locked.county, verb=verb)
    if locked.published_at is not None:
        raise IllegalMove(CLOSED)
    return locked


def _require_day(county: Division, day: date, *, today: date) -> None:
    if why := why_not_day(county, day, today=today):
        raise RuleViolation(why, field="in_force_on")


def _require_sound(edition: MatterList, *, at: datetime) -> None:
    found = list(faults_in(edition, today=day_of(at)))
    if found:
        more = f"还有 {len(found) - 1} 处要改。" if len(found) > 1 else ""
        raise RuleViolation(f"{found[0].line()}{more}", field=found[0].field)


def _fit_temporary(edition: MatterList, *, before: date) -> None:
    """Keeps in the draft exactly those temporary matters of the last edition that its new first day allows."""
    last = MatterList.objects.published().filter(county=edition.county).order_by("-edition").first()
    ended = edition.proposals.filter(kind="exit").values_list("code", flat=True)
    for row in last.matters.filter(ends_on__isnull=False) if last else ():
        assert row.ends_on is not None
        if before <= row.ends_on < edition.in_force_on:
            edition.matters.filter(code=row.code, ends_on=row.ends_on).delete()
        taken = edition.matters.filter(Q(code=row.code) | Q(name=row.name))
        is_back = edition.in_force_on <= row.ends_on < before
        if is_back and row.code not in ended and not taken.exists():
            row_of(edition, row.code, content_of(row), revision=row.revision).save()


# --- Adopted proposals ------------------------------------------------------------------------------------------


def _bring_in(edition: MatterList) -> None:
    """Applies every adopted proposal that is in no edition yet. Each then refers to this edition."""
    adopted = Proposal.objects.select_for_update(of=("self",)).filter(
        county=edition.county, status="adopted", edition=None
    )
    for proposal in adopted.order_by("pk"):
        apply_proposal(edition, proposal)
        proposal.edition = edition
        proposal.save(update_fields=["edition", "code"])


def apply_proposal(edition: MatterList, proposal: Proposal) -> None:
    """Writes a proposal into a draft: adds a new matter, changes its wording, or removes it."""
    if proposal.kind == "exit":
        edition.matters.filter(code=proposal.code).delete()
        return
    content = read({**proposal.content, "exception_law": proposal.exception_law})
    if proposal.kind == "adjust":
        before = edition.matters.filter(code=proposal.code).first() or proposal.base
        edition.matters.filter(code=proposal.code).delete()
        revision = before.revision + 1 if before else 1
    else:
        proposal.code = _kept_code(proposal, content) or next_code(edition.county, content.category)
        revision = 1
    if twin := edition.matters.filter(name=content.name).first():
        raise RuleViolation(
            f"申请 {proposal.number}“{content.name}”与这一版的 {twin.code} 同名，编不进来。"
            "请先重新决定这件申请，要求改名。"
        )
    row_of(edition, proposal.code, content, revision=revision).save()


def _kept_code(proposal: Proposal, content: MatterContent) -> str:
    """Returns the code that a discarded draft already gave the matter, if its category is still the same."""
    return proposal.code if proposal.code.startswith(f"{content.category}-") else ""


def next_code(county: Division, category: int) -> str:
    """Returns the next code of a category that no matter of the county has ever had."""
    codes = Matter.objects.filter(edition__county=county, code__startswith=f"{category}-")
    numbers = [int(code.split("-")[1]) for code in codes.values_list("code", flat=True).distinct()]
    taken = Proposal.objects.filter(county=county, code__startswith=f"{category}-")
    numbers += [int(code.split("-")[1]) for code in taken.values_list("code", flat=True)]
    return f"{category}-{max(numbers, default=0) + 1:02d}"


def _enlist(edition: MatterList, *, by: User, at: datetime) -> None:
    waiting = Proposal.objects.select_for_update(of=("self",)).select_related("county", "applicant")
    for proposal in waiting.filter(edition=edition, status="adopted").order_by("pk"):
        proposal.status = PROPOSAL_MOVES.target_of("enlist", status=proposal.status)
        proposal.due_at, proposal.explanation = None, ""
        write_step(proposal, "enlist", by=by, at=at, note=str(edition), record={"edition": edition.pk})
        notices.tell_applicant(proposal, f"已列入{edition}", at=at)


def _text(text: str, word: str, longest: int, *, field: str) -> str:
    plain = to_publish(text).strip()
    if len(plain) > longest:
        raise RuleViolation(f"{word}最多 {longest} 字，您写了 {len(plain)} 字。", field=field)
    return plain


def _permit(edition: MatterList, *, at: datetime, by: User, **texts: str) -> None:
    """Records that the author of a draft permits the personal numbers in its texts to be published."""
    if record := permitted_in(**texts):
        append_link(edition, "permit", at=at, by=by, record=record)
