"""Who may open the addresses of people, posts and bodies."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare

SAID = by_rule("personnel.policies.WHO_MAY")
MANAGED = by_rule("personnel.policies.MANAGERS")

declare(
    "personnel",
    {
        **dict.fromkeys(("staffing", "people", "devices", "organizations"), MANAGED),
        **dict.fromkeys(("import", "import_template"), MANAGED),
        **dict.fromkeys(
            ("roster", "roster_faults", "roster_confirm", "roster_discard"),
            by_rule("personnel.views.rosters.roster_in_sight"),
        ),
        **dict.fromkeys(
            ("post_requests", "post_request_say"), by_rule("personnel.visibility.post_requests_in_sight")
        ),
        "person": by_rule("personnel.visibility.person_in_sight"),
        **dict.fromkeys(("account", "unbind"), by_rule("personnel.views.accounts.person_guarded")),
        "organization": by_rule("personnel.visibility.body_in_sight"),
        **dict.fromkeys(("enrol", "appoint", "stand_in", "found", "change", "appoint_office"), SAID),
        **dict.fromkeys(("relieve", "transfer", "relieve_office", "merge_body", "close_body"), SAID),
    },
)
allow_body("personnel", {"import": 12 * MEGABYTE})
