"""The verbs of a case: one function for each verb. The pages, the API and the clock call these functions."""

from workflow.actions.calls import take_charge
from workflow.actions.conference import convene_conference, name_lead
from workflow.actions.correction import Correction, resubmit_case, return_for_correction, withdraw_case
from workflow.actions.desk import (
    accept_and_assign,
    accept_case,
    assign_case,
    escalate_case,
    merge_case,
    refuse_case,
    void_case,
)
from workflow.actions.evidence import take_photo
from workflow.actions.grid import pass_to_leader, send_up_case, settle_case, take_up_case
from workflow.actions.press import press_case
from workflow.actions.report import ReportDraft, report_case
from workflow.actions.shares import ask_join, join_units
from workflow.actions.time_requests import (
    ask_extension,
    ask_shelving,
    grant_extension,
    grant_shelving,
    refuse_extension,
    refuse_shelving,
    resume_case,
)
from workflow.actions.undo import undo_last
from workflow.actions.unit import (
    feed_back_case,
    hand_back_case,
    reassign_case,
    reject_return,
    sign_case,
    uphold_return,
)
from workflow.actions.verification import (
    case_by_rating_code,
    fail_check,
    pass_check,
    rate_by_resident,
    rate_case,
)

__all__ = [
    "Correction",
    "ReportDraft",
    "accept_and_assign",
    "accept_case",
    "ask_extension",
    "ask_join",
    "ask_shelving",
    "assign_case",
    "case_by_rating_code",
    "convene_conference",
    "escalate_case",
    "fail_check",
    "feed_back_case",
    "grant_extension",
    "grant_shelving",
    "hand_back_case",
    "join_units",
    "merge_case",
    "name_lead",
    "pass_check",
    "pass_to_leader",
    "press_case",
    "rate_by_resident",
    "rate_case",
    "reassign_case",
    "refuse_case",
    "refuse_extension",
    "refuse_shelving",
    "reject_return",
    "report_case",
    "resubmit_case",
    "resume_case",
    "return_for_correction",
    "send_up_case",
    "settle_case",
    "sign_case",
    "take_charge",
    "take_photo",
    "take_up_case",
    "undo_last",
    "uphold_return",
    "void_case",
    "withdraw_case",
]
