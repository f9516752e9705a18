"""Access rules for the addresses of plans, filings, sector grids and rules."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare
from plans.forms.plans import FORMS

SEEN = by_rule("plans.visibility.plan_in_sight")
SAID = by_rule("plans.policies.WHO_MAY")
DRAWN = by_rule("plans.policies.require_place")
CITY = by_rule("plans.actions.norms.require_city")
MERGED = by_rule("plans.entrances.MERGING")

declare(
    "plans",
    {
        **dict.fromkeys(FORMS, SAID),
        **dict.fromkeys(("plans", "plan", "map", "export_plan"), SEEN),
        "new": by_rule("plans.entrances.DRAFTING"),
        "edit": SAID,
        **dict.fromkeys(("change", "import", "import_confirm", "import_discard", "import_system"), DRAWN),
        **dict.fromkeys(("import_example", "import_job", "import_progress", "import_faults"), SEEN),
        "filings": by_rule("plans.entrances.FILINGS"),
        "norm_new": by_rule("plans.entrances.NORMS"),
        "code_rule_new": CITY,
        "sector_grids": by_rule("plans.entrances.SECTORS"),
        **dict.fromkeys(("sector_grid_new", "sector_grid_merge", "sector_grid_keep"), MERGED),
        "divisions": by_rule("plans.entrances.DIVISIONS"),
        **dict.fromkeys(
            ("division_found", "division_change"), by_rule("plans.actions.divisions.require_divisions_keeper")
        ),
        "grid_rules": by_rule("plans.entrances.RULES"),
        "export_register": by_rule("plans.entrances.EXPORT"),
    },
)
declare(
    "api",
    {
        **dict.fromkeys(("plan_map", "plan_register", "plan_findings"), SEEN),
        "plan_change": DRAWN,
    },
)
allow_body("plans", {"import": 40 * MEGABYTE})
allow_body("api", {"plan_change": 4 * MEGABYTE})
