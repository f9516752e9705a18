"""The actions on notice boards."""

from boards.actions.posting import check_board, post_board, take_down
from boards.actions.renewal import remind_of_boards, renew_boards

__all__ = ["check_board", "post_board", "remind_of_boards", "renew_boards", "take_down"]
