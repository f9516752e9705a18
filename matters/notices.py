"""Notices about proposals, editions, filings and requests, and their audiences. Every notice is an outbox row."""

from __future__ import annotations

from datetime import datetime

from common.templatetags.when import day as in_words
from grids.models import Division
from matters.models import GridRequest, ListFiling, MatterList, Proposal, ReviewVote
from notifications.actions import tell
from personnel.models import Organization
from personnel.scopes import audience


def _of(proposal: Proposal, to: str, topic: str, sentence: str, *, at: datetime) -> None:
    tell(to, topic=topic, subject=f"proposal:{proposal.pk}", sentence=f"{sentence}：{proposal}", at=at)


def county_of(county: Division) -> str:
    """Returns the audience of the county's competent authority."""
    return audience("publish_matters", "division", county.pk)


def city_of(county: Division) -> str:
    """Returns the audience of the city's competent authority."""
    return audience("publish_matters", "division", county.parent_id or 0)


def applicant_of(proposal: Proposal) -> str:
    """Returns the audience of the people who work for the applying body."""
    if proposal.applicant.kind == Organization.Kind.AUTHORITY:
        return county_of(proposal.county)
    return audience("handle", "organization", proposal.applicant_id)


def tell_applicant(proposal: Proposal, sentence: str, *, at: datetime) -> None:
    """Tells the applying body."""
    _of(proposal, applicant_of(proposal), "proposal", sentence, at=at)


def tell_holder(proposal: Proposal, *, at: datetime) -> None:
    """Tells the present holder of the proposal that it waits for them."""
    if proposal.status == "legal_review":
        to, sentence = audience("review_law", "division", proposal.county_id), "请作合法性审查"
    elif proposal.status == "formal_check":
        to, sentence = county_of(proposal.county), "请作形式审查"
    elif proposal.status == "deciding":
        to, sentence = county_of(proposal.county), "请作出决定"
    elif proposal.status == "adopted":
        to, sentence = county_of(proposal.county), "可以编入下一版清单"
    else:
        return
    _of(proposal, to, "proposal_waits", sentence, at=at)


def ask(vote: ReviewVote, *, at: datetime) -> None:
    """Asks a named reviewer to vote."""
    _of(vote.proposal, f"user:{vote.reviewer_id}", "joint_review", "请会审", at=at)


def remind(proposal: Proposal, *, at: datetime) -> None:
    """Reminds the holder of the step, and tells the county."""
    waiting = proposal.votes.filter(answer="waiting") if proposal.status == "joint_review" else ()
    for vote in waiting:
        _of(proposal, f"user:{vote.reviewer_id}", "proposal_late", "会审已超期，请尽快表决", at=at)
    if proposal.status == "legal_review":
        to = audience("review_law", "division", proposal.county_id)
        _of(proposal, to, "proposal_late", "合法性审查已超期，请尽快办理", at=at)
    words = f"{proposal.get_status_display()}已超期"
    _of(proposal, county_of(proposal.county), "proposal_late", words, at=at)


def commented(proposal: Proposal, *, at: datetime) -> None:
    """Tells the county that a comment came during the public notice."""
    _of(proposal, county_of(proposal.county), "notice_comment", "公示期间收到意见", at=at)


def _about(edition: MatterList, to: str, topic: str, sentence: str, *, at: datetime) -> None:
    tell(to, topic=topic, subject=f"matter_list:{edition.pk}", sentence=sentence, at=at)


def published(edition: MatterList, *, at: datetime) -> None:
    """Tell the city and the townships that a list has been published."""
    words = f"{edition}已公布，{in_words(edition.in_force_on)}起施行"
    _about(edition, city_of(edition.county), "list_published", words, at=at)
    for pk in Division.objects.filter(parent=edition.county, level="township").values_list("pk", flat=True):
        _about(edition, audience("dispatch", "division", pk), "list_published", words, at=at)


def tell_county(filing: ListFiling, sentence: str, *, topic: str, at: datetime) -> None:
    """Tell the county about its filing."""
    _about(filing.edition, county_of(filing.edition.county), topic, sentence, at=at)


def tell_city(filing: ListFiling, sentence: str, *, topic: str, at: datetime) -> None:
    """Tell the city about a filing."""
    _about(filing.edition, city_of(filing.edition.county), topic, sentence, at=at)


def remind_filing(filing: ListFiling, *, at: datetime) -> None:
    """Reminds the county of an overdue filing, and tells the city."""
    words = f"{filing.edition}备案已超期（应于{in_words(filing.due_at)}报送）"
    tell_county(filing, f"{words}，请尽快报送", topic="list_filing_overdue", at=at)
    tell_city(filing, words, topic="list_filing_overdue", at=at)


def handed(request: GridRequest, *, at: datetime) -> None:
    """Tells the grid's workers about a new task from a department."""
    off = "" if request.is_listed else "（不在清单，可以拒绝）"
    tell(
        audience("report", "grid", request.grid_id),
        topic="grid_request",
        subject=f"grid_request:{request.pk}",
        sentence=f"{request.organization}派来任务{off}：{request.text[:60]}",
        at=at,
    )


def answered(request: GridRequest, *, at: datetime) -> None:
    """Tells the department whether its task was done or refused."""
    tell(
        audience("handle", "organization", request.organization_id),
        topic="grid_request",
        subject=f"grid_request:{request.pk}",
        sentence=f"{request.grid}{request.get_status_display()}：{request.text[:60]}",
        at=at,
    )
