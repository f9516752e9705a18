"""Who may knock at the addresses of plans, filings, sector grids and rules."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare
from plans.forms.plans import FORMS

SEEN = by_rule("plans.visibility.plan_in_sight")
SAID = by_rule("plans.policies.WHO_MAY")
DRAWN = by_rule("plans.policies.require_place")
KEPT = by_rule("plans.views.frame.counties_watched")
OFFICES = by_rule("plans.views.frame.tabs_for")

declare(
    "plans",
    {
        **dict.fromkeys(FORMS, SAID),
        **dict.fromkeys(("plans", "plan", "map", "export_plan"), SEEN),
        **dict.fromkeys(("new", "edit"), SAID),
        **dict.fromkeys(("change", "import", "import_confirm", "import_discard", "import_system"), DRAWN),
        **dict.fromkeys(("import_example", "import_job", "import_progress", "import_faults"), SEEN),
        **dict.fromkeys(("filings", "norm_new", "code_rule_new"), KEPT),
        **dict.fromkeys(("sector_grid_new", "sector_grid_merge", "sector_grid_keep"), KEPT),
        **dict.fromkeys(("division_found", "division_change"), KEPT),
        **dict.fromkeys(("sector_grids", "divisions", "grid_rules"), OFFICES),
        "export_register": by_rule("personnel.scopes.authority_of"),
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
