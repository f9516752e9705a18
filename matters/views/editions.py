"""One edition of a county's list; for a draft, its changes and what prevents publication (Art. 14, 16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import User
from accounts.requests import SignedInRequest
from common.shapes import Context
from filing.life import FilingCard, filing_card
from matters.actions.soundness import faults_in
from matters.comparison import WHAT, Difference, compare
from matters.content import content_of
from matters.entrances import filings_in_sight
from matters.models import ListFiling, Matter, MatterList, Proposal
from matters.querysets import MatterListQuerySet
from matters.views import edition_words as words
from matters.views.beginning import beginnings
from matters.views.frame import tabs_for, today_now
from matters.views.lists import compare_address
from matters.visibility import edition_in_sight


def editions_of(edition: MatterList, user: User) -> list[MatterList]:
    """Returns every edition of the same county that the user may see, the newest first."""
    return list(MatterList.objects.visible_to(user).filter(county=edition.county_id).order_by("-edition"))


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another edition of the county, with its state."""

    edition: MatterList
    state: words.EditionState


def edition(request: SignedInRequest, pk: int) -> HttpResponse:
    """Shows one edition: its state, its matters, its proposals; for a draft, what it would change."""
    user, (_, today) = request.user, today_now()
    found = edition_in_sight(user, pk)
    siblings = editions_of(found, user)
    before = next((each for each in siblings if each.edition < found.edition and each.published_at), None)
    rows, old = matters_of(found), matters_of(before)
    begun_at = beginnings(user, found.county, [row.code for row in rows]) if found.published_at else {}
    context = {
        "title": f"{found.county.name}事项清单 第{found.edition}版",
        "tabs": tabs_for(user, "matters:lists"),
        "edition": found,
        "state": words.state_of(found, editions=siblings, today=today),
        "siblings": [
            Sibling(edition=each, state=words.state_of(each, editions=siblings, today=today))
            for each in siblings
            if each.pk != found.pk
        ],
        "before": before,
        "compare_url": compare_address(before, found) if before else "",
        "groups": words.groups_of(rows, today=today, begun_at=begun_at),
        "count": len(rows),
        "burden": words.burden_of(rows),
        "change": words.change_words(words.burden_of(rows) - words.burden_of(old)) if before else "",
        "proposals": list(proposals_in(found, user)),
        "filing": filing_of(found, user),
        **(_draft(found, old, rows, today=today) if found.published_at is None else {"is_draft": False}),
    }
    return render(request, "matters/edition.html", context)


def matters_of(edition: MatterList | None) -> list[Matter]:
    """Returns all matters of an edition, by code."""
    return list(edition.matters.order_by("code")) if edition else []


def differences_of(old: list[Matter], new: list[Matter]) -> list[Difference]:
    """Returns the differences between two editions of one county."""
    return compare({row.code: content_of(row) for row in old}, {row.code: content_of(row) for row in new})


def _draft(found: MatterList, old: list[Matter], new: list[Matter], *, today: date) -> Context:
    """Returns the changes of a draft, what prevents publication, and how many adopted proposals are not in it yet."""
    differences, by_code = differences_of(old, new), {row.code: row for row in new}
    waiting = Proposal.objects.filter(county=found.county_id, status="adopted", edition=None)
    return {
        "is_draft": True,
        "differences": [words.worded(each, WHAT[each.what], by_code.get(each.code)) for each in differences],
        "counts": words.counts_of(differences),
        "faults": list(faults_in(found, today=today)),
        "waiting": waiting.count(),
    }


def proposals_in(found: MatterList, user: User) -> Any:
    """Returns the proposals in an edition that the user may see."""
    rows = Proposal.objects.visible_to(user).filter(edition=found).select_related("applicant")
    return rows.order_by("code", "pk")


def filing_of(found: MatterList, user: User) -> FilingCard | None:
    """Returns the filing that the county owes the city for an edition; open only to those who keep lists."""
    filing = ListFiling.objects.filter(edition=found).defer("package").first()
    if filing is None:
        return None
    at, _ = today_now()
    is_open = filings_in_sight(user).filter(pk=filing.pk).exists()
    return filing_card(filing, at=at, is_open=is_open)


def visible_editions(user: User) -> MatterListQuerySet:
    """Returns every edition that the user may see, with its county."""
    seen = MatterList.objects.visible_to(user).select_related("county").defer("county__outline")
    return seen.order_by("county__code", "-edition")
