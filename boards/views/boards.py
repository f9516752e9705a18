"""The boards of a place, one board with its places, and the paper that is posted (Art. 13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.requests import SignedInRequest
from boards.actions.renewal import norm_on
from boards.content import StoredContent
from boards.models import BoardEdition, NoticeBoard, PostedBoard
from boards.policies import WHO_MAY
from boards.querysets import TO_RENEW, BoardQuerySet, is_overdue
from boards.states import STATUSES
from boards.visibility import board_in_sight
from common import clock
from common.drawing.qr import Qr, qr_path
from common.drawing.sketches import Area
from common.web.files import jpeg_answer
from common.web.listing import Empty, Listing, Pile
from common.web.public_address import is_public_address_set, public_url
from grids.models import Division
from grids.sketches import Village, areas_of_villages, marked
from worktime.clocks import day_of

MOST_PRINTED = 200
PHOTO_SECONDS = 60 * 60
NONE = Empty("这里没有公示牌", "换一个状态再看。")
LISTING = Listing(
    label="公示牌",
    columns=("网格", "状态", "期限", "内容变更"),
    piles_label="公示牌的状态",
    piles={
        "to_renew": Pile("要更新", TO_RENEW, NONE),
        "late": Pile("超期", is_overdue, NONE),
        "posted": Pile("已公示", Q(status="posted"), NONE),
        "all": Pile("全部", Q(), NONE),
    },
    order=("grid_id",),
    size=100,
)


def boards(request: SignedInRequest) -> HttpResponse:
    """The boards in sight: how many wait in each place, and one pile of them; the address is the view."""
    user, at = request.user, clock.now()
    place = _place(request.GET.get("place", ""))
    seen = NoticeBoard.objects.visible_to(user)
    where = {"place": place.code} if place else {}
    context = {
        "title": "公示牌",
        "place": place,
        "places": _places(seen, at=at),
        "print_url": f"{reverse('boards:print')}?{urlencode({**where, 'pile': LISTING.chosen(request)})}",
        **LISTING.context(
            request,
            seen.within(place) if place else seen,
            named=BoardQuerySet.with_place,
            shown=lambda rows: [row_of(board, at=at) for board in rows],
            query=where,
            at=at,
        ),
    }
    return render(request, "boards/boards.html", context)


def _place(code: str) -> Division | None:
    if not code:
        return None
    found = Division.objects.defer("outline").filter(code=code[:12]).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True, slots=True)
class TownshipRow:
    """A township with how many of its boards there are, wait and are late."""

    code: str
    name: str
    all: int
    waiting: int
    late: int


def _places(seen: Any, *, at: Any) -> list[TownshipRow]:
    """The townships in sight with how many boards wait and are late, the latest first; one statement."""
    path = "grid__village__parent"
    counts = {
        "all": Count("pk"),
        "waiting": Count("pk", filter=TO_RENEW),
        "late": Count("pk", filter=is_overdue(at)),
    }
    found = seen.order_by().values(code=F(f"{path}__code"), name=F(f"{path}__name")).annotate(**counts)
    rows = [TownshipRow(**row) for row in found.order_by("-late", "code")]
    return rows if len(rows) > 1 else []


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A board in a list, its light as colour, word and shape."""

    board: NoticeBoard
    light: str
    words: str


def row_of(board: NoticeBoard, *, at: Any) -> BoardRow:
    """One board in a list: its light as colour, word and shape."""
    is_late = board.due_at is not None and board.due_at < at
    light = "late" if is_late else "near" if board.due_at else "normal"
    words = {"late": "▲ 超期", "near": f"◐ {STATUSES[board.status]}", "normal": "● 已公示"}
    return BoardRow(board=board, light=light, words=words[light])


@dataclass(frozen=True, slots=True)
class PostedRow:
    """A place where a board hangs."""

    posted: PostedBoard
    is_old: bool
    is_check_due: bool


def board(request: SignedInRequest, code: str) -> HttpResponse:
    """One board: what it must show, where it hangs, what is to be done until when."""
    user, at = request.user, clock.now()
    found = board_in_sight(user, code)
    editions = found.editions.order_by("-number")[:10]
    check_days = norm_on(at).check_days
    places = list(found.places.filter(removed_at=None).select_related("posted_by").order_by("pk"))
    context = {
        "title": f"{found.grid.name}公示牌",
        "board": found,
        "row": row_of(found, at=at),
        "content": editions[0].content,
        "editions": editions,
        "verbs": WHO_MAY.open_to(user, found),
        "places": [
            PostedRow(
                posted=place,
                is_old=place.edition != found.edition,
                is_check_due=place.checked_at is not None and (at - place.checked_at).days >= check_days,
            )
            for place in places
        ],
    }
    return render(request, "boards/board.html", context)


def print_boards(request: SignedInRequest) -> HttpResponse:
    """One grid's board, or all of a place, as one job: a page each, A3 or A4."""
    user, at = request.user, clock.now()
    size = "a4" if request.GET.get("size") == "a4" else "a3"
    if code := request.GET.get("grid", ""):
        chosen = [board_in_sight(user, code)]
    else:
        pile = request.GET.get("pile", "all")
        seen = NoticeBoard.objects.visible_to(user)
        place = _place(request.GET.get("place", ""))
        narrowed = seen.within(place) if place else seen
        rows = LISTING.rows(narrowed, pile if pile in LISTING.piles else "all", at)
        chosen = list(rows.with_place().order_by("grid__code")[: MOST_PRINTED + 1])
    is_cut = len(chosen) > MOST_PRINTED
    printed = with_contents(chosen[:MOST_PRINTED])
    villages = areas_of_villages({each.grid.village_id for each in printed})
    context = {
        "title": "打印公示牌",
        "sheets": [_sheet(request, each, villages[each.grid.village_id]) for each in printed],
        "size": size,
        "is_cut": is_cut,
        "most": MOST_PRINTED,
        "other_url": f"?{urlencode({**request.GET.dict(), 'size': 'a3' if size == 'a4' else 'a4'})}",
        "printed_on": day_of(at),
        "inner_url": "" if is_public_address_set() else public_url(request, "/"),
        "demo_mode": settings.DEMO_MODE,
    }
    return render(request, "boards/print.html", context)


def with_contents(chosen: list[NoticeBoard]) -> list[NoticeBoard]:
    """Give each board the content of its present edition; one statement."""
    latest = Q()
    for each in chosen:
        latest |= Q(board=each.pk, number=each.edition)
    contents = dict(BoardEdition.objects.filter(latest).values_list("board", "content")) if chosen else {}
    for each in chosen:
        each.content = contents.get(each.pk, {})  # type: ignore[attr-defined]
    return chosen


@dataclass(frozen=True, slots=True)
class Sheet:
    """One printed board."""

    board: NoticeBoard
    content: StoredContent
    areas: list[Area]
    qr: Qr


def _sheet(request: SignedInRequest, board: NoticeBoard, village: Village) -> Sheet:
    return Sheet(
        board=board,
        content=board.content,  # type: ignore[attr-defined]
        areas=marked(village, here=board.grid_id),
        qr=qr_path(public_url(request, f"/g/{board.grid.code}/")),
    )


def photo(request: SignedInRequest, uid: Any) -> HttpResponseBase:
    """The photo of a posted board that one may see."""
    seen = NoticeBoard.objects.visible_to(request.user)
    found = PostedBoard.objects.filter(uid=uid, board__in=seen.values("pk")).first()
    if found is None:
        raise Http404
    return jpeg_answer(found.photo, keep_seconds=PHOTO_SECONDS)
