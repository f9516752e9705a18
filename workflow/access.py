"""A look at a confidential case leaves a trace (Art. 12, 20, 26)."""

from __future__ import annotations

from accounts.models import User
from audit.actions import record_access
from common import clock
from workflow.models import Case

PURPOSE = "查看保密事项"


def trace_look(case: Case, user: User, *, fields: tuple[str, ...] = ("case",)) -> None:
    """Record that ``user`` opened ``case``, if it is confidential; an ordinary case costs nothing."""
    if case.confidential:
        record_access(f"case:{case.pk}", at=clock.now(), actor_id=user.pk, fields=fields, purpose=PURPOSE)
