"""Who may open the addresses of cases."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare, public
from workflow.api.serializers import INPUTS
from workflow.forms import FORMS

SEEN = by_rule("workflow.querysets.may_see")
SAID = by_rule("workflow.policies.WHO_MAY")

declare(
    "workflow",
    {
        **dict.fromkeys(FORMS, SAID),
        **{f"desk_{verb}": SAID for verb in FORMS},
        **dict.fromkeys(("case", "preview", "photo", "small_photo", "similar", "list", "mine"), SEEN),
        **dict.fromkeys(("desk", "counts"), by_rule("workflow.policies.DESK")),
        "tray": by_rule("workflow.policies.TRAY"),
        "village": SEEN,
        "many": SAID,
        "register": by_rule("workflow.report_choices.REGISTERING"),
        "report": by_rule("workflow.report_choices.REPORTING"),
        "unlisted": by_rule("matters.entrances.UNLISTED"),
        "body_cases": by_rule("personnel.visibility.body_in_sight"),
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

NINE_PHOTOS = 90 * MEGABYTE  # in either of two fields; the application says which one is too large
WITH_PHOTOS = ("report", "register", "settle", "feed_back", "desk_settle", "desk_feed_back")
allow_body("workflow", dict.fromkeys(WITH_PHOTOS, NINE_PHOTOS))
allow_body("api", {"photos": 12 * MEGABYTE})
