"""Plans, their consents and steps, filings, norms, sector grids and imports."""

from plans.models.filing import GridFiling
from plans.models.imports import ImportJob, ImportRow
from plans.models.norms import GridNorm
from plans.models.plans import GridPlan, PlanChange, PlanConsent, PlanEvent, PlannedGrid
from plans.models.sectors import SectorGrid

__all__ = [
    "GridFiling",
    "GridNorm",
    "GridPlan",
    "ImportJob",
    "ImportRow",
    "PlanChange",
    "PlanConsent",
    "PlanEvent",
    "PlannedGrid",
    "SectorGrid",
]
