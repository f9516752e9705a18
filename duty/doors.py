"""Who may open the addresses of duty rosters."""

from __future__ import annotations

from common.web.doors import by_rule, declare

SHIFTS = "duty.querysets.ShiftQuerySet"
BODIES = "duty.querysets.bodies_seen_by"

declare(
    "duty",
    {
        **dict.fromkeys(("rosters", "now"), by_rule("duty.policies.ROSTERS")),
        "roster": by_rule(BODIES),
        "enter": by_rule(BODIES, "duty.policies.KEEP"),
        **dict.fromkeys(("hand_over_duty", "take_off_roster"), by_rule(SHIFTS, "duty.policies.WHO_MAY")),
    },
)
