"""Answers to a matter's own questions: typed, few, checked against the list (Art. 14). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from common.days import day_in
from common.errors import RuleViolation
from common.typed import code_in

LONGEST = 200


def checked_answers(
    questions: Sequence[Mapping[str, Any]], given: Mapping[str, str], *, may_be_missing: bool
) -> list[list[str]]:
    """Returns (label, answer) for every answered question. Raises RuleViolation with a sentence.

    ``may_be_missing``: an emergency is never held up by a missing answer.
    """
    found = []
    for question in questions:
        text = str(given.get(question["key"], "")).strip()
        if not text:
            if question.get("required") and not may_be_missing:
                raise RuleViolation(f"请填写“{question['label']}”。", field="answers")
            continue
        found.append([question["label"], _read(question, text)])
    return found


def _read(question: Mapping[str, Any], text: str) -> str:
    label, kind = question["label"], question["type"]
    if len(text) > LONGEST:
        raise RuleViolation(f"“{label}”最多 {LONGEST} 字。", field="answers")
    if kind == "number":
        try:
            number = Decimal(code_in(text))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) >= 10**9:
            raise RuleViolation(f"“{label}”应填数字。", field="answers")
        return f"{number.normalize():f}"
    if kind == "date":
        try:
            return day_in(text).isoformat()
        except ValueError as error:
            raise RuleViolation(f"“{label}”：{error}", field="answers") from None
    choices = ("是", "否") if kind == "yes_no" else question.get("choices", ())
    if kind in ("yes_no", "choice") and text not in choices:
        raise RuleViolation(f"“{label}”请从{'、'.join(choices)}里选。", field="answers")
    return text
