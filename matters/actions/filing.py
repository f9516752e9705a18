"""Filing an edition with the city: sent, received with a number, returned for completion (Art. 14, 16)."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from common.privacy.publishing import permitted_in, to_publish
from filing import life as filings
from matters import notices
from matters.comparison import WHAT, compare
from matters.content import MatterContent, content_of
from matters.history import FILING_LIFE
from matters.models import ListFiling, MatterList
from matters.norms import filing_deadline
from sweeps.reminders import remind_daily


def owe_filing(edition: MatterList, *, at: datetime) -> ListFiling:
    """Opens the filing of an edition that was just published."""
    deadline = filing_deadline(edition.county, at=at)
    return ListFiling.objects.create(edition=edition, due_at=deadline.due_at, explanation=deadline.explain())


@transaction.atomic
def send_filing(filing: ListFiling, *, note: str = "", by: User, at: datetime) -> ListFiling:
    """Sends the package; after a return, sends it again."""
    filing = FILING_LIFE.begin(filing, "send_filing", by=by)
    words = to_publish(note).strip()
    if len(words) > filings.REMARKS_LIMIT:
        raise RuleViolation(f"报送说明最多 {filings.REMARKS_LIMIT} 字。", field="note")
    filing.package, filing.sent_at, filing.note = package_of(filing.edition), at, words
    FILING_LIFE.move(filing, "send_filing", by=by, at=at, record=permitted_in(note=note))
    notices.tell_city(filing, f"{filing.edition}报送备案", topic="list_filing_sent", at=at)
    return filing


@transaction.atomic
def receive_filing(filing: ListFiling, *, receipt: str, by: User, at: datetime) -> ListFiling:
    """Records that the city received the filing under its own number."""
    filing = FILING_LIFE.begin(filing, "receive_filing", by=by)
    number = filings.sound_receipt(receipt)
    if ListFiling.objects.filter(receipt=number).exists():
        raise RuleViolation(f"备案号 {number} 已用于另一版清单。", field="receipt")
    filing.receipt, filing.answered_at, filing.remarks = number, at, ""
    FILING_LIFE.move(filing, "receive_filing", by=by, at=at)
    notices.tell_county(
        filing, f"{filing.edition}已备案，备案号 {number}", topic="list_filing_received", at=at
    )
    return filing


@transaction.atomic
def return_filing(filing: ListFiling, *, remarks: str, by: User, at: datetime) -> ListFiling:
    """Returns the filing to the county for completion. The county's time to send it again starts now."""
    filing = FILING_LIFE.begin(filing, "return_filing", by=by)
    words = filings.sound_remarks(remarks)
    deadline = filing_deadline(filing.edition.county, at=at)
    filing.remarks, filing.answered_at = words, at
    filing.due_at, filing.explanation, filing.reminded_at = deadline.due_at, deadline.explain(), None
    FILING_LIFE.move(filing, "return_filing", by=by, at=at)
    notices.tell_county(
        filing, f"{filing.edition}备案退回补正（{words[:60]}）", topic="list_filing_returned", at=at
    )
    return filing


class FiledMatter(TypedDict):
    """A matter in a package."""

    code: str
    name: str
    basis: str
    lead: list[str]


class FiledChange(TypedDict):
    """A change to the edition before; ``fields`` are (word, before, after)."""

    code: str
    name: str
    what: str
    fields: list[list[str]]


class FiledProposal(TypedDict):
    """A decision behind the changes."""

    number: str
    kind: str
    code: str
    applicant: str
    exception_law: str
    decision: str


class ListPackage(TypedDict):
    """What is filed of an edition, as ``ListFiling.package`` stores it."""

    county: str
    edition: int
    document: str
    in_force_on: str
    published_at: str | None
    matters: list[FiledMatter]
    changes: list[FiledChange]
    proposals: list[FiledProposal]


def package_of(edition: MatterList) -> ListPackage:
    """Returns what is filed: the list, its changes to the one before, and the decisions behind each change."""
    earlier = MatterList.objects.published().filter(county=edition.county, edition__lt=edition.edition)
    before = earlier.order_by("-edition").first()
    contents = contents_of(edition)
    return {
        "county": edition.county.name,
        "edition": edition.edition,
        "document": edition.document,
        "in_force_on": edition.in_force_on.isoformat(),
        "published_at": edition.published_at.isoformat() if edition.published_at else None,
        "matters": [
            {"code": code, "name": content.name, "basis": content.basis, "lead": content.lead_functions[:1]}
            for code, content in contents.items()
        ],
        "changes": [
            {
                "code": each.code,
                "name": each.name,
                "what": WHAT[each.what],
                "fields": [[change.word, change.before, change.after] for change in each.changes],
            }
            for each in compare(contents_of(before) if before else {}, contents)
        ],
        "proposals": [
            {
                "number": each.number,
                "kind": each.get_kind_display(),
                "code": each.code,
                "applicant": each.applicant.name,
                "exception_law": each.exception_law,
                "decision": each.decision,
            }
            for each in edition.proposals.select_related("applicant").order_by("pk")
        ],
    }


def contents_of(edition: MatterList) -> dict[str, MatterContent]:
    """Returns code → content of every matter of an edition, by code."""
    return {row.code: content_of(row) for row in edition.matters.order_by("code")}


def remind_overdue_filings(*, at: datetime) -> int:
    """Reminds counties of overdue filings once a day and tells the city. Returns how many."""
    overdue = ListFiling.objects.overdue(at).select_related("edition__county")
    return remind_daily("matters.filings", overdue, notices.remind_filing, at=at)
