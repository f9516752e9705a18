"""Post a board with a photo of it, check it, take it down (Art. 13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import User
from audit.actions import committed
from boards import policies
from boards.models import BoardCheck, NoticeBoard, PostedBoard
from boards.states import BOARD_MOVES, CONDITIONS
from common.errors import RuleViolation
from common.pictures.intake import read_picture
from personnel.life import Life

MOST_PLACES = 30
LONGEST_PLACE = 100
LIFE = Life(NoticeBoard.objects.with_place, policies.WHO_MAY, BOARD_MOVES)
begin = LIFE.begin


@transaction.atomic
def post_board(
    board: NoticeBoard, *, place: str, edition: int, photo: BinaryIO, size: int, by: User, at: datetime
) -> NoticeBoard:
    """Record that the present edition hangs at a place, with a photo that shows it; returns the board.

    ``edition`` is the one that was printed. An older one is refused, because the board would be wrong at once.
    """
    board = begin(board, "post", by=by)
    where = " ".join(place.split())
    if not where or len(where) > LONGEST_PLACE:
        raise RuleViolation(f"请写明张贴地点，最多 {LONGEST_PLACE} 字。", field="place")
    if edition != board.edition:
        raise RuleViolation(
            f"公示内容已更新到第 {board.edition} 版，请打印新的再张贴；照片里的是第 {edition} 版。",
            field="photo",
        )
    picture = read_picture(photo, size=size)
    posted = board.places.filter(place=where, removed_at=None).first() or PostedBoard(
        board=board, place=where
    )
    if posted.pk is None and board.places.filter(removed_at=None).count() >= MOST_PLACES:
        raise RuleViolation(f"一个网格最多登记 {MOST_PLACES} 处公示牌。", field="place")
    posted.edition, posted.posted_at, posted.posted_by = board.edition, at, by
    posted.condition, posted.checked_at = "intact", at
    posted.photo.save(f"{uuid4().hex}.jpg", ContentFile(picture.content), save=False)
    posted.save()
    return _end(
        board, "post", by=by, at=at, record={"place": where, "edition": edition, "photo": picture.sha256}
    )


@transaction.atomic
def check_board(
    posted: PostedBoard, *, condition: str, note: str = "", by: User, at: datetime
) -> NoticeBoard:
    """Record a check of a posted board; a damaged or missing board must be posted again."""
    if condition not in CONDITIONS:
        raise RuleViolation("请选择公示牌的状况。", field="condition")
    board = begin(posted.board, "check", by=by)
    place = board.places.select_for_update().filter(pk=posted.pk, removed_at=None).first()
    if place is None:
        raise RuleViolation("这一处公示牌已经取下。")
    place.condition, place.checked_at = condition, at
    place.save(update_fields=["condition", "checked_at"])
    BoardCheck.objects.create(posted=place, at=at, by=by, condition=condition, note=note.strip())
    record = {"place": place.place, "condition": condition, "note": committed(note.strip())}
    return _end(board, "check", by=by, at=at, record=record)


@transaction.atomic
def take_down(posted: PostedBoard, *, by: User, at: datetime) -> NoticeBoard:
    """Record that a board no longer hangs at a place; if it was the last place, the board counts as unposted."""
    board = begin(posted.board, "take_down", by=by)
    place = board.places.select_for_update().filter(pk=posted.pk, removed_at=None).first()
    if place is None:
        raise RuleViolation("这一处公示牌已经取下。")
    place.removed_at = at
    place.save(update_fields=["removed_at"])
    return _end(board, "take_down", by=by, at=at, record={"place": place.place})


def _end(
    board: NoticeBoard, verb: str, *, by: User, at: datetime, record: Mapping[str, object]
) -> NoticeBoard:
    """Move and save the board: it is up to date when every place shows the present edition, undamaged."""
    places = list(board.places.filter(removed_at=None))
    is_true = all(place.edition == board.edition and place.condition == "intact" for place in places)
    target = "unposted" if not places else "posted" if is_true else "stale"
    if target == "posted":
        board.due_at, board.explanation = None, ""
    elif board.due_at is None:
        board.due_at, board.explanation = at, "发现破损、缺失或已取下，应立即更换"
    return LIFE.move(board, verb, to=target, by=by, at=at, record=record)
