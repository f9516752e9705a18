"""What the chain of a notice board protects: every edition and every place where it hangs (Art. 13, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

BOARD = ("grid_id", "status", "edition", "digest", "changed_on", "due_at", "explanation")
EDITION = ("number", "content", "made_at")
PLACE = (
    "uid",
    "place",
    "edition",
    "photo",
    "posted_at",
    "posted_by_id",
    "checked_at",
    "condition",
    "removed_at",
)
CHECK = ("posted_id", "at", "by_id", "condition", "note")
NORM = ("renewal_working_days", "check_days", "effective_on", "document")
OF_BOARD = "t.board_id = s.id"

register(
    Witness(
        "board",
        (
            (
                Rows("boards_noticeboard", BOARD),
                Rows("boards_boardedition", EDITION, OF_BOARD),
                Rows("boards_postedboard", PLACE, OF_BOARD),
                Rows(
                    "boards_boardcheck",
                    CHECK,
                    "t.posted_id = ANY(ARRAY(SELECT id FROM boards_postedboard WHERE board_id = s.id))",
                ),
            ),
        ),
        every="SELECT id FROM boards_noticeboard",
    )
)
register(Witness("board_norms", ((Rows("boards_boardnorm", NORM, "true"),),), is_founded=True))
