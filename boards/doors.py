"""Who may open the addresses of boards."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare

BOARDS = "boards.querysets.BoardQuerySet"
SEEN = by_rule(BOARDS)

declare(
    "boards",
    {
        **dict.fromkeys(("boards", "board", "print", "photo"), SEEN),
        **dict.fromkeys(("post", "check", "take_down"), by_rule(BOARDS, "boards.policies.WHO_MAY")),
    },
)
allow_body("boards", {"post": 12 * MEGABYTE})
