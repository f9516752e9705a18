"""Bring a case to where a test begins, through the real verbs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from PIL import Image

from accounts.models import User
from common.errors import Refusal
from personnel.models import Organization
from tests.town import MONDAY, Town
from workflow import actions
from workflow.models import Case
from workflow.suggestions import suggest_unit
from worktime.clocks import day_of

STEP = timedelta(minutes=10)
NOON = MONDAY + timedelta(hours=3)


@contextmanager
def refused(kind: type[Refusal]) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """Expect a refusal; what the action had written is rolled back, as in a view."""
    with pytest.raises(kind) as caught, transaction.atomic():
        yield caught


def photo(by: User, *, kind: str = "result", at: datetime = MONDAY) -> UUID:
    """An uploaded picture."""
    written = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 90)).save(written, "JPEG")
    size = written.tell()
    written.seek(0)
    return actions.take_photo(written, size=size, kind=kind, by=by, at=at).uid


def evidence_for(case: Case, by: User) -> list[UUID]:
    """The photo that the list demands, if it does."""
    return [photo(by)] if case.matter and case.matter.evidence_required else []


def reported(town: Town, *, at: datetime = MONDAY, by: str = "chen", **fields: Any) -> Case:
    """A case just reported by a worker."""
    return actions.report_case(
        actions.ReportDraft(**town.report_payload(**fields)), by=getattr(town, by), at=at
    )


def ground_for(case: Case, unit: Organization) -> str:
    """Empty for the suggested unit, a reason for any other."""
    suggestion = suggest_unit(case)
    return "" if suggestion is None or suggestion.unit == unit else "现场归其管理"


Verb = Callable[[Case, Town, datetime], Case]
PATH: dict[str, Verb] = {
    "take_up": lambda case, town, at: actions.take_up_case(case, by=town.wang, at=at),
    "send_up": lambda case, town, at: actions.send_up_case(case, note="社区办不了", by=town.wang, at=at),
    "accept": lambda case, town, at: actions.accept_case(case, by=town.zhao, at=at),
    "assign": lambda case, town, at: actions.assign_case(
        case, unit=town.chengguan, reason=ground_for(case, town.chengguan), by=town.zhao, at=at
    ),
    "sign": lambda case, town, at: actions.sign_case(case, by=town.sun, at=at),
    "feed_back": lambda case, town, at: actions.feed_back_case(
        case, result="已清理", photos=evidence_for(case, town.sun), by=town.sun, at=at
    ),
}
STATUS_AFTER = {
    "awaiting_leader": 0,
    "coordinating": 1,
    "awaiting_acceptance": 2,
    "awaiting_assignment": 3,
    "awaiting_signature": 4,
    "in_hand": 5,
    "awaiting_verification": 6,
}


def case_in(status: str, town: Town, *, at: datetime = MONDAY, **fields: Any) -> Case:
    """A case brought to ``status`` by the usual verbs, ten minutes a step.

    An urgent or confidential case goes to the township at once and has no stage in the grid.
    """
    case = reported(town, at=at, **fields)
    for number, verb in enumerate(list(PATH)[: STATUS_AFTER[status]], start=1):
        if not (verb in ("take_up", "send_up") and case.status == "awaiting_acceptance"):
            case = PATH[verb](case, town, at + number * STEP)
    return case


def _returned_twice(town: Town) -> Case:
    case = actions.hand_back_case(case_in("awaiting_signature", town), note="不归我", by=town.sun, at=NOON)
    case = actions.reject_return(case, note="清单主办", by=town.zhao, at=NOON)
    return actions.hand_back_case(case, note="仍不归我", by=town.sun, at=NOON)


def _waiting_for_the_county(town: Town) -> Case:
    day = day_of(NOON) + timedelta(days=30)
    return actions.ask_shelving(
        case_in("in_hand", town), ground="season", review_on=day, note="冬季", by=town.sun, at=NOON
    )


REACHED: dict[str, Callable[[Town], Case]] = {
    "self_handling": lambda town: reported(town, outcome="handling"),
    "returned_for_correction": lambda town: actions.return_for_correction(
        case_in("awaiting_leader", town), note="哪栋楼", by=town.wang, at=NOON
    ),
    "return_review": lambda town: actions.hand_back_case(
        case_in("awaiting_signature", town), note="不归我", by=town.sun, at=NOON
    ),
    "conference": _returned_twice,
    "extension_review": lambda town: actions.ask_extension(
        case_in("in_hand", town), amount=1, note="备件未到", by=town.sun, at=NOON
    ),
    "shelving_review": _waiting_for_the_county,
    "shelved": lambda town: actions.grant_shelving(_waiting_for_the_county(town), by=town.hua, at=NOON),
    "rework": lambda town: actions.fail_check(
        case_in("awaiting_verification", town), note="还在", by=town.chen, at=NOON
    ),
    "awaiting_rating": lambda town: actions.pass_check(
        case_in("awaiting_verification", town, for_resident=True), by=town.chen, at=NOON
    ),
}
"""How a case comes to each open status that the usual path does not pass."""


def case_at(status: str, town: Town) -> Case:
    """A case in any open status."""
    return REACHED[status](town) if status in REACHED else case_in(status, town)
