"""A clock that rings: what the rules of a case and those of an assisting unit's share are given."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflow.models import Case, Stage


@dataclass(slots=True)
class Ringing:
    """A locked stage whose clock rings now: the alarms that are due, earliest first, and when it rings next."""

    stage: Stage
    case: Case
    due: deque[tuple[str, datetime]]
    next_at: datetime | None
    has_ended: bool = False


Rule = Callable[[Sequence[Ringing], datetime], None]
