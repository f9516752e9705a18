"""A board that counts as posted shows the present edition at every place where it hangs (Art. 13)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from boards.models import BoardEdition, NoticeBoard, PostedBoard
from common.records.invariants import Invariant


def boards_that_are_not_true() -> Iterator[str]:
    """Posted boards with an old or damaged place, and boards whose present edition is not on record."""
    hanging = PostedBoard.objects.filter(board=OuterRef("pk"), removed_at=None)
    untrue = hanging.filter(~Q(edition=OuterRef("edition")) | ~Q(condition="intact"))
    for board in NoticeBoard.objects.filter(status="posted").filter(Exists(untrue) | ~Exists(hanging)):
        yield f"{board} 算已公示，却有一处不是现在的内容"
    kept = BoardEdition.objects.filter(board=OuterRef("pk"), number=OuterRef("edition"))
    for board in NoticeBoard.objects.filter(~Exists(kept)).annotate(number=F("edition")):
        yield f"{board} 没有第 {board.number} 版的内容"  # type: ignore[attr-defined]


INVARIANTS = (Invariant("已公示的公示牌处处是现行内容", boards_that_are_not_true),)
