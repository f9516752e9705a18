"""Who may open the public pages: everybody."""

from __future__ import annotations

from common.web.doors import declare, public

declare(
    "public",
    {
        **dict.fromkeys(("home", "place", "grid", "tell", "complain"), public("Art. 13")),
        **dict.fromkeys(("plans", "plan"), public("Art. 7")),
        **dict.fromkeys(("lists", "list", "edition"), public("Art. 14")),
        **dict.fromkeys(("short", "text_size"), public("what stands on paper; no person is named")),
    },
)
