"""Minutes per month that lists demand of a grid: by department, by edition, with open proposals (Art. 14)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from grids.county_choice import county_choice, county_of_code
from grids.models import Division
from matters.burden import Share, department_of, hours_words, shares, total
from matters.content import content_of, read
from matters.entrances import BURDEN, own_county
from matters.models import MatterList, Proposal
from matters.norms import norm_of
from matters.views.frame import tabs_for, today_now

EDITIONS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class ShareRow:
    """The part of one department in the burden."""

    share: Share
    words: str
    percent: int


@dataclass(frozen=True, slots=True)
class EditionLoad:
    """The burden of one edition."""

    edition: MatterList
    words: str
    count: int


def burden(request: SignedInRequest) -> HttpResponse:
    """Shows the burden of one county."""
    user, (_, today) = request.user, today_now()
    BURDEN.require(user)
    county = _county(request, user)
    editions = list(
        MatterList.objects.published().filter(county=county).order_by("-edition")[:EDITIONS_SHOWN]
    )
    now = next((each for each in editions if each.in_force_on <= today), None)
    contents = {
        each.pk: [content_of(row) for row in each.matters.standing(max(today, each.in_force_on))]
        for each in editions
    }
    present = contents[now.pk] if now else []
    limit = norm_of(county.pk, day=today).most_minutes
    minutes = total(present)
    context = {
        "title": "清单负担",
        "tabs": tabs_for(user, "matters:burden"),
        **county_choice(county),
        "edition": now,
        "total": hours_words(minutes),
        "limit": hours_words(limit),
        "is_over": minutes > limit,
        "rows": [
            ShareRow(share=share, words=hours_words(share.minutes), percent=_percent(share.minutes, minutes))
            for share in shares(present)
        ],
        "editions": [
            EditionLoad(
                edition=each, words=hours_words(total(contents[each.pk])), count=len(contents[each.pk])
            )
            for each in editions
        ],
        "proposals": _proposed(user, county),
    }
    return render(request, "matters/burden.html", context)


def _county(request: HttpRequest, user: User) -> Division:
    code = request.GET.get("county", "")
    if code:
        return county_of_code(code)
    found = own_county(user) or Division.objects.of_level("county").defer("outline").first()
    if found is None:
        raise Http404
    return found


def _percent(minutes: int, whole: int) -> int:
    return round(100 * minutes / whole) if whole else 0


@dataclass(frozen=True, slots=True)
class ProposedLoad:
    """An open proposal with its change of the burden."""

    title: str
    url: str
    status: str
    department: str
    change: int
    words: str


def _proposed(user: User, county: Division) -> list[ProposedLoad]:
    """Returns every open proposal that the user may see with its change of the burden, the largest first."""
    rows = (
        Proposal.objects.visible_to(user).open().filter(county=county).select_related("base").order_by("-pk")
    )
    found = []
    for proposal in rows[:50]:
        before = content_of(proposal.base).minutes_per_month if proposal.base else 0
        asked = read(proposal.content) if proposal.content else None
        after = asked.minutes_per_month if asked else 0
        found.append(
            ProposedLoad(
                title=str(proposal),
                url=reverse("matters:proposal", args=[proposal.pk]),
                status=proposal.get_status_display(),
                department=department_of(asked or content_of(proposal.base)),
                change=after - before,
                words=f"{'+' if after >= before else ''}{hours_words(after - before)}",
            )
        )
    return sorted(found, key=lambda row: -row.change)
