"""A file of people is read, shown, confirmed, and written by the worker in batches; a repeat makes nothing twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import IO

from django.db import transaction

from accounts.models import User
from audit.actions import append_entry
from common.errors import IllegalMove, NotPermitted, Refusal, RuleViolation
from exchange.named import read_upload
from grids.models import Grid
from personnel.life import write_step
from registry import policies
from registry.actions.records import NewRecord, register_record
from registry.actions.relations import relate
from registry.actions.values import Given, link_of, put_values
from registry.importing import OF_PERSON, TABLE, StoredLine, counts_of, examine, house_at, stored
from registry.models import PeopleImport, Record, Relation
from sweeps.actions import sweep, sweep_together
from worktime.clocks import day_of

KEPT_FOR = timedelta(hours=24)
TO_WRITE = ("create", "change", "same")
AT_ONCE = 200
WRITING, DROPPING = "registry.writing", "registry.files"
GIVEN = Given(source="import")


@transaction.atomic
def take_people(upload: IO[bytes], *, name: str, size: int, by: User, at: datetime) -> PeopleImport:
    """Reads a file and keeps what it would do, sealed, until it is decided; the register is not touched."""
    grids = policies.KEEPING.require(by)
    file = read_upload(upload, name=name, size=size, table=TABLE)
    lines = stored(examine(file.rows, grids=grids, by=by, today=day_of(at)))
    User.objects.select_for_update().get(pk=by.pk)  # two uploads at once run one after the other
    waiting = PeopleImport.objects.filter(by=by, status=PeopleImport.Status.READY)
    waiting.update(status=PeopleImport.Status.DISCARDED, lines=b"")
    job = PeopleImport(file_name=file.name, sha256=file.sha256, by=by, at=at, ends_at=at + KEPT_FOR)
    job.counts = counts_of(lines)
    job.total = sum(line["outcome"] in TO_WRITE for line in lines)
    _keep(job, lines)
    job.save()
    return job


def lines_of(job: PeopleImport) -> list[StoredLine]:
    """Returns the lines that wait. The caller must mask the private values."""
    return list(json.loads(job.unseal("lines") or "[]"))


def _keep(job: PeopleImport, lines: Sequence[StoredLine]) -> None:
    job.seal(lines=json.dumps(lines, ensure_ascii=False))


@transaction.atomic
def confirm_people(job: PeopleImport, *, by: User, at: datetime) -> PeopleImport:
    """Lets the worker write the lines without faults. Lines that look like somebody who is held are left out."""
    job = _decided_by(job, by=by)
    if at >= job.ends_at:
        raise IllegalMove("文件已过期，请重新上传。")
    if not job.total:
        raise RuleViolation("文件里没有可以导入的人。")
    job.status = PeopleImport.Status.CONFIRMED
    _keep(job, [line for line in lines_of(job) if line["outcome"] in TO_WRITE])
    job.save(update_fields=["status", "lines"])
    record = {"sha256": job.sha256, **job.counts}
    append_entry(f"people_import:{job.pk}", verb="confirm", at=at, actor_id=by.pk, record=record, first=True)
    return job


@transaction.atomic
def discard_people(job: PeopleImport, *, by: User) -> PeopleImport:
    """Discards a file and everything that was read from it."""
    job = _decided_by(job, by=by)
    job.status, job.lines, job.total = PeopleImport.Status.DISCARDED, b"", 0
    job.save(update_fields=["status", "lines", "total"])
    return job


def _decided_by(job: PeopleImport, *, by: User) -> PeopleImport:
    locked = PeopleImport.objects.select_for_update().get(pk=job.pk)
    if locked.by_id != by.pk:
        raise NotPermitted("只有上传的人可以办。")
    if locked.status != PeopleImport.Status.READY:
        raise IllegalMove(f"这个文件{locked.get_status_display()}，请重新上传。")
    return locked


def write_people(*, at: datetime) -> int:
    """Writes the next lines of every confirmed file, and forgets files that nobody decided; returns how many files."""
    waiting = PeopleImport.objects.filter(status=PeopleImport.Status.CONFIRMED).order_by("pk")
    done = sweep(WRITING, waiting.values_list("pk", flat=True), lambda pk: _write_some(pk, at=at), at=at).done
    over = PeopleImport.objects.filter(status=PeopleImport.Status.READY, ends_at__lte=at)

    def drop(numbers: Sequence[int]) -> int:
        return over.filter(pk__in=numbers).update(status=PeopleImport.Status.EXPIRED, lines=b"")

    return done + sweep_together(DROPPING, list(over.values_list("pk", flat=True)), drop, at=at).done


def _write_some(pk: int, *, at: datetime) -> bool:
    """Writes a batch in the caller's transaction, so that a line is written and gone from the file, or neither."""
    job = PeopleImport.objects.select_for_update(skip_locked=True).select_related("by").filter(pk=pk).first()
    if job is None or job.status != PeopleImport.Status.CONFIRMED:
        return False
    lines = lines_of(job)
    now, later = lines[:AT_ONCE], lines[AT_ONCE:]
    by_code = {grid.code: grid for grid in policies.keeping(job.by)}
    for line in now:
        _write(line, by_code.get(line["values"]["grid_code"]), job, at=at)
    job.done += len(now)
    if later:
        _keep(job, later)
    else:
        job.status, job.lines = PeopleImport.Status.WRITTEN, b""
    job.save(update_fields=["done", "status", "lines", "counts"])
    return True


def _write(line: StoredLine, grid: Grid | None, job: PeopleImport, *, at: datetime) -> None:
    """Writes a line; one that is refused by now (a grid that has ended, a number that has come) is counted as such."""
    try:
        with transaction.atomic():
            if grid is None:
                raise IllegalMove(policies.WORKERS)
            person = _person(line, grid, job.by, at=at)
            _settle(person, line["values"], grid, job.by, at=at)
    except Refusal:
        job.counts["refused"] = job.counts.get("refused", 0) + 1


def _person(line: StoredLine, grid: Grid, by: User, *, at: datetime) -> Record:
    values = {name: line["values"][name] for name in OF_PERSON if name in line["values"]}
    held = (
        Record.objects.current()
        .with_place()
        .select_for_update(of=("self",))
        .filter(pk=line["person"])
        .first()
    )
    if held is None:
        return register_record(NewRecord("person", grid, values, given=GIVEN), by=by, at=at)
    policies.WHO_MAY.require("collect", by, held)
    outcome = put_values(held, values, GIVEN, by=by, at=at)
    return write_step(held, "collect", by=by, at=at, record={"values": link_of(values, outcome)})


def _settle(person: Record, values: dict[str, str], grid: Grid, by: User, *, at: datetime) -> None:
    """Lets the person live in the household at the address; both are made where they are not held."""
    number = house_at(values["address"], grid)
    house = (
        Record.objects.get(pk=number)
        if number
        else register_record(
            NewRecord("house", grid, {"address": values["address"]}, given=GIVEN), by=by, at=at
        )
    )
    dwelling = Relation.objects.present().filter(kind="dwells", target=house).order_by("pk").first()
    if dwelling is not None:
        home = dwelling.source
    else:
        new = NewRecord("household", grid, {"household": "family"}, given=GIVEN)
        home = register_record(new, by=by, at=at)
        relate(home, house, "dwells", by=None, at=at)
        home.refresh_from_db()
    if not Relation.objects.present().filter(source=person, target=home, kind="member").exists():
        relate(person, home, "member", role=values["role"], by=None, at=at)
