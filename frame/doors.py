"""Who may open the home and the pages around it."""

from __future__ import annotations

from common.web.doors import by_rule, declare, own, public

declare(
    "frame",
    {
        **dict.fromkeys(("home", "menu", "feedback"), own()),
        **dict.fromkeys(("inbox", "read_all", "message"), by_rule("frame.inbox.messages_for")),
        "overview": by_rule("frame.entrances.OVERVIEW"),
        "map": by_rule("frame.entrances.MAP"),
        **dict.fromkeys(("help", "text_size"), public("before signing in too")),
    },
)
declare("api", dict.fromkeys(("me", "messages"), own()))
