"""Who may open the home and the pages around it."""

from __future__ import annotations

from common.web.doors import by_rule, declare, own, own_or_public, public

declare(
    "frame",
    {
        "home": own_or_public("without a session it is the first page of the public"),
        **dict.fromkeys(("menu", "feedback"), own()),
        **dict.fromkeys(("inbox", "read_all", "message"), by_rule("frame.inbox.messages_for")),
        "overview": by_rule("frame.entrances.OVERVIEW"),
        "map": by_rule("frame.entrances.MAP"),
        **dict.fromkeys(("calendar", "limits"), by_rule("frame.entrances.CALENDAR")),
        **dict.fromkeys(
            ("enter_calendar", "change_hours", "change_limit"), by_rule("frame.entrances.CALENDAR_KEEPERS")
        ),
        "replan": by_rule("workflow.policies.REPLANNERS"),
        **dict.fromkeys(("suggestions", "answer_suggestion"), by_rule("frame.entrances.SUGGESTIONS")),
        **dict.fromkeys(("help", "text_size"), public("before signing in too")),
    },
)
declare("api", dict.fromkeys(("me", "messages"), own()))
