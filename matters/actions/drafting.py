"""The applicant's verbs: propose, revise, submit, withdraw (Art. 16)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from common.privacy.publishing import permitted_in, to_publish
from grids.models import Division
from matters import policies
from matters.actions.steps import go_on, move, optional_text
from matters.content import FREE_TEXTS, MatterContent, published, read, stored, unfinished_in, wrong_in
from matters.history import begin
from matters.models import Matter, MatterList, Proposal
from matters.norms import norm_of
from matters.receivers import functions_of, functions_with_staff, why_not_received
from matters.states import KINDS, PROPOSAL_MOVES
from personnel.life import write_step
from personnel.models import Organization
from worktime.clocks import day_of

REASON_LIMIT = 2000
WITHOUT_TERM = "临时准入须写明有效期至哪一天。"
UNNAMED = "未命名事项"  # of a draft whose name is not written yet


@dataclass(frozen=True)
class ProposalDraft:
    """What the applicant fills in. An exit needs no content. An exit and an adjustment name their matter."""

    kind: str
    applicant: Organization
    reason: str
    content: MatterContent | None = None
    matter: Matter | None = None
    funding: str = ""
    training: str = ""
    held_elsewhere: str = ""


@transaction.atomic
def propose(draft: ProposalDraft, *, by: User, at: datetime) -> Proposal:
    """Opens a proposal in the name of a body. Numbers run per county and year."""
    place = policies.county_of(draft.applicant)
    if place is None:
        raise RuleViolation("申请单位应是县区或乡镇街道的。", field="applicant")
    county = Division.objects.select_for_update().get(pk=place.pk)
    proposal = Proposal(county=county, applicant=draft.applicant, drafted_by=by, drafted_at=at, version=0)
    policies.WHO_MAY.require("propose", by, proposal)
    _fill(proposal, draft, at=at)
    proposal.status = PROPOSAL_MOVES.target_of("propose", status="")
    proposal.number = _next_number(county, year=day_of(at).year)
    record = _permitted(draft)
    return write_step(
        proposal, "propose", by=by, at=at, post=draft.applicant.name, note=proposal.reason, record=record
    )


@transaction.atomic
def revise(proposal: Proposal, draft: ProposalDraft, *, by: User, at: datetime) -> Proposal:
    """Changes the content of a proposal that is being drafted, however incomplete it is. Its kind stays."""
    proposal = begin(proposal, "revise", by=by)
    _fill(proposal, replace(draft, kind=proposal.kind, applicant=proposal.applicant), at=at)
    return write_step(
        proposal, "revise", by=by, at=at, post=proposal.applicant.name, record=_permitted(draft)
    )


def _permitted(draft: ProposalDraft) -> Mapping[str, Any]:
    """Returns what the trace records about numbers in the reason and the content that their author has permitted."""
    texts = {"reason": draft.reason}
    if draft.content is not None:
        texts |= {name: getattr(draft.content, name) for name in FREE_TEXTS}
    return permitted_in(**texts)


def _fill(proposal: Proposal, draft: ProposalDraft, *, at: datetime) -> None:
    if draft.kind not in KINDS:
        raise RuleViolation("请选择准入、调整、退出或临时准入。", field="kind")
    proposal.kind = draft.kind
    proposal.reason = optional_text(to_publish(draft.reason), field="reason", limit=REASON_LIMIT)
    for name in ("funding", "training", "held_elsewhere"):
        setattr(proposal, name, optional_text(getattr(draft, name), field=name))
    _fill_base(proposal, draft, today=day_of(at))
    if draft.kind == "exit":
        assert proposal.base is not None
        proposal.content, proposal.title = {}, proposal.base.name
        return
    if draft.content is None:
        raise RuleViolation("请填写拟列入清单的内容。", field="name")
    content = published(draft.content)
    for name, sentence in wrong_in(content):
        raise RuleViolation(sentence, field=name)
    _require_own_name(proposal, content)
    if draft.kind != "temporary":
        content = replace(content, ends_on=proposal.base.ends_on if proposal.base else None)
    elif content.ends_on is not None:
        require_term(content.ends_on, county_id=proposal.county_id, today=day_of(at))
    proposal.content, proposal.title = stored(content), content.name or UNNAMED


def _fill_base(proposal: Proposal, draft: ProposalDraft, *, today: date) -> None:
    """Sets the matter of an exit or adjustment: from the newest published edition, and in no other open proposal."""
    if draft.kind in ("admit", "temporary"):
        proposal.base, proposal.code = None, ""
        return
    last = MatterList.objects.published().filter(county=proposal.county).order_by("-edition").first()
    base = draft.matter
    if base is None or last is None or base.edition_id != last.pk:
        raise RuleViolation("请从本县区最新一版清单里选择事项。", field="matter")
    taken = Proposal.objects.open().filter(county=proposal.county, code=base.code).exclude(pk=proposal.pk)
    if (other := taken.first()) is not None:
        raise RuleViolation(f"这个事项已有申请 {other.number} 在办，请等它办完。", field="matter")
    proposal.base, proposal.code = base, base.code


def _require_own_name(proposal: Proposal, content: MatterContent) -> None:
    if not content.name:
        return
    last = MatterList.objects.published().filter(county=proposal.county).order_by("-edition").first()
    same = (
        last.matters.filter(name=content.name).exclude(code=proposal.code) if last else Matter.objects.none()
    )
    if (found := same.first()) is not None:
        raise RuleViolation(f"清单里已有同名事项 {found.code}，请改名，或申请调整那一项。", field="name")
    twin = Proposal.objects.open().filter(county=proposal.county, title=content.name).exclude(pk=proposal.pk)
    if (other := twin.exclude(kind__in=["exit"]).first()) is not None:
        raise RuleViolation(f"同名事项已在申请 {other.number} 里，请不要重复申请。", field="name")


def require_term(ends_on: date | None, *, county_id: int, today: date) -> None:
    """Checks that a temporary matter has an end, within the longest term of the norm (90 days)."""
    longest = norm_of(county_id, day=today).temporary_days
    if ends_on is None:
        raise RuleViolation(WITHOUT_TERM, field="ends_on")
    if ends_on <= today:
        raise RuleViolation("有效期须晚于今天。", field="ends_on")
    if (ends_on - today).days > longest:
        raise RuleViolation(
            f"临时准入最长 {longest} 天，请改到 {today + timedelta(days=longest)} 以前。", field="ends_on"
        )


def _next_number(county: Division, *, year: int) -> str:
    start = f"SX-{county.code}-{year}-"
    numbers = Proposal.objects.filter(county=county, number__startswith=start).values_list(
        "number", flat=True
    )
    return f"{start}{max((int(number.rsplit('-', 1)[1]) for number in numbers), default=0) + 1:03d}"


@transaction.atomic
def submit(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """Submits the proposal to the county's authority. Its lead department must have staff who receive reports."""
    proposal = begin(proposal, "submit", by=by)
    for name, sentence in missing_in(proposal):
        raise RuleViolation(sentence, field=name)
    proposal.barred_as = proposal.exception_law = proposal.legal_opinion = ""
    proposal.legal_reviewer = None
    proposal.votes.all().delete()
    return go_on(proposal, "submit", by=by, at=at, post=proposal.applicant.name)


def missing_in(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Yields everything that prevents submission, as (field, sentence), in the order of the form.

    The law asks of a department for each matter: a handling post, training, guidance, money (Art. 14).
    """
    if not proposal.reason:
        yield "reason", "请写明理由。"
    if proposal.kind == "exit":
        return
    content = read(proposal.content)
    yield from unfinished_in(content)
    if proposal.kind == "temporary" and content.ends_on is None:
        yield "ends_on", WITHOUT_TERM
    needed = (
        ("handling_post", content.handling_post, "请写明部门由哪个岗位处置（条例第十四条）。"),
        ("support", content.support, "请写明政策咨询、业务指导和信息支持怎么提供（条例第十四条）。"),
        ("funding", proposal.funding, "请写明经费保障（条例第十四条）。"),
        ("training", proposal.training, "请写明培训安排（条例第十四条）。"),
        ("held_elsewhere", proposal.held_elsewhere, "请写明别处已有哪些数据；没有的写“无”。"),
    )
    yield from ((name, sentence) for name, text, sentence in needed if not text)
    if not content.minutes_each or not content.times_per_month:
        yield "minutes_each", "请写明每网格每月次数和每次分钟：这是网格要付出的时间。"
    known, staffed = functions_of(proposal.county), functions_with_staff(proposal.county)
    for function in filter(None, content.lead_functions[:1]):
        if fault := why_not_received(function, proposal.county, known=known, staffed=staffed):
            yield "lead_functions", fault


@transaction.atomic
def withdraw(proposal: Proposal, *, note: str = "", by: User, at: datetime) -> Proposal:
    """Withdraws the proposal for the applicant, before a decision."""
    proposal = begin(proposal, "withdraw", by=by)
    move(
        proposal,
        "withdraw",
        by=by,
        at=at,
        note=optional_text(note, field="note"),
        post=proposal.applicant.name,
    )
    return proposal
