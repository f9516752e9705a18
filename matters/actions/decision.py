"""The county's consent or refusal, the public notice, and what the clock does by itself (Art. 14, 16)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.actions import append_entry
from common.errors import IllegalMove, KeyReused, RuleViolation
from common.privacy.publishing import permitted_in, to_publish
from common.privacy.redaction import redacted
from matters import notices, policies
from matters.actions.drafting import require_term
from matters.actions.review import FEWEST_VOTES, votes_of
from matters.actions.steps import move, required_text
from matters.content import read
from matters.history import LIFE, begin
from matters.models import NoticeComment, Proposal
from matters.norms import norm_of
from matters.states import PATHS, next_on_path
from sweeps.actions import sweep_rows
from sweeps.reminders import remind_daily
from worktime.clocks import day_of

MOST_COMMENTS = 500
SENT_BEFORE = "这条意见已经提交过，后来改动的内容没有收下。要另提一条，请再按一次提交。"


@transaction.atomic
def consent(proposal: Proposal, *, decision: str, by: User, at: datetime) -> Proposal:
    """Records the consent of the county's authority (Art. 16). Admission and adjustment then go to public notice."""
    proposal = begin(proposal, "consent", by=by)
    if "joint_review" in PATHS[proposal.kind] and votes_of(proposal) < FEWEST_VOTES:
        raise IllegalMove("会审表决的不足两人，不能同意；可以不予同意，由申请单位重新申请。")
    proposal.decision, proposal.decided_by = _decision(decision), by
    today = day_of(at)
    if proposal.kind == "temporary":
        require_term(read(proposal.content).ends_on, county_id=proposal.county_id, today=today)
    target = next_on_path(proposal.kind, proposal.status)
    if target == "noticed":
        days = norm_of(proposal.county_id, day=today).notice_days
        proposal.noticed_on, proposal.notice_ends_on = today, today + timedelta(days=days)
    record = permitted_in(decision=decision)
    move(proposal, "consent", to=target, by=by, at=at, note=proposal.decision, record=record)
    notices.tell_applicant(proposal, "主管部门已同意", at=at)
    notices.tell_holder(proposal, at=at)
    return proposal


@transaction.atomic
def refuse(proposal: Proposal, *, decision: str, by: User, at: datetime) -> Proposal:
    """Records the refusal of the county's authority, with reasons."""
    proposal = begin(proposal, "refuse", by=by)
    proposal.decision, proposal.decided_by = _decision(decision), by
    record = permitted_in(decision=decision)
    move(proposal, "refuse", by=by, at=at, note=proposal.decision, record=record)
    notices.tell_applicant(proposal, f"主管部门不予同意（{proposal.decision[:60]}）", at=at)
    return proposal


def _decision(text: str) -> str:
    """Returns the reasons of a decision. The filing sends them to the city."""
    return required_text(to_publish(text), "请写明决定理由。", field="decision")


@transaction.atomic
def reconsider(proposal: Proposal, *, note: str, by: User, at: datetime) -> Proposal:
    """Starts the decision again, for example after public comments. Not possible once an edition has it."""
    proposal = begin(proposal, "reconsider", by=by)
    if proposal.edition_id is not None:
        raise IllegalMove("这件申请已编入在编的清单；请先放弃那一版。")
    words = required_text(note, "请写明为什么重新决定。", field="note")
    proposal.noticed_on = proposal.notice_ends_on = None
    move(proposal, "reconsider", by=by, at=at, note=words)
    notices.tell_applicant(proposal, f"重新决定（{words[:60]}）", at=at)
    return proposal


def end_notices(*, today: date, at: datetime) -> int:
    """Ends public notices whose last day is over; their proposals wait for the next edition. Returns how many."""
    over = Proposal.objects.filter(status="noticed", notice_ends_on__lt=today)

    def end(pk: int) -> bool:
        free = over.select_for_update(of=("self",), skip_locked=True).select_related("county", "applicant")
        proposal = free.filter(pk=pk).first()
        if proposal is None:
            return False
        move(proposal, "end_notice", by=None, at=at)
        notices.tell_holder(proposal, at=at)
        return True

    return sweep_rows("matters.notices", over.order_by("pk"), end, at=at).done


def remind_overdue_proposals(*, at: datetime) -> int:
    """Reminds the holder of each overdue step, once a day. Returns how many proposals."""
    late = Proposal.objects.overdue(at).select_related("county", "applicant")
    return remind_daily("matters.proposals", late, notices.remind, at=at)


@transaction.atomic
def comment(proposal: Proposal, *, text: str, at: datetime, key: UUID | None = None) -> NoticeComment:
    """Stores a comment while a proposal is under public notice. Anybody may comment, and no name is needed.

    The same form sent again returns the same comment; raises :class:`KeyReused` if it says something else.
    Personal numbers are masked before anything is stored, because a stranger cannot show whose they are.
    """
    locked = LIFE.rows().select_for_update(of=("self",)).get(pk=proposal.pk)
    last = locked.notice_ends_on
    if locked.status != "noticed" or last is None or last < day_of(at):
        raise IllegalMove("公示已经结束，不再收意见。")
    words = required_text(redacted(text), "请写下意见。", field="text", limit=1000)
    if (earlier := locked.comments.filter(key=key).first() if key else None) is not None:
        if earlier.text != words:
            raise KeyReused(sentence=SENT_BEFORE)
        return earlier
    if locked.comments.count() >= MOST_COMMENTS:
        raise RuleViolation("这项公示收到的意见太多，请打县区主管部门的电话。", field="text")
    made = NoticeComment.objects.create(proposal=locked, text=words, key=key, at=at)
    notices.commented(locked, at=at)
    append_entry(
        f"notice_comment:{made.pk}",
        verb="comment",
        at=at,
        actor_id=None,
        record={"proposal": locked.pk},
        first=True,
    )
    return made


@transaction.atomic
def reply(remark: NoticeComment, *, text: str, by: User, at: datetime) -> NoticeComment:
    """Stores the county's answer to a comment."""
    locked = (
        NoticeComment.objects.select_for_update(of=("self",)).select_related("proposal").get(pk=remark.pk)
    )
    policies.REMARKS.require("reply", by, locked.proposal)
    locked.reply = required_text(to_publish(text), "请写下答复。", field="text")
    locked.replied_by, locked.replied_at = by, at
    locked.save()
    append_entry(
        f"notice_comment:{locked.pk}", verb="reply", at=at, actor_id=by.pk, record=permitted_in(reply=text)
    )
    return locked
