"""A proposal in words: its row in a list, its stations, its history, its votes. Shapes for the templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from common.templatetags.when import day as in_words
from common.web.shapes import ParcelStep, TimelineStep, timeline
from matters.content import LINES, read
from matters.models import Proposal, ProposalEvent, ReviewVote
from matters.policies import WHO_MAY
from matters.states import ENDED, PATHS, STATUSES, VERBS
from worktime.clocks import day_of

# The verb of each step that has a single party to act.
ON_TURN = {
    "formal_check": "pass_check",
    "legal_review": "clear",
    "joint_review": "vote",
    "deciding": "consent",
}
# Short names, because there is little room under the dots of the path.
SHORT = {
    "drafting": "起草",
    "formal_check": "形式审查",
    "legal_review": "合法性审查",
    "joint_review": "会审",
    "deciding": "决定",
    "noticed": "公示",
    "adopted": "待列入",
    "listed": "列入",
}
# The capacity of the actor, where the event does not name the body.
AS = {
    **dict.fromkeys(("pass_check", "close_review", "consent", "refuse", "reconsider", "enlist"), "主管部门"),
    **dict.fromkeys(("clear", "bar"), "合法性审查员"),
    "return_proposal": "审查",
}
STOPPED = ("barred", "refused", "withdrawn")


def name_of(user: User | None) -> str:
    """Returns the name of a user as pages show it."""
    return (user.name or user.username) if user else ""


def holder_of(proposal: Proposal) -> str:
    """Returns who has the proposal now, in words; empty once it has ended. Votes are read with their reviewers."""
    waiting = "、".join(name_of(each.reviewer) for each in proposal.votes.all() if each.answer == "waiting")
    return {
        "drafting": f"{proposal.applicant.name}起草",
        "formal_check": f"{proposal.county.name}主管部门",
        "legal_review": f"{proposal.county.name}合法性审查员",
        "joint_review": f"会审人：{waiting}",
        "deciding": f"{proposal.county.name}主管部门",
        "noticed": f"公示至{in_words(proposal.notice_ends_on)}",
        "adopted": f"{proposal.county.name}主管部门编入下一版清单",
    }.get(proposal.status, "")


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long the holder still has, as a light and words."""

    light: str
    words: str


def left_of(proposal: Proposal, *, at: datetime) -> TimeLeft:
    """Returns how long the holder has, as a light and words; empty for stations without a clock."""
    if proposal.due_at is None or proposal.status in ENDED:
        return TimeLeft(light="", words="")
    days = (day_of(proposal.due_at) - day_of(at)).days
    if proposal.due_at < at:
        return TimeLeft(light="late", words=f"超期 {-days} 天" if days < 0 else "超期")
    words = "今天到期" if not days else f"还有 {days} 天，{in_words(proposal.due_at)}前"
    return TimeLeft(light="near" if days < 1 else "normal", words=words)


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal as a row of a list."""

    url: str
    number: str
    kind: str
    title: str
    applicant: str
    county: str
    status: str
    holder: str
    is_mine: bool
    left: TimeLeft


def row_of(proposal: Proposal, user: User, *, at: datetime) -> ProposalRow:
    """Returns one proposal as a row of a list."""
    verbs = WHO_MAY.open_to(user, proposal)
    return ProposalRow(
        url=reverse("matters:proposal", args=[proposal.pk]),
        number=proposal.number,
        kind=proposal.get_kind_display(),
        title=proposal.title,
        applicant=proposal.applicant.name,
        county=proposal.county.name,
        status=proposal.get_status_display(),
        holder=holder_of(proposal),
        is_mine=ON_TURN.get(proposal.status) in verbs,
        left=left_of(proposal, at=at),
    )


def steps_of(proposal: Proposal, events: Sequence[ProposalEvent]) -> list[ParcelStep]:
    """Returns the stations of its path: done, now, next, or where it was stopped (parts/parcel.html)."""
    path = PATHS[proposal.kind]
    if proposal.status in path:
        here, is_stopped = path.index(proposal.status), False
    else:
        reached = [event.to_status for event in events if event.to_status in path]
        here, is_stopped = path.index(reached[-1]) if reached else 0, True
    marks = {-1: "done", 0: "stopped" if is_stopped else "now", 1: "next"}
    steps = [
        ParcelStep(name=SHORT[status], state=marks[(number > here) - (number < here)])
        for number, status in enumerate(path)
    ]
    return [*steps[:-1], replace(steps[-1], state="done")] if proposal.status == "listed" else steps


def next_words(proposal: Proposal) -> str:
    """Returns what comes next, in words."""
    if proposal.status in STOPPED:
        return f"{proposal.get_status_display()}，这件申请到此为止。"
    path = PATHS[proposal.kind]
    ahead = path[path.index(proposal.status) + 1 :]
    return f"下一步：{STATUSES[ahead[0]]}。" if ahead else f"已列入{proposal.edition}。"


def timeline_of(events: Iterable[ProposalEvent]) -> list[TimelineStep]:
    """Returns the history of a proposal, oldest first (parts/timeline.html)."""
    steps = [
        TimelineStep(
            at=event.at,
            sentence=_sentence(event),
            note="" if event.verb == "propose" else event.note,
            is_system=event.actor_id is None,
        )
        for event in events
    ]
    return timeline(steps)


def _sentence(event: ProposalEvent) -> str:
    if event.actor is None:
        return "公示期满，待列入下一版清单" if event.verb == "end_notice" else VERBS[event.verb]
    post = event.post or AS.get(event.verb, "")
    late = "，已过期限" if event.due_at and event.due_at < event.at else ""
    return f"{name_of(event.actor)}{f'（{post}）' if post else ' '}{VERBS[event.verb]}{late}"


@dataclass(frozen=True, slots=True)
class VoteRow:
    """One reviewer in the table of the joint review."""

    name: str
    body: str
    key: str
    answer: str
    reason: str
    at: datetime | None


def votes_of(votes: Iterable[ReviewVote]) -> list[VoteRow]:
    """Returns the table of the joint review: who, for which body, answer, reason."""
    return [
        VoteRow(
            name=name_of(each.reviewer),
            body=each.organization.name,
            key=each.answer,
            answer=each.get_answer_display(),
            reason=each.reason,
            at=each.at,
        )
        for each in votes
    ]


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One line of the proposed content."""

    word: str
    text: str


def lines_of(proposal: Proposal) -> list[ContentLine]:
    """Returns the proposed content of the matter, line by line, without empty lines."""
    if not proposal.content:
        return []
    content = read(proposal.content)
    lines = ((line.word, line.says(content)) for line in LINES)
    return [ContentLine(word=word, text=text) for word, text in lines if text]
