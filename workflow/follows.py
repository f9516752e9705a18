"""What follows a division that moves: the open cases in it (Art. 5, 18, 28)."""

from __future__ import annotations

from grids.moves import register
from workflow.actions.desks import follow_move

register(follow_move)
