"""The table "should have / did"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from demo.simulation.calculator import datetime_of


@dataclass
class Row:
    """One rule of the table."""

    rule: str
    should: int = 0
    did: int = 0
    missing: int = 0
    doubled: int = 0
    early: int = 0
    late: int = 0  # later than the first wake-up that could do it
    latest: timedelta = timedelta()

    @property
    def faults(self) -> int:
        """How much is wrong."""
        return self.missing + self.doubled + self.early + self.late


@dataclass
class Table:
    """All rules, what is wrong in words, and what the run was."""

    rows: dict[str, Row] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    cases: int = 0
    case_days: float = 0.0
    effects: int = 0
    orders: int = 0
    replanned: int = 0
    digest: str = ""

    def row(self, rule: str) -> Row:
        """The row of a rule."""
        return self.rows.setdefault(rule, Row(rule))

    def settle(
        self,
        rule: str,
        about: str,
        *,
        moment: int,
        wake: int | None,
        did: Sequence[int],
        planned: int | None = None,
        since: int | None = None,
    ) -> None:
        """Compare what one debt demanded with what was done; ``planned`` is when the platform thought it was due."""
        row, before = self.row(rule), self.row(rule).faults
        if wake is None and not did:
            return
        row.should += 1
        row.did += len(did)
        row.missing += not did
        row.doubled += max(len(did) - 1, 0)
        if did:
            first = min(did)
            row.early += first < moment or (planned is not None and planned < moment)
            row.late += (wake is not None and first > wake) or (planned is not None and planned > moment)
            row.latest = max(row.latest, timedelta(microseconds=first - (since or moment)))
        if row.faults > before:
            done = [f"{datetime_of(one):%Y-%m-%d %H:%M:%S}" for one in did]
            woke = f"{datetime_of(wake):%Y-%m-%d %H:%M:%S}" if wake is not None else "-"
            thought = f", planned {datetime_of(planned)}" if planned is not None else ""
            self.faults.append(
                f"{rule} {about}: due {datetime_of(moment)}, first wake-up {woke}, did {done}{thought}"
            )

    def unasked(self, rule: str, about: str, count: int = 1) -> None:
        """Something was done that nothing demanded: it came before its time, which never came."""
        row = self.row(rule)
        row.did += count
        row.early += count
        self.faults.append(f"{rule} {about}: done, and never due")
