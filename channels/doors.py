"""Who may open the addresses of the channels outside."""

from __future__ import annotations

from common.web.doors import by_rule, declare, own

KEEPERS = "channels.policies.KEEPERS"

declare(
    "channels",
    {
        "mine": own(),
        **dict.fromkeys(("gateways", "add", "parked"), by_rule(KEEPERS)),
        **dict.fromkeys(
            ("change_gateway", "switch_on", "switch_off"), by_rule("channels.querysets.GatewayQuerySet")
        ),
    },
)
