"""The verbs of lists, proposals, filings and requests: one function for each verb."""

from matters.actions.decision import (
    comment,
    consent,
    end_notices,
    reconsider,
    refuse,
    remind_overdue_proposals,
    reply,
)
from matters.actions.drafting import ProposalDraft, propose, revise, submit, withdraw
from matters.actions.editions import (
    discard_edition,
    draft_edition,
    publish_edition,
    publish_first_edition,
    revise_edition,
)
from matters.actions.filing import receive_filing, remind_overdue_filings, return_filing, send_filing
from matters.actions.imports import confirm_matters, discard_matters, refresh_matters, take_matters
from matters.actions.requests import RequestDraft, do, hand, record, turn_down
from matters.actions.review import bar, clear, close_review, pass_check, recuse, return_proposal, vote

__all__ = [
    "ProposalDraft",
    "RequestDraft",
    "bar",
    "clear",
    "close_review",
    "comment",
    "confirm_matters",
    "consent",
    "discard_edition",
    "discard_matters",
    "do",
    "draft_edition",
    "end_notices",
    "hand",
    "pass_check",
    "propose",
    "publish_edition",
    "publish_first_edition",
    "receive_filing",
    "reconsider",
    "record",
    "recuse",
    "refresh_matters",
    "refuse",
    "remind_overdue_filings",
    "remind_overdue_proposals",
    "reply",
    "return_filing",
    "return_proposal",
    "revise",
    "revise_edition",
    "send_filing",
    "submit",
    "take_matters",
    "turn_down",
    "vote",
    "withdraw",
]
