"""The import of a workbook of matters: read, shown, and confirmed into a draft edition or discarded (Art. 14)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import IO

from django.db import transaction

from accounts.models import User
from audit.actions import append_entry
from common.errors import IllegalMove, RuleViolation
from exchange.named import read_upload
from matters.actions.editions import next_code, open_draft, row_of
from matters.catalogue.columns import TABLE
from matters.catalogue.examination import Arrival, examine, stored
from matters.catalogue.examination import row_of as line_of
from matters.models import Matter, MatterImport, MatterList
from personnel.life import write_step

CHANGED = "预览以后清单有变化，结果已经更新，请再核对一遍。"


@transaction.atomic
def take_matters(
    edition: MatterList, upload: IO[bytes], *, name: str, size: int, by: User, at: datetime
) -> MatterImport:
    """Reads a workbook and stores what it would do to the draft. The draft is not changed yet."""
    edition = open_draft(edition, by=by, verb="import_matters")
    file = read_upload(upload, name=name, size=size, table=TABLE)
    edition.imports.filter(status=MatterImport.Status.READY).update(
        status=MatterImport.Status.DISCARDED, lines=[]
    )
    job = MatterImport(edition=edition, file_name=file.name, sha256=file.sha256, by=by, at=at)
    _keep(job, examine(file.rows, edition))
    job.save()
    return job


@transaction.atomic
def confirm_matters(job: MatterImport, *, by: User, at: datetime) -> MatterImport:
    """Writes what the preview showed into the draft. Lines with faults stay out; matters not in the file stay the same.

    Raises :class:`IllegalMove` if the draft has changed since. The page then shows what the file would do now.
    """
    job, edition = _waiting(job, by=by)
    found = examine(
        [line_of({**line, "faults": []}) for line in job.lines if line["outcome"] != "fault"], edition
    )
    counts = Counter(arrival.outcome for arrival in found)
    if any(counts[outcome] != job.counts.get(outcome, 0) for outcome in ("new", "changed", "same")):
        raise IllegalMove(CHANGED)
    if not counts["new"] and not counts["changed"]:
        raise RuleViolation("文件里没有要写进清单的事项。")
    for arrival in found:
        if arrival.outcome in ("new", "changed"):
            _write(edition, arrival)
    write_step(edition, "import", by=by, at=at)
    job.status, job.lines = MatterImport.Status.CONFIRMED, []
    job.save(update_fields=["status", "lines"])
    append_entry(
        f"matter_import:{job.pk}",
        verb="confirm",
        at=at,
        actor_id=by.pk,
        record={"edition": edition.pk, "sha256": job.sha256, **job.counts},
        first=True,
    )
    return job


def _write(edition: MatterList, arrival: Arrival) -> None:
    assert arrival.content is not None
    if arrival.before is None:
        code = next_code(edition.county, arrival.content.category)
        row_of(edition, code, arrival.content).save(force_insert=True)
        return
    held: Matter = edition.matters.get(code=arrival.code)
    changed = row_of(edition, arrival.code, arrival.content, revision=held.revision + 1)
    changed.pk = held.pk
    changed.save(force_update=True)


@transaction.atomic
def refresh_matters(job: MatterImport, *, by: User) -> MatterImport:
    """Compares a waiting file with the draft again."""
    job, edition = _waiting(job, by=by)
    sound = [line_of({**line, "faults": []}) for line in job.lines if line["outcome"] != "fault"]
    faulty = [line for line in job.lines if line["outcome"] == "fault"]
    _keep(job, examine(sound, edition))
    job.lines = sorted([*job.lines, *faulty], key=lambda line: line["row"])
    if faulty:
        job.counts["fault"] = job.counts.get("fault", 0) + len(faulty)
    job.save()
    return job


@transaction.atomic
def discard_matters(job: MatterImport, *, by: User) -> MatterImport:
    """Discards a file with everything that was read from it."""
    job, _ = _waiting(job, by=by)
    job.status, job.lines = MatterImport.Status.DISCARDED, []
    job.save(update_fields=["status", "lines"])
    return job


def _waiting(job: MatterImport, *, by: User) -> tuple[MatterImport, MatterList]:
    locked = MatterImport.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if locked.status != MatterImport.Status.READY:
        raise IllegalMove(f"这个文件{locked.get_status_display()}，请重新上传。")
    edition = MatterList.objects.get(pk=locked.edition_id)
    return locked, open_draft(edition, by=by, verb="import_matters")


def _keep(job: MatterImport, found: list[Arrival]) -> None:
    job.lines = [stored(arrival) for arrival in found]
    job.counts = dict(Counter(arrival.outcome for arrival in found))
