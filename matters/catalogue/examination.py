"""Compares the lines of a workbook with a draft edition: new, changed, the same, or wrong (Art. 14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypedDict

from common.privacy.publishing import why_not_in_name
from exchange.named import Row
from matters import negative
from matters.catalogue.columns import content_in, written
from matters.comparison import changes_between
from matters.content import FREE_TEXTS, MatterContent, content_of, faults_of
from matters.models import Matter, MatterList
from matters.receivers import functions_of, functions_with_staff, why_not_received

Outcome = Literal["new", "changed", "same", "fault"]
STEP_OF_FIELD = {
    f"{step}_{part}": step for step in ("sign", "first", "finish", "check") for part in ("amount", "unit")
}


@dataclass
class Arrival:
    """A compared line: its content, which matter it is, and what it changes in that matter."""

    row: Row
    content: MatterContent | None
    code: str = ""
    before: MatterContent | None = None
    changes: list[list[str]] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """What happens to the line."""
        if self.row.faults or self.content is None:
            return "fault"
        if self.before is None:
            return "new"
        return "changed" if self.changes else "same"


@dataclass(frozen=True)
class Known:
    """What is read about the county for one file, in a fixed number of statements."""

    draft: Mapping[str, MatterContent]
    ended: frozenset[str]
    reviewed: frozenset[tuple[str, str]]
    functions: set[str]
    staffed: set[str]


def examine(rows: Iterable[Row], edition: MatterList) -> list[Arrival]:
    """Compares every line with the draft. Five statements for any number of lines."""
    found = [Arrival(row, content_in(row), row.values.get("code", "")) for row in rows]
    known = _known(edition)
    by_name = {content.name: code for code, content in known.draft.items()}
    for arrival in found:
        if arrival.content is not None:
            _recognise(arrival, known, by_name)
            _check(arrival, arrival.content, edition, known)
    _repeated(found)
    return found


def _known(edition: MatterList) -> Known:
    draft = {row.code: content_of(row) for row in edition.matters.order_by("code")}
    earlier = Matter.objects.filter(edition__county=edition.county, edition__published_at__isnull=False)
    words = frozenset(earlier.values_list("name", "description"))
    codes = frozenset(earlier.values_list("code", flat=True)) - draft.keys()
    return Known(draft, codes, words, functions_of(edition.county), functions_with_staff(edition.county))


def _recognise(arrival: Arrival, known: Known, by_name: Mapping[str, str]) -> None:
    """Finds the matter by its code, otherwise by its name, so that a file without codes can be imported twice."""
    content, row = arrival.content, arrival.row
    assert content is not None
    if not arrival.code:
        arrival.code = by_name.get(content.name, "")
    elif arrival.code in known.ended:
        row.refuse("code", "这个编码属于已退出的事项，不能再用；新事项请不填编码。")
    elif arrival.code not in known.draft:
        row.refuse("code", "清单里没有这个编码；新事项请不填，导入时给编码。")
    elif by_name.get(content.name, arrival.code) != arrival.code:
        row.refuse("name", f"清单里已有同名事项 {by_name[content.name]}，请改名。")
    arrival.before = known.draft.get(arrival.code)
    if arrival.before is not None:
        changes = changes_between(arrival.before, content)
        arrival.changes = [[change.word, change.before, change.after] for change in changes]


def _check(arrival: Arrival, content: MatterContent, edition: MatterList, known: Known) -> None:
    row, before = arrival.row, arrival.before
    for name, sentence in faults_of(content):
        row.refuse(STEP_OF_FIELD.get(name, name), sentence)
    for name in FREE_TEXTS:
        text = getattr(content, name)
        if (before is None or getattr(before, name) != text) and (sentence := why_not_in_name(text)):
            row.refuse(name, f"{sentence}确需公布的走申请，由起草人写明。")
    if content.ends_on is not None and (before is None or before.ends_on != content.ends_on):
        row.refuse("ends_on", "临时准入要走申请，不能用导入设有效期。")
    was = before.lead_functions if before else []
    for function in content.lead_functions[:1]:
        fault = why_not_received(function, edition.county, known=known.functions, staffed=known.staffed)
        if fault and function not in was[:1]:
            row.refuse("lead_functions", fault)
    if content.exception_law or (content.name, content.description) in known.reviewed:
        return
    for finding in negative.findings(content):
        row.refuse(
            "name", f"写有“{finding.found}”：{finding.bar.sentence}另有规定的填例外依据；有疑问的走申请审查。"
        )


def _repeated(found: list[Arrival]) -> None:
    """Refuses lines whose code or name appears twice in the file."""
    seen: dict[tuple[str, str], int] = {}
    for arrival in found:
        marks = [("code", arrival.code, "编码")]
        if arrival.content is not None:
            marks.append(("name", arrival.content.name, "名称"))
        for key, value, word in marks:
            if value and (first := seen.setdefault((key, value), arrival.row.number)) != arrival.row.number:
                arrival.row.refuse(key, f"{word}与第 {first} 行相同。")


class StoredLine(TypedDict):
    """A line as an import stores it; faults are (column, sentence), changes (word, before, after)."""

    row: int
    outcome: str
    code: str
    values: dict[str, str]
    faults: list[list[str]]
    changes: list[list[str]]
    notes: NotRequired[list[str]]  # lines that were stored before there were notes have none


def stored(arrival: Arrival) -> StoredLine:
    """Returns a line in the form in which an import stores it."""
    return {
        "row": arrival.row.number,
        "outcome": arrival.outcome,
        "code": arrival.code,
        "values": arrival.row.values,
        "faults": [list(fault) for fault in arrival.row.faults],
        "changes": arrival.changes,
        "notes": arrival.row.notes,
    }


def row_of(kept: Mapping[str, Any]) -> Row:
    """Returns the line that :func:`stored` stored, as it was read."""
    faults = [(key, sentence) for key, sentence in kept["faults"]]
    return Row(kept["row"], dict(kept["values"]), faults, list(kept.get("notes", ())))


def texts_of(edition: MatterList) -> Iterable[dict[str, str]]:
    """Returns every matter of an edition as the texts of a line."""
    return (written(row.code, content_of(row)) for row in edition.matters.order_by("code"))
