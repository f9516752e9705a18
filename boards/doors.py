"""Who may open the addresses of boards."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare

SEEN = by_rule("boards.querysets.BoardQuerySet")

declare(
    "boards",
    {
        **dict.fromkeys(("boards", "board", "print", "photo"), SEEN),
        **dict.fromkeys(("post", "check", "take_down"), by_rule("boards.policies.WHO_MAY")),
    },
)
allow_body("boards", {"post": 12 * MEGABYTE})
