"""`docs/life-of-a-case.md`: who has a case in each status and where each verb leads, written from the state tables."""

from __future__ import annotations

from collections.abc import Collection

from common.records.moves import MoveTable
from puyang_grid.addresses import BASE_DIR
from supervision.states import ORDER_MOVES
from workflow.share_states import SHARE_MOVES, SHARE_STATUSES
from workflow.states import CASE_MOVES, CLOCKS, HOLDERS, OPEN, STATUSES, SYSTEM_VERBS, VERBS

PAGE = BASE_DIR / "docs" / "life-of-a-case.md"
HEAD = """# The life of a case

Written by `make life` from `workflow/states.py`; a test keeps it so. The database guards the same edges. A verb in
*italics* is run by the clock. `undo` leads back along what can be undone and is left out of the picture, as are `void`,
which ends any open case, and what moves nothing.
"""
SHARE = """## The share of an assisting unit

From `workflow/share_states.py`. The result of the case waits for every share that is not over. The end of the case or
of a conference releases what is open.
"""
ORDER = """## A supervision order

From `supervision/states.py`. An unanswered order climbs to the level above, where it stands as it stood.
"""
LEFT_OUT = ("undo", "void")


def edges(moves: MoveTable, left_out: Collection[str] = ()) -> dict[tuple[str, str], list[str]]:
    """Which verbs lead from one status to another."""
    found: dict[tuple[str, str], list[str]] = {}
    for move in moves.moves.values():
        for edge in move.edges() if move.verb not in left_out else ():
            found.setdefault(edge, []).append(move.verb)
    return found


def picture(moves: MoveTable, statuses: Collection[str], left_out: Collection[str] = ()) -> str:
    """The states and moves of a table in Mermaid."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{moves.labels[status]}" as {status}' for status in statuses]
    for (source, target), verbs in sorted(edges(moves, left_out).items()):
        words = " · ".join(moves.verbs[verb] for verb in sorted(verbs))
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
    case = f"{HEAD}\n{picture(CASE_MOVES, STATUSES, LEFT_OUT)}\n\n{table()}\n"
    of_share = [status for status in SHARE_STATUSES if status != "invited"]
    share = f"{SHARE}\n{picture(SHARE_MOVES, of_share)}\n"
    return f"{case}\n{share}\n{ORDER}\n{picture(ORDER_MOVES, ORDER_MOVES.labels)}\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
