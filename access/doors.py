"""Who may open the addresses of access."""

from __future__ import annotations

from common.web.doors import by_rule, declare, own

declare(
    "access",
    {
        **dict.fromkeys(("mine", "looks_at_me"), own()),
        "looks": by_rule("access.entrances.LOOKS"),
        "grants": by_rule("access.querysets.GrantRequestQuerySet"),
        "grant_ask": by_rule("access.entrances.ASKING"),
        "grant_say": by_rule("access.querysets.GrantRequestQuerySet", "access.policies.WHO_MAY"),
        "reveal": by_rule("access.subjects.find"),
    },
)
