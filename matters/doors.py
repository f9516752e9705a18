"""Who may open the addresses of lists, proposals, filings and requests."""

from __future__ import annotations

from common.web.doors import MEGABYTE, allow_body, by_rule, declare, own, public

PROPOSALS = "matters.querysets.ProposalQuerySet"
REQUESTS = "matters.querysets.GridRequestQuerySet"
EDITIONS = "matters.querysets.MatterListQuerySet"

declare("api", {"matters": own()})
declare(
    "matters",
    {
        # proposals
        **dict.fromkeys(("proposals", "proposal"), by_rule(PROPOSALS)),
        "proposal_new": by_rule("matters.entrances.PROPOSING"),
        **dict.fromkeys(("proposal_edit", "proposal_verb"), by_rule(PROPOSALS, "matters.policies.WHO_MAY")),
        "comment_reply": by_rule(PROPOSALS, "matters.policies.REMARKS"),
        "notices": public("Art. 14, 16: what is put to public notice"),
        "notice": public("Art. 16: anybody may speak while a proposal is under notice"),
        # editions and filings
        **dict.fromkeys(("lists", "edition", "matter", "compare"), by_rule(EDITIONS)),
        "edition_new": by_rule("matters.entrances.DRAFTING"),
        **dict.fromkeys(
            ("edition_edit", "edition_publish", "edition_discard"),
            by_rule("matters.policies.publishes"),
        ),
        "filings": by_rule("matters.entrances.FILINGS"),
        "filing": by_rule("matters.entrances.filings_in_sight"),
        "filing_verb": by_rule("matters.entrances.filings_in_sight", "matters.policies.FILING"),
        "words": by_rule("matters.entrances.MISSED_WORDS"),
        "differences": by_rule("matters.entrances.DIFFERENCES"),
        # import, export, burden, requests
        "export": by_rule(EDITIONS),
        "import_template": own(),
        **dict.fromkeys(
            (*("import_matters", "import_job", "import_faults"), *("import_confirm", "import_discard")),
            by_rule("matters.policies.publishes"),
        ),
        "burden": by_rule("matters.entrances.BURDEN", why="the list is public; of proposals those in sight"),
        "requests": by_rule("matters.entrances.BURDEN", REQUESTS),
        "my_requests": own(),
        "request_answer": by_rule(REQUESTS, "matters.policies.ANSWERS"),
        "request_hand": by_rule("matters.entrances.HANDING"),
        "request_record": by_rule("matters.entrances.RECORDING"),
    },
)
allow_body("matters", {"import_matters": 12 * MEGABYTE})
