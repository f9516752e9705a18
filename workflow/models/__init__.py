"""Cases with their events and photos; their stays, assignments and clocks; the limits of the steps; saved views."""

from workflow.models.cases import Attachment, Case, CaseContact, CaseEvent, new_rating_code
from workflow.models.limits import StepLimit
from workflow.models.saved_views import SavedView
from workflow.models.stages import Assignment, Stage, StageEffect

__all__ = [
    "Assignment",
    "Attachment",
    "Case",
    "CaseContact",
    "CaseEvent",
    "SavedView",
    "Stage",
    "StageEffect",
    "StepLimit",
    "new_rating_code",
]
