"""The county's list: draft an edition, bring into it what has been adopted, publish it (Art. 14, 16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from audit.actions import append_entry
from common.errors import IllegalMove, RuleViolation
from common.readings import full_reading, initials
from grids.models import Division
from matters import notices
from matters.actions.filing import owe_filing
from matters.content import MatterContent, content_of, faults_of, read
from matters.history import write_event
from matters.models import Matter, MatterList, Proposal
from matters.norms import day_of, norm_of
from matters.policies import require_publisher
from matters.seed_rows import SeedMatter
from matters.states import PROPOSAL_MOVES

DOCUMENT_LIMIT, NOTE_LIMIT = 120, 500


def row_of(edition: MatterList, code: str, content: MatterContent, *, revision: int = 1) -> Matter:
    """A matter of an edition with the words by which it is found; not saved."""
    said = {name: getattr(content, name) for name in content.__dataclass_fields__}
    words = [content.name, *content.synonyms, *content.examples]
    find = "|".join(
        [*words, *(full_reading(word) for word in words[:1]), *(initials(word) for word in words)]
    )
    return Matter(
        edition=edition, code=code, revision=revision, initials=initials(content.name), find=find, **said
    )


@transaction.atomic
def publish_first_edition(
    county: Division, seeds: Iterable[SeedMatter], *, on: date, at: datetime, demonstration: bool
) -> MatterList:
    """Publish edition 1 of a county's list; refuses when the county already has one (Art. 14)."""
    if MatterList.objects.filter(county=county).exists():
        raise RuleViolation(f"{county}已有事项清单。", field="county")
    edition = MatterList.objects.create(
        county=county, edition=1, in_force_on=on, is_demonstration=demonstration
    )
    rows = Matter.objects.bulk_create(row_of(edition, seed.code, seed.content) for seed in seeds)
    edition.published_at = at
    edition.save(update_fields=["published_at"])
    _trace(edition, "publish", at=at, by=None, record={"edition": 1, "matters": len(rows)})
    return edition


@transaction.atomic
def draft_edition(
    county: Division, *, in_force_on: date, document: str = "", note: str = "", by: User, at: datetime
) -> MatterList:
    """Open the next edition: what the last one says, with everything that has been adopted since.

    Raises :class:`IllegalMove` when a draft is already open and :class:`RuleViolation` for a day that is taken.
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
    return edition


@transaction.atomic
def revise_edition(
    edition: MatterList, *, in_force_on: date, document: str = "", note: str = "", by: User, at: datetime
) -> MatterList:
    """Change the day, the document and the note of a draft, and bring in what has been adopted meanwhile."""
    edition = open_draft(edition, by=by, verb="revise_edition")
    _require_day(edition.county, in_force_on, today=day_of(at))
    edition.in_force_on = in_force_on
    edition.document = _text(document, "文号", DOCUMENT_LIMIT, field="document")
    edition.note = _text(note, "说明", NOTE_LIMIT, field="note")
    _bring_in(edition)
    edition.version += 1
    edition.save()
    return edition


@transaction.atomic
def discard_edition(edition: MatterList, *, by: User) -> None:
    """Give a draft up; what had been brought into it waits for the next one."""
    edition = open_draft(edition, by=by, verb="discard_edition")
    edition.proposals.update(edition=None)
    edition.imports.all().delete()
    edition.matters.all().delete()
    edition.delete()


@transaction.atomic
def publish_edition(edition: MatterList, *, by: User, at: datetime) -> MatterList:
    """Publish a draft: from now on nobody changes it, from its day on it is what may be asked of grids (Art. 14)."""
    edition = open_draft(edition, by=by, verb="publish_edition")
    _require_day(edition.county, edition.in_force_on, today=day_of(at))
    if not edition.document:
        raise RuleViolation("公布以前请填写文号。", field="document")
    _require_sound(edition, at=at)
    _enlist(edition, by=by, at=at)
    edition.published_at = at
    edition.version += 1
    edition.save()
    count = edition.matters.count()
    _trace(edition, "publish", at=at, by=by, record={"edition": edition.edition, "matters": count})
    owe_filing(edition, at=at)
    notices.published(edition, at=at)
    return edition


def open_draft(edition: MatterList, *, by: User, verb: str) -> MatterList:
    """Lock a draft as it was read, for its county's authority; a published edition is refused."""
    locked = MatterList.objects.lock(edition.pk, version=edition.version)
    require_publisher(by, locked.county, verb=verb)
    if locked.published_at is not None:
        raise IllegalMove("这一版已经公布，不能再改；请编制下一版。")
    return locked


def _require_day(county: Division, day: date, *, today: date) -> None:
    if day < today:
        raise RuleViolation(
            "施行日期不能早于今天：清单向社会公布后才实施（条例第十四条）。", field="in_force_on"
        )
    if (day - today).days > 731:
        raise RuleViolation("施行日期在两年以后，请核对年份。", field="in_force_on")
    last = MatterList.objects.published().filter(county=county).aggregate(day=Max("in_force_on"))["day"]
    if last is not None and day <= last:
        raise RuleViolation(
            f"上一版{last:%Y 年 %m 月 %d 日}起施行，这一版须晚于那一天。", field="in_force_on"
        )


def _require_sound(edition: MatterList, *, at: datetime) -> None:
    rows = list(edition.matters.order_by("code"))
    if not rows:
        raise RuleViolation("清单里还没有事项。")
    longest = norm_of(edition.county_id, day=day_of(at)).temporary_days
    for row in rows:
        for _, sentence in faults_of(content_of(row)):
            raise RuleViolation(f"{row.code}“{row.name}”：{sentence}")
        if row.ends_on is not None and row.ends_on < edition.in_force_on:
            raise RuleViolation(f"{row.code}“{row.name}”的有效期在施行以前就到了，请撤回或改期。")
        if row.ends_on is not None and (row.ends_on - edition.in_force_on).days > longest:
            raise RuleViolation(f"{row.code}“{row.name}”的有效期超过 {longest} 天。")


# --- What has been adopted ------------------------------------------------------------------------------------


def _bring_in(edition: MatterList) -> None:
    """Apply every adopted proposal that no edition has yet; each names the edition from then on."""
    adopted = Proposal.objects.select_for_update(of=("self",)).filter(
        county=edition.county, status="adopted", edition=None
    )
    for proposal in adopted.order_by("pk"):
        apply_proposal(edition, proposal)
        proposal.edition = edition
        proposal.save(update_fields=["edition", "code"])


def apply_proposal(edition: MatterList, proposal: Proposal) -> None:
    """Write into a draft what a proposal asks for: a new matter, another wording, or no matter any more."""
    if proposal.kind == "exit":
        edition.matters.filter(code=proposal.code).delete()
        return
    content = read({**proposal.content, "exception_law": proposal.exception_law})
    if proposal.kind == "adjust":
        before = edition.matters.filter(code=proposal.code).first()
        edition.matters.filter(code=proposal.code).delete()
        revision = before.revision + 1 if before else 1
    else:
        proposal.code = next_code(edition.county, content.category)
        revision = 1
    row_of(edition, proposal.code, content, revision=revision).save()


def next_code(county: Division, category: int) -> str:
    """The next code of a category that no matter of the county has ever had."""
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
        write_event(proposal, "enlist", by=by, at=at, note=str(edition), record={"edition": edition.pk})
        notices.tell_applicant(proposal, f"已列入{edition}", at=at)


def _text(text: str, word: str, longest: int, *, field: str) -> str:
    plain = text.strip()
    if len(plain) > longest:
        raise RuleViolation(f"{word}最多 {longest} 字，您写了 {len(plain)} 字。", field=field)
    return plain


def _trace(
    edition: MatterList, verb: str, *, at: datetime, by: User | None, record: Mapping[str, Any]
) -> None:
    append_entry(
        f"matter_list:{edition.pk}",
        verb=verb,
        at=at,
        actor_id=by.pk if by else None,
        record={"county": edition.county.code, **record},
    )
