"""Every minute, gives new links their places in the Merkle tree and writes the root elsewhere too (Art. 25)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection, transaction

from audit.anchor_file import AnchorsDisagree, Line, add_lines, read_lines
from audit.merkle import Tree
from audit.models import Anchor, Ledger, Seal
from common import clock
from common.privacy.sealing import ring

log = structlog.get_logger(__name__)

AT_ONCE = 20_000
# A link gets its number before its transaction ends, so each pass looks back by the first number, every tenth pass by
# the second. `verify` finds links that arrive even later.
STRAGGLERS = 2_000
STRAGGLERS_OF_TENTH = 50_000
WRITTEN_WITHIN = timedelta(minutes=5)
TAKE_PLACES = """
INSERT INTO audit_seal (position, entry_id, hash)
SELECT %s + row_number() OVER (ORDER BY e.id), e.id, e.hash
FROM (
    SELECT id, hash FROM audit_entry e
    WHERE id > %s AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.entry_id = e.id)
    ORDER BY id LIMIT %s
) e
RETURNING position, hash
"""


def seal_and_anchor(*, at: datetime) -> int:
    """Seal all links that have no place yet and anchor the tree; returns how many were sealed.

    A file that disagrees with the database is left unchanged and logged; `verify --anchors` reports the reason.
    """
    count = 0
    while (sealed := _seal_batch(at=at)) > 0:
        count += sealed
        if sealed < AT_ONCE:
            break
    try:
        add_lines(anchor_file(), anchor_lines, database=database_name(), keys=ring("trace"))
    except (AnchorsDisagree, OSError) as fault:
        log.error("anchors_disagree", why=str(fault))
    return count


@transaction.atomic
def _seal_batch(*, at: datetime) -> int:
    """Give up to ``AT_ONCE`` links their places and write the anchor over them; one process at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('audit anchor', 0))")
        last = Anchor.objects.order_by("-number").first()
        tree = Tree.at(last.size, last.frontier) if last else Tree()
        newest = Seal.objects.order_by("-entry_id").values_list("entry_id", flat=True).first() or 0
        behind = STRAGGLERS if last and last.number % 10 else STRAGGLERS_OF_TENTH
        cursor.execute(TAKE_PLACES, [tree.size, newest - behind, AT_ONCE])
        for _, digest in sorted(cursor.fetchall()):
            tree.add(digest.encode())
    count = tree.size - (last.size if last else 0)
    if count:
        Anchor.objects.create(
            number=last.number + 1 if last else 1,
            at=at,
            size=tree.size,
            root=tree.root(),
            frontier=tree.stored(),
        )
    return count


def anchor_file() -> Path:
    """The path of the file for anchors outside the database."""
    return Path(settings.AUDIT_ANCHOR_FILE)


def database_name() -> str:
    """The name of this database in the file."""
    return str(Ledger.objects.get().uid)


def anchor_lines(start: int) -> Iterator[Line]:
    """The anchors of the database from a number on, oldest first, as unsigned lines."""
    database = database_name()
    for anchor in Anchor.objects.filter(number__gte=start).order_by("number").iterator(chunk_size=5000):
        at = anchor.at.astimezone(UTC).isoformat(timespec="seconds")
        yield Line(database, anchor.number, at, anchor.size, anchor.root)


# --- Checking -------------------------------------------------------------------------------------------------


def faults_of_tree() -> Iterator[str]:
    """The faults between links, their places and the anchors in the database."""
    yield from _faults_under({anchor.size: (anchor.number, anchor.root) for anchor in Anchor.objects.all()})


def anchors_in(path: Path) -> list[Line] | str:
    """The content of an anchor file, or its fault. Read it before the database, which can only grow after that."""
    try:
        return read_lines(path, database=database_name(), keys=ring("trace"))
    except AnchorsDisagree as fault:
        return str(fault)


def faults_against(kept: list[Line] | str) -> Iterator[str]:
    """The faults between the links and the anchors that were kept outside the database."""
    if isinstance(kept, str):
        yield kept
        return
    late = Anchor.objects.filter(at__lt=clock.now() - WRITTEN_WITHIN).order_by("-number").first()
    last = kept[-1].number if kept else 0
    if late is None and not kept:
        yield "还没有过锚定，请先让定时任务运行一分钟。"
    elif not Anchor.objects.filter(number__gte=last).exists():
        yield f"锚定文件到第 {last} 号，数据库没有这一号：数据库是较早的备份，或被删过。"
    elif late is not None and last < late.number:
        yield f"锚定文件到第 {last} 号，数据库到第 {late.number} 号：文件较旧，请取最新的。"
    yield from _faults_under({line.size: (line.number, line.root) for line in kept})


def _faults_under(roots: dict[int, tuple[int, str]]) -> Iterator[str]:
    """Rebuild the tree from the links and compare it at each anchored size; stops at the first difference."""
    tree = Tree()
    for position, sealed, found in _places():
        if position != tree.size + 1:
            yield f"第 {tree.size + 1} 位封存缺失"
            return
        if found is None:
            yield f"第 {position} 位封存的审计记录已不存在"
            return
        if found != sealed:
            yield f"第 {position} 位封存的审计记录被换过"
            return
        tree.add(found.encode())
        number, root = roots.get(tree.size, (0, ""))
        if number and root != tree.root():
            yield f"第 {number} 号锚定（前 {tree.size} 环）的根散列不符"
            return
    if beyond := [number for size, (number, _) in roots.items() if size > tree.size]:
        yield f"第 {min(beyond)} 号锚定有 {max(roots)} 环，数据库只封存了 {tree.size} 环：有记录被删，或是较早的备份"


def _places() -> Iterator[tuple[int, str, str | None]]:
    """All places in order: position, the hash that was sealed, and the current hash of the link."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.position, s.hash, e.hash FROM audit_seal s LEFT JOIN audit_entry e ON e.id = s.entry_id"
                " WHERE s.position > %s ORDER BY s.position LIMIT %s",
                [after, AT_ONCE],
            )
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][0]
