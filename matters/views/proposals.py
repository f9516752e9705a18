"""The proposals in sight, and one with everything that is known about it (Art. 14, 16)."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.web.listing import Empty, Listing, Pile
from common.web.shapes import Button
from grids.county_choice import chosen_county, county_choice, county_words
from matters import policies, states
from matters.actions.drafting import missing_in
from matters.actions.review import why_not_closed
from matters.entrances import own_county
from matters.models import Proposal
from matters.reviewers import why_recused
from matters.views import proposal_words as words
from matters.views.frame import tabs_for, today_now
from matters.views.proposal_findings import findings_of
from matters.visibility import comments_for, proposal_in_sight, with_names

DANGEROUS = ("bar", "refuse", "withdraw")
LAST = ("withdraw",)
# One of these is what the holder of a step is expected to say.
EXPECTED = ("submit", "revise", "pass_check", "clear", "vote", "recuse", "consent")


LISTING = Listing(
    label="事项申请",
    columns=("事项", "类别", "申请单位", "状态", "期限"),
    piles_label="申请的状态",
    piles={
        "open": Pile(
            "在办",
            Q(status__in=("drafting", *states.BEFORE_DECISION)),
            Empty("没有在办的申请", "起草、审查、会审、待决定的申请显示在这里。"),
        ),
        "noticed": Pile(
            "公示中",
            Q(status="noticed"),
            Empty("没有公示中的申请", "主管部门同意以后、公示期满以前的申请显示在这里。"),
        ),
        "adopted": Pile(
            "待列入",
            Q(status="adopted"),
            Empty("没有待列入的申请", "公示期满、等下一版清单的申请显示在这里。"),
        ),
        "ended": Pile(
            "已办完",
            Q(status__in=states.ENDED),
            Empty("没有已办完的申请", "已列入清单、禁止纳入、不予同意和撤回的申请显示在这里。"),
        ),
    },
)


def proposals(request: SignedInRequest) -> HttpResponse:
    """One pile of proposals, newest first; the address is the view."""
    user, (at, _) = request.user, today_now()
    county = chosen_county(request, lambda: own_county(user))
    seen = Proposal.objects.visible_to(user)
    can_propose = bool(policies.applicants(user))
    context = {
        "title": "事项申请",
        "tabs": tabs_for(user, "matters:proposals"),
        "begin": Button(url=reverse("matters:proposal_new"), word="提出申请") if can_propose else None,
        **county_choice(county),
        **LISTING.context(
            request,
            seen.filter(county=county) if county else seen,
            named=with_names,
            shown=lambda rows: [words.row_of(proposal, user, at=at) for proposal in rows],
            query=county_words(county),
        ),
    }
    return render(request, "matters/proposals.html", context)


def proposal(request: SignedInRequest, pk: int) -> HttpResponse:
    """One proposal: whose turn it is, what it asks, what was found, said and decided."""
    user, (at, _) = request.user, today_now()
    found = proposal_in_sight(user, pk)
    events = list(found.events.select_related("actor").order_by("seq"))
    buttons = buttons_for(user, found)
    context = {
        "title": found.title,
        "tabs": tabs_for(user, "matters:proposals"),
        "proposal": found,
        "holder": words.holder_of(found),
        "left": words.left_of(found, at=at),
        "steps": words.steps_of(found, events),
        "next_words": words.next_words(found),
        "missing": missing_for(user, found),
        "lines": words.lines_of(found),
        "votes": words.votes_of(found.votes.all()),
        "comments": comments_for(user, found),
        "answers_comments": policies.publishes(user, found.county),
        "events": words.timeline_of(events),
        "buttons": [button for button in buttons if button.kind != "danger"],
        "final_buttons": [button for button in buttons if button.kind == "danger"],
        **findings_of(found),
    }
    return render(request, "matters/proposal.html", context)


def missing_for(user: User, found: Proposal) -> list[str]:
    """What its applicant has to write yet before it can be submitted."""
    if "submit" not in policies.WHO_MAY.open_to(user, found):
        return []
    return [sentence for _, sentence in missing_in(found)]


def buttons_for(user: User, found: Proposal) -> list[Button]:
    """What the person may do now; what would be refused at once is not offered."""
    verbs = [verb for verb in policies.WHO_MAY.open_to(user, found) if not _is_closed(verb, user, found)]
    expected = next((verb for verb in EXPECTED if verb in verbs), "")
    return [
        Button(
            url=address_of(verb, found),
            word=states.VERBS[verb],
            kind="primary" if verb == expected else "danger" if verb in LAST else "",
        )
        for verb in sorted(verbs, key=lambda verb: verb != expected)
    ]


def _is_closed(verb: str, user: User, found: Proposal) -> bool:
    at, today = today_now()
    if verb == "close_review":
        return bool(why_not_closed(found, at=at))
    if verb == "vote":
        mine = next(each for each in found.votes.all() if each.reviewer_id == user.pk)
        return bool(why_recused(found, user, mine.organization, today=today))
    if verb == "submit":
        return bool(missing_for(user, found))
    return verb == "reconsider" and found.edition_id is not None


def address_of(verb: str, found: Proposal) -> str:
    """The page of a verb."""
    if verb == "revise":
        return reverse("matters:proposal_edit", args=[found.pk])
    return reverse("matters:proposal_verb", args=[found.pk, verb])
