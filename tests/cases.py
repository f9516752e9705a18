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
from tests.town import MONDAY, Town
from workflow import actions
from workflow.models import Case

STEP = timedelta(minutes=10)


@contextmanager
def refused(kind: type[Refusal]) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """Expect a refusal; what the action had begun is rolled back, as at a door."""
    with pytest.raises(kind) as caught, transaction.atomic():
        yield caught


def photo(by: User, *, kind: str = "result", at: datetime = MONDAY) -> UUID:
    """An uploaded picture."""
    written = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 90)).save(written, "JPEG")
    size = written.tell()
    written.seek(0)
    return actions.take_photo(written, size=size, kind=kind, by=by, at=at).uid


def reported(town: Town, *, at: datetime = MONDAY, by: str = "chen", **said: Any) -> Case:
    """A case just reported by a worker."""
    return actions.report_case(actions.ReportDraft(**town.as_said(**said)), by=getattr(town, by), at=at)


Verb = Callable[[Case, Town, datetime], Case]
PATH: dict[str, Verb] = {
    "take_up": lambda case, town, at: actions.take_up_case(case, by=town.wang, at=at),
    "send_up": lambda case, town, at: actions.send_up_case(case, note="社区办不了", by=town.wang, at=at),
    "accept": lambda case, town, at: actions.accept_case(case, by=town.zhao, at=at),
    "assign": lambda case, town, at: actions.assign_case(case, unit=town.chengguan, by=town.zhao, at=at),
    "sign": lambda case, town, at: actions.sign_case(case, by=town.sun, at=at),
    "feed_back": lambda case, town, at: actions.feed_back_case(case, result="已清理", by=town.sun, at=at),
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


def case_in(status: str, town: Town, *, at: datetime = MONDAY, **said: Any) -> Case:
    """A case that has travelled the ordinary road to ``status``, ten minutes a step."""
    case = reported(town, at=at, **said)
    for number, verb in enumerate(list(PATH)[: STATUS_AFTER[status]], start=1):
        case = PATH[verb](case, town, at + number * STEP)
    return case
