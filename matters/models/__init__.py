"""Editions and their matters; proposals with their votes, events and comments; filings, imports, norms, requests."""

from matters.models.filing import ListFiling
from matters.models.imports import MatterImport
from matters.models.lists import Matter, MatterList
from matters.models.norms import ListNorm
from matters.models.proposals import NoticeComment, Proposal, ProposalEvent, ReviewVote
from matters.models.requests import GridRequest
from matters.models.words import MissedWord

__all__ = [
    "GridRequest",
    "ListFiling",
    "ListNorm",
    "Matter",
    "MatterImport",
    "MatterList",
    "MissedWord",
    "NoticeComment",
    "Proposal",
    "ProposalEvent",
    "ReviewVote",
]
