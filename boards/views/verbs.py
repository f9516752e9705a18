"""Post, check and take down: the verbs of a board."""

from __future__ import annotations

from django.http import Http404
from django.urls import reverse

from boards.actions.posting import LIFE, check_board, post_board, take_down
from boards.forms import CheckForm, PostForm
from boards.models import NoticeBoard, PostedBoard
from boards.visibility import board_in_sight
from common import clock
from common.errors import IllegalMove
from common.shapes import Cleaned, Context, FormArguments
from common.web.verb_page import Verb, VerbPage


class BoardVerb(VerbPage):
    """A verb of a board, or of one of the places where it hangs."""

    life = LIFE
    verbs = {
        "post": Verb(
            post_board,
            "登记张贴",
            "登记第 {row.edition} 版已经贴好；每处都是这一版，公示牌就算更新完。",
            PostForm,
        ),
        "check": Verb(
            check_board, "登记检查", "检查 {page.posted.place}；破损、缺失的要马上更换。", CheckForm
        ),
        "take_down": Verb(
            take_down,
            "登记取下",
            "登记 {page.posted.place} 的公示牌已经取下。一处都没有的网格要另找地方张贴。",
        ),
    }

    def find(self, code: str, pk: int | None = None) -> NoticeBoard:
        """Return the board and set the place in the address; raises Http404 if the place does not exist."""
        board = board_in_sight(self.user, code)
        self.posted = PostedBoard.objects.filter(board=board, pk=pk or 0).first()
        if pk is not None and self.posted is None:
            raise Http404
        return board

    def require(self) -> None:
        """Raise :class:`IllegalMove` if the board at this place has already been taken down."""
        super().require()
        if self.posted is not None and self.posted.removed_at is not None:
            raise IllegalMove("这一处公示牌已经取下。")

    def form_options(self) -> FormArguments:
        """Return the initial values: the present edition, and the place if it is posted again."""
        first = {"edition": self.row.edition, "place": self.request.GET.get("place", "")[:100]}
        return {"initial": {**first, "condition": "intact"}}

    def act(self, arguments: Cleaned) -> NoticeBoard:
        """Run the action on the board, or on the place with the board that was read."""
        if self.posted is None:
            return post_board(
                self.row, **arguments, size=arguments["photo"].size, by=self.user, at=clock.now()
            )
        self.posted.board = self.row
        moved: NoticeBoard = self.declaration.act(self.posted, **arguments, by=self.user, at=clock.now())
        return moved

    def sentence(self, result: NoticeBoard) -> str:
        """Return the message with the new state of the board."""
        return f"已{self.declaration.word}，{result.grid.name}公示牌{result.get_status_display()}。"

    def back(self) -> str:
        """Return the address of the board."""
        return reverse("boards:board", args=[self.row.grid.code])

    def context(self) -> Context:
        """Return the link back, and the hint that photos must be chosen again."""
        return {
            "back_word": f"返回{self.row.grid.name}公示牌",
            "kept": "填写的内容都已保留，改好后再提交；照片请重新选择。" if self.verb == "post" else "",
        }
