"""Which editions, filings, proposals and files a user may see (Art. 14, 16, 20)."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import Http404

from accounts.models import User
from matters.entrances import filings_in_sight
from matters.models import ListFiling, MatterImport, MatterList, NoticeComment, Proposal, ReviewVote
from matters.policies import hears_society, publishes
from matters.querysets import ProposalQuerySet


def edition_in_sight(user: User, pk: int) -> MatterList:
    """Returns an edition. Raises Http404 if it does not exist or the user may not see it."""
    seen = MatterList.objects.visible_to(user).select_related("county", "drafted_by").defer("county__outline")
    found = seen.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def filing_in_sight(user: User, pk: int) -> ListFiling:
    """Returns a filing. Raises Http404 if it does not exist or the user does not watch over its county."""
    found = (
        filings_in_sight(user)
        .select_related("edition__county")
        .defer("edition__county__outline")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def with_names(rows: ProposalQuerySet) -> ProposalQuerySet:
    """Load everything that a row shows; two statements for any number of rows."""
    votes = ReviewVote.objects.select_related("reviewer", "organization").order_by("pk")
    return (
        rows.select_related("county", "applicant", "drafted_by")
        .defer("county__outline", "reason")
        .prefetch_related(Prefetch("votes", queryset=votes))
    )


def proposal_in_sight(user: User, pk: int) -> Proposal:
    """Return a proposal. Raises :class:`Http404` if it does not exist or the user may not see it."""
    rows = Proposal.objects.visible_to(user).filter(pk=pk)
    found = with_names(rows).select_related(
        "base__edition", "edition__county", "decided_by", "legal_reviewer"
    )
    proposal = found.defer("county__outline", "edition__county__outline").first()
    if proposal is None:
        raise Http404
    return proposal


def comments_for(user: User, found: Proposal) -> list[NoticeComment]:
    """Return the remarks of the public: all for the authorities that answer for the list, answered ones for others."""
    rows = found.comments.select_related("replied_by").order_by("pk")
    return list(rows if hears_society(user, found.county) else rows.exclude(reply=""))


def import_in_sight(user: User, pk: int) -> MatterImport:
    """Returns a file for a list that the user keeps. Raises :class:`Http404` for any other."""
    found = MatterImport.objects.select_related("edition__county", "by").filter(pk=pk).first()
    if found is None or not publishes(user, found.edition.county):
        raise Http404
    return found
