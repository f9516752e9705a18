"""Who may knock at the addresses of access."""

from __future__ import annotations

from common.doors import by_rule, declare, own

declare(
    "access",
    {
        **dict.fromkeys(("mine", "looks_at_me"), own()),
        "looks": by_rule("access.sight.LOOKS"),
        "grants": by_rule("access.policies.WHO_MAY"),
        "grant_ask": by_rule("access.sight.ASKING"),
        "grant_say": by_rule("access.policies.WHO_MAY"),
        "reveal": by_rule("access.subjects.find"),
    },
)
