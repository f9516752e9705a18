"""What the chains of lists, proposals, comments and requests prove (Art. 14–16, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

LIST = (
    "county_id",
    "edition",
    "in_force_on",
    "document",
    "note",
    "drafted_by_id",
    "published_at",
    "is_demonstration",
)
MATTER = (
    "edition_id", "code", "revision", "category", "name", "initials", "find", "kind", "severity", "description",
    "synonyms", "examples", "lead_functions", "township_functions", "city_functions", "closes_on_spot", "sign_amount",
    "sign_unit", "first_amount", "first_unit", "finish_amount", "finish_unit", "check_amount", "check_unit",
    "photo_before", "evidence_required", "place_required", "witness_required", "questions", "confidential", "basis",
    "basis_on", "exception_law", "times_per_month", "minutes_each", "collects", "handling_post", "support", "note",
    "ends_on",
)  # fmt: skip
FILING = (
    "status",
    "due_at",
    "explanation",
    "note",
    "package",
    "sent_at",
    "answered_at",
    "receipt",
    "remarks",
)
NORM = (
    "county_id", "effective_on", "formal_check_days", "legal_review_days", "joint_review_days", "deciding_days",
    "notice_days", "filing_working_days", "temporary_days", "fewest_reviewers", "most_minutes", "document",
)  # fmt: skip
PROPOSAL = (
    "number", "county_id", "kind", "status", "event_count", "applicant_id", "drafted_by_id", "drafted_at", "title",
    "code", "base_id", "content", "reason", "funding", "training", "held_elsewhere", "due_at", "explanation",
    "barred_as", "exception_law", "legal_opinion", "legal_reviewer_id", "decision", "decided_by_id", "noticed_on",
    "notice_ends_on",
)  # fmt: skip
VOTE = ("reviewer_id", "organization_id", "answer", "reason", "at")
EVENT = ("seq", "verb", "actor_id", "post", "at", "to_status", "due_at", "note")
COMMENT = ("proposal_id", "text", "at", "reply", "replied_by_id", "replied_at")
REQUEST = (
    "organization_id", "grid_id", "matter_id", "text", "source", "status", "due_on", "by_id", "at", "answered_by_id",
    "answered_at",
)  # fmt: skip

register(
    Witness(
        "matter_list",
        (
            (
                Rows("matters_matterlist", LIST),
                Rows("matters_matter", MATTER, "t.edition_id = s.id"),
                Rows("matters_listfiling", FILING, "t.edition_id = s.id"),
            ),
        ),
        every="SELECT id FROM matters_matterlist WHERE published_at IS NOT NULL",
        since="NOT EXISTS (SELECT FROM matters_matterlist m WHERE m.id = s.id AND m.published_at IS NULL)",
    )
)
register(
    Witness(
        "proposal",
        (
            (
                Rows("matters_proposal", PROPOSAL),
                Rows("matters_reviewvote", VOTE, "t.proposal_id = s.id"),
                Rows("matters_proposalevent", EVENT, "t.proposal_id = s.id"),
            ),
        ),
        every="SELECT id FROM matters_proposal",
    )
)
register(
    Witness(
        "grid_request", ((Rows("matters_gridrequest", REQUEST),),), every="SELECT id FROM matters_gridrequest"
    )
)
register(
    Witness(
        "notice_comment",
        ((Rows("matters_noticecomment", COMMENT),),),
        every="SELECT id FROM matters_noticecomment",
    )
)
register(Witness("list_norms", ((Rows("matters_listnorm", NORM, "true"),),), is_founded=True))
