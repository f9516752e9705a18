"""Post, check and take down: a form each; on refusal nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from accounts.requests import signed_in
from boards.actions import check_board, post_board, take_down
from boards.forms import CheckForm, PostForm, TakeDownForm
from boards.models import NoticeBoard, PostedBoard
from boards.policies import require
from boards.views.boards import board_in_sight
from common import clock
from common.web.saying import given, say

WORDS = {"post": "登记张贴", "check": "登记检查", "take_down": "登记取下"}


def post(request: HttpRequest, code: str) -> HttpResponse:
    """A photo of the board at its place."""
    board = _open(request, code, "post")
    first = {"version": board.version, "edition": board.edition, "place": request.GET.get("place", "")[:100]}
    form = PostForm(given(request), request.FILES or None, initial=first)

    def act() -> NoticeBoard:
        said = form.cleaned_data
        board.version = said["version"]
        upload = said["photo"]
        return post_board(
            board,
            place=said["place"],
            edition=said["edition"],
            photo=upload,
            size=upload.size,
            by=signed_in(request),
            at=clock.now(),
        )

    return _say(request, "post", board, form, act)


def check(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """How a posted board was found."""
    board = _open(request, code, "check")
    posted = _posted(board, pk)
    form = CheckForm(given(request), initial={"version": board.version, "condition": "intact"})

    def act() -> NoticeBoard:
        said = form.cleaned_data
        posted.board.version = said["version"]
        return check_board(
            posted, condition=said["condition"], note=said["note"], by=signed_in(request), at=clock.now()
        )

    return _say(request, "check", board, form, act, posted=posted)


def remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A board that hangs there no more."""
    board = _open(request, code, "take_down")
    posted = _posted(board, pk)
    form = TakeDownForm(given(request), initial={"version": board.version})

    def act() -> NoticeBoard:
        posted.board.version = form.cleaned_data["version"]
        return take_down(posted, by=signed_in(request), at=clock.now())

    return _say(request, "take_down", board, form, act, posted=posted)


def _open(request: HttpRequest, code: str, verb: str) -> NoticeBoard:
    """The board, for somebody whose posts allow the verb; others read the rule's sentence."""
    board = board_in_sight(signed_in(request), code)
    require(verb, signed_in(request), board)
    return board


def _posted(board: NoticeBoard, pk: int) -> PostedBoard:
    found = PostedBoard.objects.filter(board=board, pk=pk, removed_at=None).first()
    if found is None:
        raise Http404
    found.board = board
    return found


def _say(
    request: HttpRequest,
    verb: str,
    board: NoticeBoard,
    form: forms.Form,
    act: Callable[[], NoticeBoard],
    *,
    posted: PostedBoard | None = None,
) -> HttpResponse:
    grid, word = board.grid, WORDS[verb]
    return say(
        request,
        form,
        act,
        done=lambda row: (
            f"已{word}，{grid.name}公示牌{row.get_status_display()}。",
            reverse("boards:board", args=[grid.code]),
        ),
        template="boards/verb.html",
        context={"title": word, "board": board, "verb": verb, "posted": posted},
    )
