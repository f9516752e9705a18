"""The columns that the audit chains of plans, sector grids and norms cover (Art. 7–9, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

PLAN = (
    "number", "county_id", "kind", "title", "reason", "effective_on", "status", "event_count", "reverses_id",
    "drafted_by_id", "drafted_at", "published_at", "in_force_at",
)  # fmt: skip
CONSENT = ("township_id", "department_id", "answer", "note", "by_id", "at")
EVENT = ("seq", "verb", "actor_id", "post", "at", "to_status", "note")
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
SECTOR = (
    "sector", "owner_id", "township_id", "code", "name", "sha256(t.boundary)", "established_on", "status", "law",
    "law_article", "law_number", "merged_on",
)  # fmt: skip
NORM = (
    "county_id", "effective_on", "community_min", "community_max", "village_min", "village_max",
    "staffing_grace_days", "notice_days", "filing_working_days", "document",
)  # fmt: skip
OF_PLAN = "t.plan_id = s.id"

register(
    Witness(
        "grid_plan",
        (
            (
                Rows("plans_gridplan", PLAN),
                Rows("plans_planconsent", CONSENT, OF_PLAN),
                Rows("plans_planevent", EVENT, OF_PLAN),
                Rows("plans_gridfiling", FILING, OF_PLAN),
            ),
        ),
        every="SELECT id FROM plans_gridplan",
    )
)
register(
    Witness("sector_grid", ((Rows("plans_sectorgrid", SECTOR),),), every="SELECT id FROM plans_sectorgrid")
)
register(Witness("grid_norms", ((Rows("plans_gridnorm", NORM, "true"),),), is_founded=True))
