"""`docs/life-of-a-case.md`: who has a case in each status and where each verb leads, written from the state table."""

from __future__ import annotations

from puyang_grid.addresses import BASE_DIR
from workflow.states import CASE_MOVES, CLOCKS, HOLDERS, OPEN, STATUSES, SYSTEM_VERBS, VERBS

PAGE = BASE_DIR / "docs" / "life-of-a-case.md"
HEAD = """# The life of a case

Written by `make life` from `workflow/states.py`; a test keeps it so. The database guards the same edges. A verb in
*italics* is run by the clock. `undo` leads back along what can be undone and is left out of the picture, as are `void`,
which ends any open case, and what moves nothing.
"""
LEFT_OUT = ("undo", "void")


def edges() -> dict[tuple[str, str], list[str]]:
    """Which verbs lead from one status to another."""
    found: dict[tuple[str, str], list[str]] = {}
    for move in CASE_MOVES.moves.values():
        for edge in move.edges() if move.verb not in LEFT_OUT else ():
            found.setdefault(edge, []).append(move.verb)
    return found


def picture() -> str:
    """The states and moves in Mermaid."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{name}" as {status}' for status, name in STATUSES.items()]
    for (source, target), verbs in sorted(edges().items()):
        words = " · ".join(VERBS[verb] for verb in sorted(verbs))
        lines.append(f"    {source or '[*]'} --> {target}: {words}")
    return "\n".join([*lines, "```"])


def table() -> str:
    """A row for each open status: who has it, its clock, and what can be done there."""
    rows = ["| Status | Who has it | Clock | What can be done |", "|---|---|---|---|"]
    for status in OPEN:
        moves = [move for move in CASE_MOVES.moves.values() if status in move.sources and move.verb != "undo"]
        verbs = [f"*{VERBS[m.verb]}*" if m.verb in SYSTEM_VERBS else VERBS[m.verb] for m in moves]
        rows.append(
            f"| {STATUSES[status]} `{status}` | {HOLDERS[status]} | `{CLOCKS[status]}` | {'、'.join(verbs)} |"
        )
    return "\n".join(rows)


def page() -> str:
    """The whole page."""
    return f"{HEAD}\n{picture()}\n\n{table()}\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
