"""Import a file of grids into a plan: upload, survey, read, preview and only then confirm (Art. 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, cast

import structlog
from django.core.files import File
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from accounts.models import User
from common.errors import IllegalMove, Refusal, RuleViolation
from common.records.copying import copy_rows
from common.shapes import Columns
from exchange.crs import SYSTEMS
from exchange.limits import FILE_BYTES
from exchange.matching import OF_A_GRID
from exchange.reading import form_of, read_grids, survey
from exchange.rows import FileFault, Form, Reading
from grids.models import Division
from plans import policies
from plans.actions.steps import touch
from plans.examination import findings_of
from plans.history import begin
from plans.import_matching import Arrival, arrivals
from plans.layout import columns_of, lot_of, named, whole_county
from plans.models import GridPlan, ImportJob, ImportRow, PlanChange, PlannedGrid
from plans.visibility import reach_of
from sweeps.actions import sweep
from worktime.clocks import day_of

log = structlog.get_logger(__name__)
ABANDONED_AFTER = timedelta(minutes=10)
MOST_TRIES = 2
GIVEN_UP = (
    "读取这个文件时中断了两次，可能太大或太复杂，不再重试。"
    "请简化边界或分成几个文件再上传；多次失败请联系管理员。"
)
SHOWN_FINDINGS = 200
OPEN = (ImportJob.Status.WAITING, ImportJob.Status.READING, ImportJob.Status.SURVEYED, ImportJob.Status.READY)


@transaction.atomic
def take_file(
    plan: GridPlan, upload: IO[bytes], *, name: str, size: int, by: User, at: datetime
) -> ImportJob:
    """Store an uploaded file for a plan and queue it for the survey; its content is not trusted yet."""
    policies.WHO_MAY.require("change", by, plan)
    if not policies.may_draw(by, plan):
        raise IllegalMove(f"方案{plan.get_status_display()}，不能再导入。")
    if size > FILE_BYTES:
        raise RuleViolation(
            f"文件超过 {FILE_BYTES // 1024 // 1024} MB，请按乡镇街道分成几个文件。", field="file"
        )
    plain = Path(name.replace("\\", "/")).name[-120:]
    try:
        form = form_of(plain)
    except RuleViolation as refusal:
        raise RuleViolation(refusal.sentence, field="file") from refusal
    plan.imports.filter(status__in=OPEN).update(status=ImportJob.Status.DISCARDED)
    job = ImportJob(plan=plan, file_name=plain, form=form, status=ImportJob.Status.WAITING, by=by, at=at)
    job.sha256 = hashlib.file_digest(cast(BytesIO, upload), "sha256").hexdigest()
    upload.seek(0)
    job.file.save(f"{job.sha256[:16]}{Path(plain).suffix.lower()}", File(upload), save=False)
    job.save()
    return job


@transaction.atomic
def choose_crs(job: ImportJob, *, crs: str, by: User, matches: Mapping[str, str] | None = None) -> ImportJob:
    """Set the coordinate system of a surveyed file, and which field is which column, and queue it for reading."""
    job = _locked(job, by=by, status=ImportJob.Status.SURVEYED)
    if crs not in SYSTEMS:
        raise RuleViolation("请选择坐标系。", field="crs")
    if matches is not None:
        job.matches = {name: key for name, key in matches.items() if key in OF_A_GRID or not key}
    job.crs, job.status, job.sentence, job.tries = crs, ImportJob.Status.WAITING, "", 0
    job.save(update_fields=["crs", "status", "sentence", "tries", "matches"])
    return job


@transaction.atomic
def discard_import(job: ImportJob, *, by: User) -> ImportJob:
    """Discard a file that has not been confirmed."""
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    policies.WHO_MAY.require("change", by, job.plan)
    if job.status == ImportJob.Status.CONFIRMED:
        raise IllegalMove("已导入的文件请在地图上撤销。")
    PlannedGrid.objects.filter(import_job=job, plan=None).delete()
    job.status = ImportJob.Status.DISCARDED
    job.save(update_fields=["status"])
    return job


@transaction.atomic
def confirm_import(job: ImportJob, *, by: User, at: datetime) -> PlanChange:
    """Add the grids that were read to the plan, as one step that can be undone."""
    plan = begin(job.plan, "change", by=by)
    job = _locked(job, by=by, status=ImportJob.Status.READY)
    if job.summary.get("plan_version") != plan.version:
        raise IllegalMove("这个文件读取以后，方案又有改动，预览已过时。请重新上传，再核对一遍。")
    waiting = PlannedGrid.objects.filter(import_job=job, plan=None)
    if not waiting.exists():
        raise RuleViolation("文件里没有要新设或修改的网格。")
    places = ("village__parent_id", "base__village__parent_id")
    policies.require_place(by, plan, {pk for row in waiting.values_list(*places) for pk in row if pk})
    plan.changes.filter(undone_at__isnull=False).delete()
    replaced = plan.grids.filter(Q(grid__in=waiting.values("grid")) | Q(key__in=waiting.values("key")))
    before = {row.key: lot_of(row).stored() for row in replaced}
    replaced.delete()
    count = waiting.update(plan=plan)
    last = plan.changes.aggregate(last=Max("seq"))["last"] or 0
    job.status = ImportJob.Status.CONFIRMED
    job.save(update_fields=["status"])
    step = PlanChange(
        plan=plan,
        seq=last + 1,
        verb="import",
        sentence=f"从{job.file_name}导入 {count:,} 个网格（{SYSTEMS[job.crs].name}）"[:300],
        before=before,
        after={},
        import_job=job,
        by=by,
        at=at,
    )
    return touch(plan, step, by=by, at=at)


def _locked(job: ImportJob, *, by: User, status: str) -> ImportJob:
    locked = ImportJob.objects.select_for_update(of=("self",)).select_related("plan__county").get(pk=job.pk)
    policies.WHO_MAY.require("change", by, locked.plan)
    if locked.status != status:
        raise IllegalMove(f"这个文件现在是“{locked.get_status_display()}”。请刷新页面。")
    return locked


def work_on_imports(*, at: datetime) -> int:
    """Survey or read every waiting file, oldest first; return the number of files.

    If a reader died, the file is tried once more. Each try is counted before it begins, so a file whose reader dies
    twice fails with a sentence and is not tried for ever.
    """
    count = 0
    while waiting := list(_waiting(at).order_by("pk").values_list("pk", flat=True)):
        result = sweep("plans.imports", waiting, partial(_work_on, at=at), at=at, keeps_own_transactions=True)
        count += result.done
        if not result.done:
            break  # the remaining files are being read by others or wait for their next try
    return count


def _waiting(at: datetime) -> QuerySet[ImportJob]:
    dead = Q(status=ImportJob.Status.READING, claimed_at__lt=at - ABANDONED_AFTER)
    return ImportJob.objects.filter(Q(status=ImportJob.Status.WAITING) | dead)


def _work_on(pk: int, *, at: datetime) -> bool:
    job = _claim(pk, at=at)
    if job is None:
        return False
    try:
        _require_tries_left(job)
        _survey(job) if not job.crs else _read(job, at=at)
    except Refusal as refusal:
        _fail(job, refusal.sentence)
    except Exception:
        log.exception("import_failed", job=job.pk)
        _fail(job, "读取时出错，已记录。请检查文件后重新上传；多次失败请联系管理员。")
    return True


@transaction.atomic
def _claim(pk: int, *, at: datetime) -> ImportJob | None:
    """Take a waiting file and count the try before it begins; return None if another reader has it."""
    free = _waiting(at).select_for_update(of=("self",), skip_locked=True)
    job = free.select_related("plan__county", "by").filter(pk=pk).first()
    if job is not None:
        job.status, job.claimed_at, job.done, job.tries = ImportJob.Status.READING, at, 0, job.tries + 1
        job.save(update_fields=["status", "claimed_at", "done", "tries"])
    return job


def _require_tries_left(job: ImportJob) -> None:
    if job.tries > MOST_TRIES:
        raise RuleViolation(GIVEN_UP)


def _fail(job: ImportJob, sentence: str) -> None:
    job.status, job.sentence = ImportJob.Status.FAILED, sentence[:500]
    job.save(update_fields=["status", "sentence"])


def _survey(job: ImportJob) -> None:
    """Count rows and find the systems that place the file in Puyang; without coordinates no system is asked."""
    found = survey(Path(job.file.path), job.file_name)
    job.survey, job.total = asdict(found), found.count
    job.fields_mark = mark_of(field.name for field in found.fields)
    job.matches = _matches_before(job)
    job.status = ImportJob.Status.SURVEYED
    if found.bounds is None:
        job.crs, job.status, job.tries = "EPSG:4490", ImportJob.Status.WAITING, 0
    job.save(update_fields=["survey", "total", "status", "crs", "tries", "fields_mark", "matches"])


def mark_of(names: Iterable[str]) -> str:
    """Return a digest of the names of a file's fields, in any order; empty if it has none."""
    ordered = sorted(names)
    return hashlib.sha256("\0".join(ordered).encode()).hexdigest() if ordered else ""


def _matches_before(job: ImportJob) -> dict[str, str]:
    """Return what somebody of the county said of the last file with the same fields."""
    same = ImportJob.objects.filter(fields_mark=job.fields_mark, plan__county=job.plan.county_id)
    before = same.exclude(pk=job.pk).exclude(fields_mark="").exclude(matches={}).order_by("-pk").first()
    matches: dict[str, str] = before.matches if before else {}
    return matches


def _read(job: ImportJob, *, at: datetime) -> None:
    _note_progress(job, "正在读取文件")
    form = cast(Form, job.form)
    reading = read_grids(Path(job.file.path), form=form, crs=job.crs, only_whole=False, matches=job.matches)
    store_reading(job, reading, at=at)


def store_reading(job: ImportJob, reading: Reading, *, at: datetime) -> None:
    """Compare what was read with the register and the plan, check all of it and store it beside the plan."""
    _note_progress(job, "正在与网格册比对", total=reading.total)
    job.plan.refresh_from_db(fields=["version"])
    layout = whole_county(job.plan)
    found = list(arrivals(reading, layout, _villages(job), prefix=f"i{job.pk}-"))
    taken = [arrival for arrival in found if arrival.lot is not None]
    _note_progress(job, "正在检查重叠、空隙和规模", done=len(found))
    layout.put(arrival.lot for arrival in taken if arrival.lot is not None)
    today = day_of(at)
    findings = findings_of(job.plan, today=today, layout=named(layout))
    _note_progress(job, "正在保存预览", done=len(found))
    with transaction.atomic():
        PlannedGrid.objects.filter(import_job=job, plan=None).delete()
        job.rows.all().delete()
        copy_rows(PlannedGrid, (_columns(job, arrival) for arrival in taken))
        ImportRow.objects.bulk_create(_remarks(job, reading.faults, found, reading.notes), batch_size=2000)
        job.summary = {
            "plan_version": job.plan.version,
            "create": sum(arrival.outcome == "create" for arrival in found),
            "change": sum(arrival.outcome == "change" for arrival in found),
            "same": sum(arrival.outcome == "same" for arrival in found),
            "faults": job.rows.filter(outcome="fault").values("row").distinct().count(),
            "blocking": sum(finding.severity == "blocking" for finding in findings),
            "warnings": sum(finding.severity == "warning" for finding in findings),
            "findings": [asdict(finding) for finding in findings[:SHOWN_FINDINGS]],
        }
        job.total, job.done, job.sentence = reading.total, reading.total, ""
        job.status = ImportJob.Status.READY
        job.save(update_fields=["summary", "total", "done", "sentence", "status"])


def _villages(job: ImportJob) -> list[Division]:
    """Return the villages that the uploader may draw in."""
    villages = (
        Division.objects.filter(level="village", parent__parent=job.plan.county_id)
        .select_related("parent__parent__parent")
        .defer("outline", "parent__outline", "parent__parent__outline", "parent__parent__parent__outline")
    )
    reach = reach_of(job.by, job.plan)
    return list(villages if reach is None else villages.filter(parent__in=reach))


def _note_progress(job: ImportJob, phase: str, **counts: int) -> None:
    ImportJob.objects.filter(pk=job.pk).update(sentence=phase, **counts)


def _columns(job: ImportJob, arrival: Arrival) -> Columns:
    """Return the columns of a planned grid that waits beside the plan."""
    assert arrival.lot is not None
    waiting = {"import_job_id": job.pk, "import_row": arrival.row, "crs_source": job.crs}
    return columns_of(arrival.lot) | waiting


def _remarks(
    job: ImportJob, faults: Iterable[FileFault], found: Sequence[Arrival], notes: Iterable[str]
) -> list[ImportRow]:
    """Return all remarks about the file: faults, repairs and rows that change nothing."""
    rows = [_row(job, "fault", fault.row, fault.reason, fault.field, _cells(fault)) for fault in faults]
    rows += [_row(job, "repair", None, note) for note in notes]
    for arrival in found:
        rows += [_row(job, "repair", arrival.row, sentence) for sentence in arrival.repairs]
        if arrival.reason:
            rows.append(_row(job, "fault", arrival.row, arrival.reason, arrival.field))
        if arrival.outcome == "same":
            rows.append(_row(job, "same", arrival.row, f"{arrival.name}已有且相同。"))
    return rows


def _row(
    job: ImportJob, outcome: str, row: int | None, reason: str, field: str = "", cells: object = None
) -> ImportRow:
    return ImportRow(
        job=job, row=row, outcome=outcome, field=field[:40], reason=reason[:500], cells=cells or []
    )


def _cells(fault: FileFault) -> list[list[str]]:
    return [[header[:60], text[:200]] for header, text in fault.cells]
