"""Proposals of the town on their way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from common import clock
from common.errors import Refusal
from matters import actions
from matters.actions import ProposalDraft
from matters.content import MatterContent
from matters.models import MatterList, Proposal
from personnel.models import Organization
from tests.town import MONDAY, Town

PROPOSALS = "/lists/proposals/"
RefusalT = TypeVar("RefusalT", bound=Refusal)
CONTENT = MatterContent(
    name="共享单车占压盲道",
    category=6,
    kind="report",
    description="能挪的挪开，挪不开的上报。",
    lead_functions=["城市管理"],
    finish_amount=2,
    finish_unit="working_day",
    basis="《濮阳市基层网格化服务管理条例》第十五条第（六）项",
    basis_on=date(2025, 1, 1),
    times_per_month=Decimal(3),
    minutes_each=10,
    collects=["facility"],
    handling_post="巡查岗",
    support="每季培训，热线答疑。",
)


def body(code: str) -> Organization:
    return Organization.objects.select_related("division__parent").get(code=code)


def draft_of(kind: str = "admit", **fields: Any) -> ProposalDraft:
    """A sound proposal of 城市管理 in 华龙区; ``fields`` changes the content."""
    last = MatterList.objects.published().filter(county__code="410902").order_by("-edition").first()
    matter = last.matters.get(name="路灯故障") if last and kind in ("adjust", "exit") else None
    content = replace(CONTENT, **{**({"name": "路灯故障"} if kind == "adjust" else {}), **fields})
    if kind == "temporary" and content.ends_on is None:
        content = replace(content, ends_on=date(2026, 12, 31))
    return ProposalDraft(
        kind=kind,
        applicant=body("hlq-chengguan"),
        reason="群众反映集中。",
        content=None if kind == "exit" else content,
        matter=matter,
        funding="部门预算",
        training="一个月内培训",
        held_elsewhere="无",
    )


def panel(town: Town) -> list[tuple[User, Organization]]:
    """Three named reviewers; ``sun`` is the applicant's own."""
    return [(town.tang, body("desk-zyl")), (town.qian, body("hlq-gongan")), (town.sun, body("hlq-chengguan"))]


def proposal_in(
    status: str, town: Town, *, kind: str = "admit", at: datetime = MONDAY, **fields: Any
) -> Proposal:
    """A proposal of 城市管理 brought to ``status`` by the usual verbs."""
    found = actions.propose(draft_of(kind, **fields), by=town.sun, at=at)
    while found.status != status:
        found = _one_further(found, town, at=at)
    return found


def _one_further(found: Proposal, town: Town, *, at: datetime) -> Proposal:
    match found.status:
        case "drafting":
            return actions.submit(found, by=town.sun, at=at)
        case "formal_check":
            return actions.pass_check(found, by=town.wu, at=at)
        case "legal_review":
            reviewers = panel(town) if found.kind in ("admit", "adjust") else ()
            return actions.clear(found, opinion="可以", reviewers=reviewers, by=town.jiang, at=at)
        case "joint_review":
            found = actions.recuse(found, reason="本单位的申请", by=town.sun, at=at)
            for who in (town.tang, town.qian):
                found = actions.vote(found, answer="for", reason="同意", by=who, at=at)
            return found
        case "deciding":
            return actions.consent(found, decision="同意", by=town.wu, at=at)
        case "noticed":
            assert found.notice_ends_on is not None
            actions.end_notices(today=date(2027, 1, 1), at=at)
            return Proposal.objects.get(pk=found.pk)
        case "adopted":
            edition = actions.draft_edition(
                found.county, in_force_on=date(2026, 12, 1), document="文〔2026〕1号", by=town.wu, at=at
            )
            actions.publish_edition(edition, by=town.wu, at=at)
            return Proposal.objects.get(pk=found.pk)
    raise AssertionError(found.status)


def refusal_of(kind: type[RefusalT], act: Callable[..., object], *given: Any, **named: Any) -> RefusalT:
    """The refusal that an act raises; what it had written is rolled back, as in a view."""
    with pytest.raises(kind) as caught, transaction.atomic():
        act(*given, **named)
    return caught.value


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are read on the town's Monday."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def as_(town: Town, name: str) -> Client:
    """The browser of one of the cast."""
    client = Client()
    client.force_login(getattr(town, name))
    return client


def text_of(answer: Any) -> str:
    """What a page says."""
    found: str = answer.content.decode()
    return found
