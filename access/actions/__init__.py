"""The actions of access: special grants, and revealing masked data."""

from access.actions.requests import (
    GrantDraft,
    approve_grant,
    ask_for_grant,
    cancel_request,
    end_grants,
    refuse_grant,
    review_grant,
    revoke_grant,
)
from access.actions.reveals import reveal

__all__ = [
    "GrantDraft",
    "approve_grant",
    "ask_for_grant",
    "cancel_request",
    "end_grants",
    "refuse_grant",
    "reveal",
    "review_grant",
    "revoke_grant",
]
