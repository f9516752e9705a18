"""The states of a re-check (抽查, Art. 12, 23). Pure."""

from __future__ import annotations

from common.records.moves import Move, MoveTable

STATUSES = {
    "drawn": "待抽查",
    "genuine": "抽查属实",
    "sham": "抽查发现弄虚作假",
    "unclear": "暂时无法核实",
}
OPEN = ("drawn", "unclear")
FINDINGS = ("genuine", "sham", "unclear")
VERBS = {"draw": "抽中", "find": "记录抽查结果"}
RECHECK_MOVES = MoveTable(
    (Move("draw", ("",), ("drawn",)), Move("find", OPEN, FINDINGS)), labels=STATUSES, verbs=VERBS
)

KINDS = {
    "self_handled": "网格员、网格长自己办结的",
    "verified": "责任单位办理、核查通过的",
}
