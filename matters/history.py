"""The lives of proposals, filings and grid tasks: locked as read, who may act, when (Art. 14, 16, 25)."""

from __future__ import annotations

from matters import states
from matters.models import GridRequest, ListFiling, Proposal
from matters.policies import ANSWERS, FILING, WHO_MAY
from personnel.life import Life

LIFE = Life(
    lambda: Proposal.objects.select_related("county", "applicant", "base"), WHO_MAY, states.PROPOSAL_MOVES
)
FILING_LIFE = Life(lambda: ListFiling.objects.select_related("edition__county"), FILING, states.FILING_MOVES)
REQUEST_LIFE = Life(
    lambda: GridRequest.objects.select_related("grid", "organization"), ANSWERS, states.REQUEST_MOVES
)
begin = LIFE.begin
