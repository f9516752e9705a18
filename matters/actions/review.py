"""Formal check, negative check, joint review (Art. 14, 16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from common.errors import IllegalMove, RuleViolation
from matters import negative, notices
from matters.actions.steps import go_on, move, optional_text, required_text
from matters.content import LONGEST, why_not_citation
from matters.history import LIFE, begin
from matters.models import Proposal, ReviewVote
from matters.norms import norm_of
from matters.reviewers import reviewers_in, why_recused
from matters.states import VOTES, next_on_path
from personnel.holdings import Posting
from personnel.models import OfficePosting, Organization
from worktime.clocks import day_of

FEWEST_VOTES = 2


@transaction.atomic
def return_proposal(proposal: Proposal, *, note: str, by: User, at: datetime) -> Proposal:
    """Returns the proposal to its applicant for completion."""
    proposal = begin(proposal, "return_proposal", by=by)
    words = required_text(note, "请写明需要补充什么。", field="note")
    move(proposal, "return_proposal", by=by, at=at, note=words)
    notices.tell_applicant(proposal, f"退回补充（{words[:60]}）", at=at)
    return proposal


@transaction.atomic
def pass_check(proposal: Proposal, *, note: str = "", by: User, at: datetime) -> Proposal:
    """Passes the formal check: the papers are complete."""
    proposal = begin(proposal, "pass_check", by=by)
    return go_on(proposal, "pass_check", by=by, at=at, note=optional_text(note, field="note"))


@transaction.atomic
def clear(
    proposal: Proposal,
    *,
    opinion: str,
    barred_as: str = "",
    exception_law: str = "",
    reviewers: Sequence[tuple[User, Organization]] = (),
    by: User,
    at: datetime,
) -> Proposal:
    """Passes the negative check of Art. 14: nothing is barred, or a cited law makes an exception.

    ``reviewers`` are the named people of the joint review, each with the body that they represent.
    """
    proposal = begin(proposal, "clear", by=by)
    words = required_text(opinion, "请写明审查意见。", field="opinion")
    law = optional_text(exception_law, field="exception_law", limit=LONGEST["exception_law"])
    if barred_as and barred_as not in negative.BARS:
        raise RuleViolation("请选择属于哪一类禁止事项。", field="barred_as")
    if barred_as and not law:
        raise RuleViolation(
            f"{negative.BARS[barred_as].sentence}法律、法规另有规定的，请写明名称和条号；没有的请认定禁止纳入。",
            field="exception_law",
        )
    if law and (fault := why_not_citation(law)):
        raise RuleViolation(fault, field="exception_law")
    if law and not barred_as:
        raise RuleViolation("引用例外的，请选择属于哪一类禁止事项。", field="barred_as")
    proposal.barred_as, proposal.exception_law = barred_as, law
    proposal.legal_opinion, proposal.legal_reviewer = words, by
    if next_on_path(proposal.kind, proposal.status) == "joint_review":
        _ask_reviewers(proposal, reviewers, at=at)
    go_on(proposal, "clear", by=by, at=at, note=words, record={"barred_as": barred_as, "law": law})
    return proposal


def _ask_reviewers(
    proposal: Proposal, reviewers: Sequence[tuple[User, Organization]], *, at: datetime
) -> None:
    today = day_of(at)
    fewest = norm_of(proposal.county_id, day=today).fewest_reviewers
    people = {user.pk: (user, body) for user, body in reviewers}
    if len(people) < fewest:
        raise RuleViolation(f"会审至少要 {fewest} 人，请再选。", field="reviewers")
    known = {(user.pk, body.pk) for user, body in reviewers_in(proposal.county, day=today)}
    free = 0
    for user, body in people.values():
        if (user.pk, body.pk) not in known:
            raise RuleViolation(f"{user.name}不是本县区在岗人员，不能会审。", field="reviewers")
        free += not why_recused(proposal, user, body, today=today)
    if free < FEWEST_VOTES:
        raise RuleViolation(
            f"会审人里要有至少 {FEWEST_VOTES} 人不属于申请单位：本单位的人应当回避。", field="reviewers"
        )
    for user, body in people.values():
        notices.ask(ReviewVote.objects.create(proposal=proposal, reviewer=user, organization=body), at=at)


@transaction.atomic
def bar(proposal: Proposal, *, barred_as: str, opinion: str, by: User, at: datetime) -> Proposal:
    """Bars a proposal that the law keeps out of the list (Art. 14, second paragraph)."""
    proposal = begin(proposal, "bar", by=by)
    if barred_as not in negative.BARS:
        raise RuleViolation("请选择属于哪一类禁止事项。", field="barred_as")
    words = required_text(opinion, "请写明审查意见。", field="opinion")
    proposal.barred_as, proposal.legal_opinion, proposal.legal_reviewer = barred_as, words, by
    move(proposal, "bar", by=by, at=at, note=words, record={"barred_as": barred_as})
    notices.tell_applicant(proposal, negative.BARS[barred_as].sentence, at=at)
    return proposal


@transaction.atomic
def vote(proposal: Proposal, *, answer: str, reason: str, by: User, at: datetime) -> Proposal:
    """Records the vote of a named reviewer, with a reason. Nobody votes on their own department's proposal."""
    proposal = begin(proposal, "vote", by=by)
    if answer not in VOTES:
        raise RuleViolation("请选择赞成、反对或弃权。", field="answer")
    mine = proposal.votes.get(reviewer=by)
    if why := why_recused(proposal, by, mine.organization, today=day_of(at)):
        raise RuleViolation(why, field="answer")
    return _answer(proposal, mine, "vote", answer=answer, reason=reason, by=by, at=at)


@transaction.atomic
def recuse(proposal: Proposal, *, reason: str, by: User, at: datetime) -> Proposal:
    """Records that a reviewer stands back, from their own department's proposal or for another stated reason."""
    proposal = begin(proposal, "recuse", by=by)
    mine = proposal.votes.get(reviewer=by)
    return _answer(proposal, mine, "recuse", answer="recused", reason=reason, by=by, at=at)


def open_votes(post: Posting) -> QuerySet[ReviewVote]:
    """Returns the votes that the person has not given yet for the body of the post."""
    if not isinstance(post, OfficePosting):
        return ReviewVote.objects.none()
    return ReviewVote.objects.filter(
        answer="waiting",
        proposal__status="joint_review",
        reviewer=post.user_id,
        organization=post.organization_id,
    )


@transaction.atomic
def recuse_leaver(post: Posting, *, to: User | None, by: User, at: datetime) -> int:
    """Recuses a person who leaves the body that they were to vote for. Returns how many votes."""
    votes = list(open_votes(post).select_related("proposal", "organization").order_by("proposal_id"))
    for mine in votes:
        proposal = LIFE.lock(mine.proposal)
        _answer(proposal, mine, "recuse", answer="recused", reason="会审人离任", by=by, at=at)
    return len(votes)


def _answer(
    proposal: Proposal, mine: ReviewVote, verb: str, *, answer: str, reason: str, by: User, at: datetime
) -> Proposal:
    mine.answer, mine.at = answer, at
    mine.reason = required_text(reason, "请写明理由。", field="reason")
    mine.save()
    waiting = proposal.votes.filter(answer="waiting").exists()
    target = "joint_review" if waiting else "deciding"
    note = f"{mine.get_answer_display()}：{mine.reason}"
    move(proposal, verb, to=target, by=by, at=at, post=mine.organization.name, note=note)
    if not waiting:
        notices.tell_holder(proposal, at=at)
    return proposal


@transaction.atomic
def close_review(proposal: Proposal, *, note: str = "", by: User, at: datetime) -> Proposal:
    """Ends the joint review when its time is over, without the missing votes. At least two people must have voted."""
    proposal = begin(proposal, "close_review", by=by)
    if why := why_not_closed(proposal, at=at):
        raise IllegalMove(why)
    return go_on(proposal, "close_review", by=by, at=at, note=optional_text(note, field="note"))


def why_not_closed(proposal: Proposal, *, at: datetime) -> str:
    """Returns why the joint review cannot be ended yet, as a sentence; empty if it can."""
    if proposal.due_at is not None and at < proposal.due_at:
        return "会审期限还没有到，请等会审人表决。"
    if votes_of(proposal) < FEWEST_VOTES:
        return f"表决的不足 {FEWEST_VOTES} 人，不能结束会审；请催办。"
    return ""


def votes_of(proposal: Proposal) -> int:
    """Returns how many have voted. Reviewers who stood back or did not answer do not count."""
    return proposal.votes.filter(answer__in=VOTES).count()
