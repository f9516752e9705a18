"""Who may open the addresses of complaints."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare, own, public

COMPLAINTS = "conduct.querysets.ComplaintQuerySet"
SEEN = by_rule(COMPLAINTS)

declare(
    "conduct",
    {
        "complain": public("Art. 12: anybody may complain, by the board's code and without a name"),
        "received": public("Art. 12: the complainant's own browser holds the code for ten minutes"),
        "progress": public("the complainant's own code is the key"),
        "complaints": by_rule("conduct.policies.OFFICE"),
        **dict.fromkeys(("complaint", "photo"), SEEN),
        "act": by_rule(COMPLAINTS, "conduct.policies.WHO_MAY"),
        **dict.fromkeys(("mine", "speak"), own()),
        "register": by_rule("conduct.policies.registers"),
        "person": by_rule("personnel.visibility.person_in_sight"),
    },
)
allow_body("conduct", {"complain": 30 * MEGABYTE, "register": 30 * MEGABYTE})
