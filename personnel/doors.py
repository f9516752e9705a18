"""Who may open the addresses of people, posts and bodies."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare

MANAGERS, RULES = "personnel.policies.MANAGERS", "personnel.policies.WHO_MAY"
BODY_SEEN, POST_SEEN = "personnel.visibility.body_in_sight", "personnel.visibility.post_managed"
PERSON_SEEN = "personnel.visibility.person_guarded"

declare(
    "personnel",
    {
        **dict.fromkeys(("staffing", "people", "devices", "organizations"), by_rule(MANAGERS)),
        "find_people": by_rule(MANAGERS, "personnel.visibility.people_managed"),
        **dict.fromkeys(("import", "import_template"), by_rule(MANAGERS)),
        **dict.fromkeys(
            ("roster", "roster_faults", "roster_confirm", "roster_discard"),
            by_rule("personnel.visibility.roster_in_sight"),
        ),
        **dict.fromkeys(
            ("post_requests", "post_request_say"), by_rule("personnel.visibility.post_requests_in_sight")
        ),
        "person": by_rule("personnel.visibility.person_in_sight"),
        **dict.fromkeys(("account", "unbind"), by_rule(PERSON_SEEN, "personnel.account_rules.ACCOUNT_VERBS")),
        "organization": by_rule(BODY_SEEN),
        **dict.fromkeys(("enrol", "appoint", "name_for_vacancy", "found"), by_rule(MANAGERS, RULES)),
        "stand_in": by_rule(MANAGERS, POST_SEEN, RULES),
        **dict.fromkeys(("relieve", "transfer"), by_rule(POST_SEEN, RULES)),
        **dict.fromkeys(("relieve_office", "appoint_office"), by_rule(RULES)),
        **dict.fromkeys(("change", "merge_body", "close_body"), by_rule(BODY_SEEN, RULES)),
    },
)
allow_body("personnel", {"import": 12 * MEGABYTE})
