"""Reads the seed catalogue of 83 matters. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from matters.content import DATA_ITEMS, ON_THE_SPOT, MatterContent, Question
from personnel.posts import FIRST_DAY

# The numeral of each category in Art. 15, the legal basis of every seed matter.
ITEMS = "一二三四五六七八"


@dataclass(frozen=True)
class SeedMatter:
    """One line of the catalogue: the code and the content of the matter."""

    code: str
    content: MatterContent


def read_matters(lines: Iterable[str]) -> Iterator[SeedMatter]:
    """Yields the catalogue's lines. Raises ValueError with the line that cannot be read."""
    for number, row in enumerate(csv.DictReader(lines), start=2):
        try:
            yield SeedMatter(row["code"], _content(row))
        except (KeyError, ValueError, InvalidOperation) as error:
            raise ValueError(f"第 {number} 行无法识别：{row}") from error


def _content(row: dict[str, str]) -> MatterContent:
    category = int(row["category"])
    return MatterContent(
        name=row["name"],
        category=category,
        kind=row["kind"],
        severity=int(row["severity"]),
        description=row["description"],
        synonyms=_words(row["synonyms"]),
        examples=_words(row["examples"]),
        lead_functions=[name.removeprefix("unit:") for name in _words(row["lead_departments"])],
        closes_on_spot=_known(row["closes_on_spot"], ON_THE_SPOT),
        first_amount=_amount(row["first_limit"]),
        first_unit=row["first_limit_unit"],
        finish_amount=_amount(row["finish_limit"]),
        finish_unit=row["finish_limit_unit"],
        photo_before=row["photo_before"] == "1",
        evidence_required=row["evidence_required"] == "1",
        place_required=row["place_required"] == "1",
        witness_required=row["witness_required"] == "1",
        questions=[question_of(row["question"])] if row["question"] else [],
        confidential=row["confidential"] == "1",
        basis=f"《濮阳市基层网格化服务管理条例》第十五条第（{ITEMS[category - 1]}）项",
        basis_on=FIRST_DAY,
        times_per_month=Decimal(row["times_per_month"]),
        minutes_each=int(row["minutes_each"]),
        collects=[_known(key, DATA_ITEMS) for key in _words(row["collects"])],
    )


def _words(text: str) -> list[str]:
    return [word for word in text.split(";") if word]


def _amount(text: str) -> int | None:
    return int(text) if text else None


def _known(key: str, known: dict[str, str]) -> str:
    if key not in known:
        raise ValueError(key)
    return key


def question_of(text: str) -> Question:
    """Returns ``key|label|type|required|choice/choice`` as a question of a matter."""
    key, label, kind, required, choices = text.split("|")
    return {
        "key": key,
        "label": label,
        "type": kind,
        "required": required == "1",
        "choices": [choice for choice in choices.split("/") if choice],
    }
