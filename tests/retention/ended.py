"""Rows that ended so long ago that their retention time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from conduct import actions as conduct
from conduct.models import Complaint
from tests.cases import case_in
from tests.town import MONDAY, Town
from workflow import actions
from workflow.models import Case

LATER = MONDAY + timedelta(days=5 * 365)
RESIDENT = {
    "contact_name": "金丝雀居民",
    "contact_phone": "19755550002",
    "contact_address": "金丝雀巷乙二号",
}
IDENTITY = "11010519491231002X"


def closed(town: Town, *, at: datetime = MONDAY, **fields: Any) -> Case:
    """A case that went through the usual steps, was verified and rated."""
    case = case_in("awaiting_verification", town, at=at, **fields)
    case = actions.pass_check(case, by=town.chen, at=at + timedelta(hours=2))
    if case.status == "awaiting_rating":
        case = actions.rate_case(case, rating="satisfied", by=town.chen, at=at + timedelta(hours=3))
    assert case.ended_at is not None
    return case


def decided(town: Town, **fields: Any) -> tuple[Complaint, str]:
    """A complaint about Chen that was heard and substantiated, and its code."""
    draft = conduct.ComplaintDraft(
        **{
            "grid": town.grid,
            "kind": "rude",
            "text": "金丝雀投诉人说：他打 19755550003 骂人。",
            "person": town.chen,
            "contact_name": "金丝雀投诉人",
            "contact_phone": "19755550003",
            **fields,
        }
    )
    complaint, code = conduct.complain(draft, source="public", at=MONDAY)
    complaint = conduct.take_up(complaint, by=town.tang, at=MONDAY)
    complaint = conduct.hear(complaint, by=town.tang, at=MONDAY)
    complaint = conduct.answer(complaint, statement="金丝雀投诉人先骂的我。", by=town.chen, at=MONDAY)
    return (
        conduct.decide(
            complaint, finding="partly", effect="remind", answer="已提醒谈话。", by=town.tang, at=MONDAY
        ),
        code,
    )
