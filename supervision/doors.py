"""Who may open the addresses of supervision orders."""

from __future__ import annotations

from common.web.doors import by_rule, declare

ORDERS = "supervision.querysets.OrderQuerySet"

declare(
    "supervision",
    {
        "orders": by_rule("supervision.policies.ORDERS"),
        **dict.fromkeys(("order", "print"), by_rule(ORDERS)),
        "act": by_rule(ORDERS, "supervision.policies.WHO_MAY"),
        "issue": by_rule("workflow.querysets.may_see", "supervision.policies.ISSUE"),
    },
)
