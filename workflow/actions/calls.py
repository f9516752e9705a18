"""The table from a verb's key and its cleaned input to the action. The pages and the API share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from workflow import actions
from workflow.actions.correction import Correction
from workflow.models import Case

Input = Mapping[str, Any]
Call = Callable[[Case, Input, User, datetime], Case]


def _resubmit(case: Case, said: Input, by: User, at: datetime) -> Case:
    correction = Correction(
        matter_id=said.get("matter"),
        description=said.get("description"),
        place=said.get("place"),
        note=said.get("note", ""),
    )
    return actions.resubmit_case(case, correction=correction, by=by, at=at)


def _with_note(action: Callable[..., Case]) -> Call:
    return lambda case, said, by, at: action(case, note=said.get("note", ""), by=by, at=at)


def _with_result(action: Callable[..., Case]) -> Call:
    return lambda case, said, by, at: action(
        case, result=said["result"], photos=said.get("photos", ()), by=by, at=at
    )


def _with_unit(action: Callable[..., Case]) -> Call:
    return lambda case, said, by, at: action(
        case, unit=said["unit"], reason=said.get("reason", ""), by=by, at=at
    )


def _bare(action: Callable[..., Case]) -> Call:
    return lambda case, said, by, at: action(case, by=by, at=at)


CALLS: dict[str, Call] = {
    "settle": _with_result(actions.settle_case),
    "pass_to_leader": _with_note(actions.pass_to_leader),
    "take_up": _bare(actions.take_up_case),
    "send_up": _with_note(actions.send_up_case),
    "return_for_correction": _with_note(actions.return_for_correction),
    "resubmit": _resubmit,
    "withdraw": _with_note(actions.withdraw_case),
    "accept": _bare(actions.accept_case),
    "refuse": _with_note(actions.refuse_case),
    "escalate": _with_note(actions.escalate_case),
    "assign": lambda case, said, by, at: (
        actions.accept_and_assign if case.status == "awaiting_acceptance" else actions.assign_case
    )(case, unit=said["unit"], reason=said.get("reason", ""), by=by, at=at),
    "undo": _bare(actions.undo_last),
    "sign": _bare(actions.sign_case),
    "hand_back": _with_note(actions.hand_back_case),
    "uphold_return": _with_unit(actions.uphold_return),
    "reject_return": _with_note(actions.reject_return),
    "feed_back": _with_result(actions.feed_back_case),
    "pass_check": _with_note(actions.pass_check),
    "fail_check": _with_note(actions.fail_check),
    "rate": lambda case, said, by, at: actions.rate_case(
        case, rating=said["rating"], note=said.get("note", ""), by=by, at=at
    ),
    "void": _with_note(actions.void_case),
    "merge": lambda case, said, by, at: actions.merge_case(case, into=said["into"], by=by, at=at),
}


def say(verb: str, case: Case, said: Input, *, by: User, at: datetime) -> Case:
    """Runs the action for ``verb`` on ``case`` with its cleaned input. Raises whatever the action raises."""
    return CALLS[verb](case, said, by, at)
