"""When the content of a board changes, it gets a new edition and the township a task with a deadline (Art. 13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from audit.actions import append_entries
from boards import notices
from boards.content import Content, contents_of, written
from boards.models import BoardEdition, BoardNorm, NoticeBoard, PostedBoard
from boards.states import BOARD_MOVES
from common.errors import RuleViolation
from grids.models import Grid
from grids.neighbours import neighbours_of_each
from sweeps.actions import sweep_rows, sweep_together
from worktime.calendars import current_calendar
from worktime.clocks import Clock, Deadline, Limit, day_of, due

BATCH = 200
RENEWED = (*("edition", "digest", "changed_on", "status", "due_at", "explanation", "reminded_on", "version"),)


def renew_boards(grids: Iterable[Grid] | None = None, *, at: datetime, most: int | None = None) -> int:
    """Compare every board with what it must show and renew at most ``most`` that differ; returns how many.

    May run any number of times, also in parallel: a board is locked and its digest read again before it changes.
    Without ``grids`` all grids in force are compared.
    """
    rows = Grid.objects.in_force().with_place().defer("boundary") if grids is None else grids
    wanted = contents_of(rows, day=day_of(at))
    kept = dict(NoticeBoard.objects.filter(grid__in=wanted).values_list("grid", "digest"))
    changed = [grid_id for grid_id, content in wanted.items() if kept.get(grid_id) != content.digest]
    together = sweep_together(
        "boards.renewal",
        changed[:most],
        lambda chosen: _renew_batch(chosen, at=at),
        at=at,
        size=BATCH,
        are_all=grids is None and len(changed) <= (most or len(changed)),
    )
    return together.done


def _renew_batch(grid_ids: Sequence[int], *, at: datetime) -> int:
    """Renew some boards in one transaction; their contents are read again under the lock."""
    grids = Grid.objects.with_place_and_boundary().in_bulk(grid_ids)
    NoticeBoard.objects.bulk_create(
        [NoticeBoard(grid_id=pk, due_at=at) for pk in grids], ignore_conflicts=True
    )
    boards = NoticeBoard.objects.select_for_update().filter(grid__in=grids).order_by("pk")
    contents = contents_of(grids.values(), day=day_of(at))
    changed = [board for board in boards if board.digest != contents[board.grid_id].digest]
    hanging = set(
        PostedBoard.objects.filter(board__in=changed, removed_at=None).values_list("board", flat=True)
    )
    neighbours = neighbours_of_each(grids[board.grid_id] for board in changed)
    deadlines: dict[str, Deadline] = {}
    went_stale, editions = [], []
    for board in changed:
        board.grid = grids[board.grid_id]
        content = contents[board.grid_id]
        if _renew(board, content, deadlines, hangs=board.pk in hanging, at=at) and board.pk in hanging:
            went_stale.append(board)
        shown = written(content, board.grid, neighbours.get(board.grid_id, {}))
        editions.append(BoardEdition(board=board, number=board.edition, content=shown, made_at=at))
    NoticeBoard.objects.bulk_update(changed, RENEWED)
    BoardEdition.objects.bulk_create(editions)
    for board in went_stale:
        notices.changed(board, at=at)
    renewed = {f"board:{board.pk}": {"edition": board.edition, "status": board.status} for board in changed}
    append_entries(renewed, verb="go_stale", at=at, actor_id=None)
    return len(renewed)


def _renew(
    board: NoticeBoard, content: Content, deadlines: dict[str, Deadline], *, hangs: bool, at: datetime
) -> bool:
    """Count the next edition and start the township's deadline; returns whether it starts.

    A deadline that already runs is kept.
    """
    was_running = board.edition > 0 and board.due_at is not None
    board.edition += 1
    board.digest, board.changed_on = content.digest, day_of(at)
    board.status = BOARD_MOVES.target_of("go_stale", status=board.status, to="stale" if hangs else "unposted")
    if not was_running:
        deadline = _deadline(board, deadlines, at=at)
        board.due_at, board.explanation, board.reminded_on = deadline.due_at, deadline.explain(), None
    board.version += 1
    return not was_running


def _deadline(board: NoticeBoard, deadlines: dict[str, Deadline], *, at: datetime) -> Deadline:
    """Return when the board must hang, by the county's calendar; computed once per county."""
    township = board.grid.village.parent
    county = township.parent.code if township and township.parent else ""
    if county not in deadlines:
        limit = Limit(Clock.WORKING_DAYS, norm_on(at).renewal_working_days)
        deadlines[county] = due(at, limit, calendar=current_calendar(county))
    return deadlines[county]


def norm_on(at: datetime) -> BoardNorm:
    """Return the norm in force at ``at``; raises :class:`RuleViolation` when there is none."""
    found = BoardNorm.objects.filter(effective_on__lte=day_of(at))
    norm = found.order_by("-effective_on").first()
    if norm is None:
        raise RuleViolation("还没有设置公示牌规则，请联系市级系统管理员。")
    return norm


def remind_of_boards(*, at: datetime) -> int:
    """Notify township and county of overdue boards, once a day for each board; returns how many."""
    today = day_of(at)
    late = NoticeBoard.objects.overdue(at).filter(grid__status="in_force").exclude(reminded_on=today)

    def remind(pk: int) -> bool:
        board = late.with_place().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        if board is None:
            return False
        board.reminded_on = today
        board.save(update_fields=["reminded_on"])
        notices.overdue(board, at=at)
        return True

    return sweep_rows("boards.reminders", late.order_by("pk"), remind, at=at).done
