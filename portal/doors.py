"""Who may knock at the home, the register and the public pages."""

from __future__ import annotations

from common.doors import by_rule, declare, own, public

POSTED = by_rule("portal.register.require_post")

declare(
    "portal",
    {
        **dict.fromkeys(("home", "menu", "feedback"), own()),
        **dict.fromkeys(("inbox", "read_all", "message"), by_rule("portal.inbox.messages_for")),
        "overview": by_rule("portal.sight.OVERVIEW"),
        "map": by_rule("portal.sight.MAP"),
        **dict.fromkeys(("register", "grid", "grid_at"), POSTED),
        **dict.fromkeys(("help", "text_size"), public("before signing in too")),
        **dict.fromkeys(("public", "public_place", "public_grid"), public("Art. 13")),
        **dict.fromkeys(("public_plans", "public_plan"), public("Art. 7")),
        **dict.fromkeys(("public_lists", "public_list", "public_edition"), public("Art. 14")),
        **dict.fromkeys(("short", "public_text_size"), public("what stands on paper; no person is named")),
        "components": public("the developers' page; only in demo mode or for staff"),
    },
)
declare(
    "api",
    {
        **dict.fromkeys(("grid", "grid_at"), POSTED),
        **dict.fromkeys(("me", "messages"), own()),
    },
)
