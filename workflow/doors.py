"""Who may knock at the addresses of cases."""

from __future__ import annotations

from common.doors import by_rule, declare, public
from workflow.api.serializers import INPUTS
from workflow.forms import FORMS

SEEN = by_rule("workflow.querysets.may_see")
SAID = by_rule("workflow.policies.require")

declare(
    "workflow",
    {
        **dict.fromkeys(FORMS, SAID),
        **{f"desk_{verb}": SAID for verb in FORMS},
        **dict.fromkeys(("case", "preview", "photo", "small_photo", "similar", "tray", "list", "mine"), SEEN),
        **dict.fromkeys(("desk", "counts", "village"), SEEN),
        **dict.fromkeys(("many", "register", "report"), SAID),
        **dict.fromkeys(
            ("relieve", "transfer", "relieve_office", "merge_body", "close_body"),
            by_rule("personnel.policies.require"),
        ),
        "unlisted": by_rule("workflow.querysets.CaseQuerySet"),
        "body_cases": by_rule("personnel.sight.body_in_sight"),
        "grid_counts": by_rule("workflow.territory.may_look_at"),
        "resident": public("the resident's own code is the key"),
    },
)
declare(
    "api",
    {
        **dict.fromkeys(INPUTS, SAID),
        **dict.fromkeys(("cases", "case", "events", "photos"), SEEN),
        "suggest": SAID,
    },
)
