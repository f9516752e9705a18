"""Who may open the addresses of re-checks."""

from __future__ import annotations

from common.web.doors import by_rule, declare

DRAWS, ROWS = "rechecks.querysets.DrawQuerySet", "rechecks.querysets.RecheckQuerySet"

declare(
    "rechecks",
    {
        "draws": by_rule("rechecks.policies.RECHECKS"),
        "draw": by_rule("rechecks.policies.RECHECKS"),
        "drawn": by_rule(DRAWS),
        "act": by_rule(ROWS, "rechecks.policies.WHO_MAY"),
    },
)
