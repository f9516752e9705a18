"""The notices about boards to the township and the county."""

from __future__ import annotations

from datetime import datetime

from boards.models import NoticeBoard
from common.templatetags.when import day as in_words
from notifications.actions import tell
from personnel.scopes import audience

CHANGED, OVERDUE = "board_stale", "board_overdue"


def changed(board: NoticeBoard, *, at: datetime) -> None:
    """Tell the township that a board must be renewed, and by when."""
    _tell(
        board,
        board.grid.village.parent_id,
        CHANGED,
        f"{board.grid.name}公示牌须更新，{_until(board)}前张贴。",
        at=at,
    )


def overdue(board: NoticeBoard, *, at: datetime) -> None:
    """Tell township and county that a board is late."""
    township = board.grid.village.parent
    sentence = f"{board.grid.name}公示牌更新超期，应于{_until(board)}前张贴。"
    for place in (township, township.parent if township else None):
        _tell(board, place.pk if place else None, OVERDUE, sentence, at=at)


def _until(board: NoticeBoard) -> str:
    return in_words(board.due_at)


def _tell(board: NoticeBoard, division_id: int | None, topic: str, sentence: str, *, at: datetime) -> None:
    if division_id is not None:
        to = audience("manage_staff", "division", division_id)
        tell(to, topic=topic, subject=f"board:{board.grid_id}", sentence=sentence, at=at)
