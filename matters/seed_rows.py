"""Read the seed catalogue of 83 matters. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class SeedMatter:
    """One line of the catalogue, typed; amounts are in the unit beside them."""

    code: str
    category: int
    name: str
    kind: str
    severity: int
    lead_functions: list[str]
    first_amount: int | None
    first_unit: str
    finish_amount: int | None
    finish_unit: str
    evidence_required: bool
    confidential: bool


def read_matters(lines: Iterable[str]) -> Iterator[SeedMatter]:
    """Yield the catalogue's lines; raises ValueError with the line that cannot be read."""
    for number, row in enumerate(csv.DictReader(lines), start=2):
        try:
            yield SeedMatter(
                code=row["code"],
                category=int(row["category"]),
                name=row["name"],
                kind=row["kind"],
                severity=int(row["severity"]),
                lead_functions=[
                    name.removeprefix("unit:") for name in row["lead_departments"].split(";") if name
                ],
                first_amount=int(row["first_limit"]) if row["first_limit"] else None,
                first_unit=row["first_limit_unit"],
                finish_amount=int(row["finish_limit"]) if row["finish_limit"] else None,
                finish_unit=row["finish_limit_unit"],
                evidence_required=row["evidence_required"] == "1",
                confidential=row["confidential"] == "1",
            )
        except (KeyError, ValueError) as error:
            raise ValueError(f"第 {number} 行无法识别：{row}") from error
