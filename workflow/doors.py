"""Who may open the addresses of cases."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare, public
from workflow.share_verbs import SHARE_VERBS
from workflow.share_verbs import WITH_PHOTOS as SHARES_WITH_PHOTOS
from workflow.verbs import CASE_VERBS, WITH_PHOTOS

CASES, REPORTING = "workflow.querysets.may_see", "workflow.report_choices.REPORTING"
NOW = "workflow.querysets.sees_now"  # the lists of what waits hold nothing that has moved on to others
SEEN, SEEN_THEN_RUN = by_rule(CASES), by_rule(CASES, "workflow.policies.WHO_MAY")
SHARE_SEEN_THEN_RUN = by_rule(CASES, "workflow.share_policies.SHARE_RULES")

declare(
    "workflow",
    {
        **dict.fromkeys(CASE_VERBS, SEEN_THEN_RUN),
        **dict.fromkeys(SHARE_VERBS, SHARE_SEEN_THEN_RUN),
        **{f"desk_{verb}": SEEN_THEN_RUN for verb in CASE_VERBS},
        **dict.fromkeys(
            (
                *("case", "preview", "presence", "photo", "small_photo", "similar", "dots"),
                "search",
            ),
            SEEN,
        ),
        "mine": by_rule(NOW),
        **dict.fromkeys(("desk", "counts", "save_view"), by_rule("workflow.policies.DESK")),
        "remove_view": by_rule("workflow.saved_views.views_for"),
        **dict.fromkeys(
            ("phrases", "offered_phrases", "remove_phrase"), by_rule("workflow.phrases.phrases_of")
        ),
        **dict.fromkeys(("tray", "tray_counts", "day_report"), by_rule("workflow.policies.TRAY")),
        "village": by_rule("workflow.queues.queues_of", NOW),
        "list": by_rule("workflow.territory.widest_place", "workflow.territory.may_look_into", CASES),
        "many": SEEN_THEN_RUN,
        "register": by_rule("workflow.report_choices.REGISTERING"),
        "report": by_rule(REPORTING),
        "unlisted": by_rule("matters.entrances.UNLISTED"),
        "body_cases": by_rule("personnel.visibility.body_in_sight"),
        **dict.fromkeys(("resident", "find"), public("the resident's own code is the key")),
    },
)
declare(
    "api",
    {
        **dict.fromkeys(CASE_VERBS, SEEN_THEN_RUN),
        **dict.fromkeys(SHARE_VERBS, SHARE_SEEN_THEN_RUN),
        **dict.fromkeys(("case", "events"), SEEN),
        "cases": by_rule(NOW, "workflow.policies.require_reporter"),
        "photos": by_rule("workflow.policies.require_photographer"),
        "suggest": by_rule("workflow.report_choices.reportable_grids"),
        **dict.fromkeys(
            ("hand_in_report", "hand_in_photo"),
            public("Art. 10, 18: the phone of a closed account; its former binding is the key (KeptPhone)"),
        ),
    },
)

NINE_PHOTOS = 90 * MEGABYTE  # in either of two fields; the application says which one is too large
TAKING_PHOTOS = (
    "report",
    "register",
    *WITH_PHOTOS,
    *SHARES_WITH_PHOTOS,
    *(f"desk_{verb}" for verb in WITH_PHOTOS),
)
allow_body("workflow", dict.fromkeys(TAKING_PHOTOS, NINE_PHOTOS))
allow_body("api", dict.fromkeys(("photos", "hand_in_photo"), 12 * MEGABYTE))
