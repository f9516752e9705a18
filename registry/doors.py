"""Who may open the addresses of the register."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare

RECORDS, RULES = "registry.querysets.RecordQuerySet", "registry.policies.WHO_MAY"
ACTIVITIES, ACTS = "registry.querysets.ActivityQuerySet", "registry.policies.ACTIVITY_MAY"

declare(
    "registry",
    {
        "home": by_rule("registry.policies.REGISTER", RECORDS),
        "tasks": by_rule("registry.policies.REGISTER", ACTIVITIES),
        **dict.fromkeys(("import", "import_template"), by_rule("registry.policies.KEEPING")),
        **dict.fromkeys(
            ("people_import", "import_faults", "import_confirm", "import_discard"),
            by_rule("registry.visibility.people_import_in_sight"),
        ),
        "coverage": by_rule("registry.coverage.COVERAGE"),
        "search": by_rule("registry.policies.REGISTER", RECORDS),
        "doubles": by_rule("registry.policies.KEEPING", RECORDS),
        "decide": by_rule(RECORDS, RULES),
        "new": by_rule("registry.policies.KEEPING"),
        "new_task": by_rule("registry.policies.KEEPING"),
        "record": by_rule(RECORDS),
        "collect": by_rule(RECORDS, "registry.policies.CARRY_OUT"),
        "act": by_rule(RECORDS, RULES),
        "part": by_rule("registry.querysets.RelationQuerySet", RULES),
        "activity": by_rule(ACTIVITIES, ACTS),
        "activity_act": by_rule(ACTIVITIES, ACTS),
    },
)
allow_body("registry", {"import": 12 * MEGABYTE})
