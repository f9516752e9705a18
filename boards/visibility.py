"""Which board a user may see (Art. 13, 20)."""

from __future__ import annotations

from django.http import Http404

from accounts.models import User
from boards.actions import renew_boards
from boards.models import NoticeBoard
from common import clock
from grids.models import Grid


def board_in_sight(user: User, code: str) -> NoticeBoard:
    """Return the board of a grid by the grid's code, after comparing what it must show.

    Raises :class:`Http404` if it does not exist or the user may not see it.
    """
    grid = Grid.objects.in_force().with_place().filter(code=code).first()
    if grid is None:
        raise Http404
    renew_boards([grid], at=clock.now())
    board = NoticeBoard.objects.visible_to(user).with_place().filter(grid=grid).first()
    if board is None:
        raise Http404
    return board
