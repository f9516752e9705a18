"""Photos that come with a verb: stored before the verb runs, so that a refusal does not lose them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import User
from common import clock
from common.errors import Refusal, RuleViolation
from workflow import actions
from workflow.models import Attachment


def stored_photo(upload: Any, *, by: User, kind: str = Attachment.Kind.RESULT) -> UUID:
    """Stores an uploaded picture and returns its number."""
    return actions.take_photo(upload, size=upload.size, kind=kind, by=by, at=clock.now()).uid


def refusal_of_photos(refusal: Refusal) -> Refusal:
    """Returns the refusal; that of a single photo names the field of all photos."""
    if isinstance(refusal, RuleViolation) and refusal.field == "photo":
        refusal.field = "photos"
    return refusal
