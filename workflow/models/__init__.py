"""Cases, their events, photos and former desks; stays, assignments, clocks, limits, time requests; views, phrases."""

from workflow.models.cases import Attachment, Case, CaseContact, CaseEvent, new_rating_code, rating_codes
from workflow.models.desks import FormerDesk
from workflow.models.limits import StepLimit
from workflow.models.phrases import Phrase
from workflow.models.requests import TimeRequest
from workflow.models.saved_views import SavedView
from workflow.models.stages import Assignment, DeadlineChange, Replanning, Stage, StageEffect

__all__ = [
    "Assignment",
    "Attachment",
    "Case",
    "CaseContact",
    "CaseEvent",
    "DeadlineChange",
    "FormerDesk",
    "Phrase",
    "Replanning",
    "SavedView",
    "Stage",
    "StageEffect",
    "StepLimit",
    "TimeRequest",
    "new_rating_code",
    "rating_codes",
]
