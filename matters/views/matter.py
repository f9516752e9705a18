"""One matter in an edition, and its life through the county's editions (Art. 16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.templatetags.when import day as in_words
from matters.comparison import Change, changes_between
from matters.content import content_of
from matters.models import Matter, MatterList, Proposal
from matters.views import edition_words as words
from matters.views.beginning import beginnings
from matters.views.editions import editions_of
from matters.views.frame import tabs_for, today_now
from matters.visibility import edition_in_sight


def matter(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Shows every line of a matter in this edition, its life, and the proposals about it."""
    user, (_, today) = request.user, today_now()
    edition = edition_in_sight(user, pk)
    row = edition.matters.filter(code=code).first()
    if row is None:
        raise Http404
    siblings = editions_of(edition, user)
    about = list(_proposals(edition, code, user))
    content = content_of(row)
    context = {
        "title": row.name,
        "tabs": tabs_for(user, "matters:lists"),
        "edition": edition,
        "state": words.state_of(edition, editions=siblings, today=today),
        "matter": row,
        "term": words.term_of(row, today=today),
        "minutes": content.minutes_per_month,
        "lines": [line for line in words.lines_of(content) if line.key != "name"],
        "life": life_of(edition, code, siblings, about),
        "open_proposals": [each for each in about if each.status != "listed"],
        "beginning": beginnings(user, edition.county, [code]).get(code) if edition.published_at else None,
    }
    return render(request, "matters/matter.html", context)


def _proposals(edition: MatterList, code: str, user: User) -> Any:
    """Returns the proposals about the matter: open ones, and those in an edition."""
    seen = Proposal.objects.visible_to(user).filter(county=edition.county_id, code=code)
    listed = seen.filter(status="listed")
    rows = Proposal.objects.filter(pk__in=(seen.open() | listed).values("pk"))
    return rows.select_related("applicant").order_by("pk")


def life_of(
    edition: MatterList, code: str, siblings: Sequence[MatterList], about: Sequence[Proposal]
) -> list[LifeStep]:
    """Returns the editions that first have the matter, change its wording, or no longer have it; oldest first."""
    rows = {row.edition_id: row for row in Matter.objects.filter(edition__in=siblings, code=code)}
    enlisted = {each.edition_id: each for each in about if each.edition_id}
    steps: list[LifeStep] = []
    before: Matter | None = None
    for each in sorted(siblings, key=lambda sibling: sibling.edition):
        row = rows.get(each.pk)
        if row is not None or before is not None:
            steps += _step(each, before, row, enlisted.get(each.pk), here=edition)
        before = row
    if before is not None and before.ends_on is not None:
        steps.append(LifeStep(f"有效期至{in_words(before.ends_on)}，到期自行退出"))
    return steps


@dataclass(frozen=True, slots=True)
class LifeStep:
    """One edition in the life of a matter."""

    sentence: str
    when: str = ""
    url: str = ""
    is_here: bool = False
    changes: tuple[Change, ...] = ()
    proposal: Proposal | None = None


def _step(
    each: MatterList,
    before: Matter | None,
    row: Matter | None,
    proposal: Proposal | None,
    *,
    here: MatterList,
) -> list[LifeStep]:
    changes = changes_between(content_of(before), content_of(row)) if before and row else ()
    is_here = each.pk == here.pk
    if before and row and not changes and not is_here:
        return []
    if row is None and before is not None and before.ends_on and before.ends_on < each.in_force_on:
        word = "到期，不再列入"
    else:
        word = "退出" if row is None else "列入" if before is None else "调整" if changes else "沿用"
    day = f"{in_words(each.in_force_on)}起" if each.published_at else "在编，尚未公布"
    return [
        LifeStep(
            sentence=f"第{each.edition}版{word}",
            when=day,
            url=reverse("matters:matter", args=[each.pk, row.code]) if row else "",
            is_here=is_here,
            changes=changes,
            proposal=proposal,
        )
    ]
