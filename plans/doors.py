"""Access rules for the addresses of plans, filings, sector grids and rules."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare
from plans.forms.plans import FORMS

PLANS, RULES = "plans.querysets.GridPlanQuerySet", "plans.policies.WHO_MAY"
SEEN, SEEN_THEN_RUN = by_rule(PLANS), by_rule(PLANS, RULES)
DRAWN = by_rule(PLANS, RULES, "plans.policies.require_place")
SECTORS, KEPT = "plans.entrances.SECTORS", "plans.policies.require_sector_keeper"

declare(
    "plans",
    {
        **dict.fromkeys(FORMS, SEEN_THEN_RUN),
        **dict.fromkeys(("plans", "plan", "map", "export_plan", "import_example"), SEEN),
        "new": by_rule("plans.entrances.DRAFTING"),
        **dict.fromkeys(("edit", "import", "import_job", "import_progress", "import_faults"), SEEN_THEN_RUN),
        **dict.fromkeys(("import_confirm", "import_discard", "import_system"), SEEN_THEN_RUN),
        "change": DRAWN,
        "filings": by_rule("plans.entrances.FILINGS"),
        "norm_new": by_rule("plans.entrances.NORMS"),
        "code_rule_new": by_rule("plans.policies.require_city"),
        "sector_grids": by_rule(SECTORS),
        "sector_grid_new": by_rule("plans.entrances.MERGING"),
        **dict.fromkeys(("sector_grid_merge", "sector_grid_keep"), by_rule(SECTORS, KEPT)),
        "divisions": by_rule("plans.entrances.DIVISIONS"),
        **dict.fromkeys(
            ("division_found", "division_change"), by_rule("plans.policies.require_divisions_keeper")
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
