"""Who may run which verb of a board (Art. 13): the township posts, its grid's people help, the county watches."""

from __future__ import annotations

from boards import states
from boards.models import NoticeBoard
from personnel.rules import Rule, Rules
from personnel.scopes import Authority, may_over


def of_township(authority: Authority, board: NoticeBoard) -> bool:
    """Whether the user works at the township's desk or manages its staff."""
    village = board.grid.village
    return may_over(authority, "manage_staff", village) or authority.may(
        "dispatch", "division", village.parent_id
    )


def of_grid_or_township(authority: Authority, board: NoticeBoard) -> bool:
    """Whether the user works in the grid, leads or instructs the village, or acts for the township."""
    grid = board.grid
    return (
        authority.may("report", "grid", grid.pk)
        or authority.may("coordinate", "division", grid.village_id)
        or authority.may("guide", "division", grid.village_id)
        or of_township(authority, board)
    )


BY_TOWNSHIP = "公示牌由乡镇街道更新（条例第十三条），本网格人员可以协助张贴。"
WHO_MAY: Rules[NoticeBoard] = Rules(
    {
        "post": Rule(of_grid_or_township, BY_TOWNSHIP),
        "check": Rule(of_grid_or_township, BY_TOWNSHIP),
        "take_down": Rule(of_township, "公示牌由乡镇街道决定取下。"),
    },
    moves=states.BOARD_MOVES,
)
