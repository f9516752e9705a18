"""What must always be true of lists and proposals (Art. 14, 16)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef

from audit.models import Entry
from common.records.invariants import Invariant
from matters import negative
from matters.content import content_of
from matters.models import ListFiling, Matter, MatterList, Proposal


def admitted_without_legal_review() -> Iterator[str]:
    """Nothing new or changed enters a list without the legal review and the authority's consent."""
    beyond = Proposal.objects.filter(status__in=["noticed", "adopted", "listed"])
    for proposal in beyond.exclude(kind="exit").filter(legal_reviewer=None):
        yield f"{proposal} 未经合法性审查"
    for proposal in beyond.filter(decided_by=None):
        yield f"{proposal} 未经主管部门同意"


def suspect_matters_without_exception() -> Iterator[str]:
    """A published matter with suspicious words cites a law or was cleared by a legal reviewer."""
    cleared = Proposal.objects.filter(code=OuterRef("code"), county=OuterRef("edition__county"))
    rows = Matter.objects.filter(edition__published_at__isnull=False, exception_law="")
    for row in rows.exclude(Exists(cleared.exclude(legal_reviewer=None))).select_related("edition__county"):
        for finding in negative.findings(content_of(row)):
            yield f"{row.edition}“{row}”写有“{finding.found}”，没有例外依据"


def published_lists_without_filing() -> Iterator[str]:
    """Every published edition is filed or owed, except demonstration editions from before filings existed."""
    published = MatterList.objects.published().filter(filing=None).exclude(edition=1, is_demonstration=True)
    for edition in published.select_related("county"):
        yield f"{edition} 没有备案"
    for filing in ListFiling.objects.filter(edition__published_at=None):
        yield f"{filing} 的清单没有公布"


def codes_with_two_lives() -> Iterator[str]:
    """A code that has left a county's list is never used again for another matter."""
    rows = Matter.objects.filter(edition__published_at__isnull=False).order_by("edition__edition")
    lives: dict[tuple[int, str], list[int]] = {}
    for county, code, edition in rows.values_list("edition__county", "code", "edition__edition"):
        lives.setdefault((county, code), []).append(edition)
    for (_, code), editions in lives.items():
        if editions != list(range(editions[0], editions[0] + len(editions))):
            yield f"事项编码 {code} 退出以后又出现：第 {'、'.join(map(str, editions))} 版"


def proposal_lines_that_do_not_count() -> Iterator[str]:
    """Events are numbered without gaps, end in the present status, and the audit chain has the same length."""
    links = dict(
        Entry.objects.filter(subject__startswith="proposal:")
        .values_list("subject")
        .annotate(links=Count("pk"))
        .order_by()
    )
    for proposal in Proposal.objects.prefetch_related("events"):
        line = sorted(proposal.events.all(), key=lambda event: event.seq)
        if [event.seq for event in line] != list(range(1, proposal.event_count + 1)):
            yield f"{proposal} 的经过不连续"
        elif line[-1].to_status != proposal.status:
            yield f"{proposal} 的现状与经过不符"
        if links.get(f"proposal:{proposal.pk}", 0) != proposal.event_count:
            yield f"{proposal} 的审计链与经过不一样长"


INVARIANTS = (
    Invariant("列入清单的都经审查和同意", admitted_without_legal_review),
    Invariant("清单里的可疑事项都有例外依据或经审查", suspect_matters_without_exception),
    Invariant("公布的清单都有备案", published_lists_without_filing),
    Invariant("退出的事项编码不再使用", codes_with_two_lives),
    Invariant("申请经过连续且与审计链一样长", proposal_lines_that_do_not_count),
)
