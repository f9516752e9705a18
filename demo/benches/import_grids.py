"""`bench import-grids`: imports 10,000 grids from one file, up to confirmation, compared with COPY of the same rows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import shapely
from django.conf import settings
from django.db import transaction

from accounts.models import User
from common import clock
from common.records.copying import as_text, copy_text
from common.shapes import Json
from demo.benches.measuring import scratch_city, settings_of_server
from demo.city_grids import SEED
from demo.partition import cells, fit_together
from demo.people import found_organizations
from exchange.reading import read_grids
from grids.models import Division
from personnel.actions import appoint_to_office
from personnel.models import Organization
from plans.actions.imports import confirm_import, store_reading, take_file
from plans.actions.plans import PlanDraft, draft_plan
from plans.models import GridPlan, ImportJob, PlannedGrid
from worktime.clocks import day_of

Say = Callable[[str], object]
COUNTY, CRS = "410928", "EPSG:4490"


def run(say: Say, *, grids: int) -> None:
    """Create a file with ``grids`` grids of one county and import it into a plan of a scratch city."""
    with scratch_city(loading=("load_divisions", "load_calendar")), tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = folder
        say(f"服务器 {settings_of_server()}")
        file = Path(folder) / "网格.geojson"
        count, vertices = _write_file(file, grids)
        say(f"文件 {file.stat().st_size / 1e6:.1f} MB，网格 {count:,} 个，顶点 {vertices:,} 个")
        job = _job(file)
        started = process_time()
        reading = read_grids(file, form="geojson", crs=CRS)
        parsing = process_time() - started
        say(f"读取文件 CPU {parsing:.2f} 秒，好行 {len(reading.grids):,}，有误 {len(reading.faults):,}")
        started, wall = process_time(), perf_counter()
        store_reading(job, reading, at=clock.now())
        checking = process_time() - started
        job.refresh_from_db()
        confirm_import(job, by=job.by, at=clock.now())
        ours, wall = process_time() - started, perf_counter() - wall
        found = {
            key: job.summary[key] for key in ("create", "change", "same", "faults", "blocking", "warnings")
        }
        say(
            f"比对、检查、保存预览 CPU {checking:.2f} 秒；连同确认 CPU {ours:.2f} 秒，用时 {wall:.2f} 秒；{found}"
        )
        floor = min(_copy() for _ in range(5))
        say(
            f"COPY 同样的行（含索引）{floor:.3f} 秒；之比 {wall / floor:.1f}（≤ 20）；读取以外 CPU {ours:.2f} 秒（≤ 5）"
        )


def _write_file(file: Path, grids: int) -> tuple[int, int]:
    rng = np.random.default_rng(SEED)
    county = Division.objects.get(code=COUNTY)
    villages = list(Division.objects.filter(parent__parent=county).order_by("code"))
    outline = shapely.from_wkb(bytes(county.outline or b""))
    areas = cells(outline, len(villages), rng=rng)
    shares = np.diff(np.linspace(0, grids, len(villages) + 1).astype(int))
    owners, pieces = [], []
    for village, area, share in zip(villages, areas, shares.tolist(), strict=True):
        for piece in cells(area, share, rng=rng):
            owners.append(village)
            pieces.append(piece)
    shapes = [max(shapely.get_parts(shape), key=lambda part: part.area) for shape in fit_together(pieces)]
    features = [
        {
            "type": "Feature",
            "properties": _properties(number, owner),
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for number, (owner, shape) in enumerate(zip(owners, shapes, strict=True), start=1)
    ]
    file.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8"
    )
    return len(features), int(shapely.get_num_coordinates(shapes).sum())


def _properties(number: int, village: Division) -> Json:
    return {
        "网格名称": f"{village.name}第{number}网格",
        "村代码": village.code,
        "类型": "村网格",
        "户数": 100 + number % 300,
        "人口": 300 + number % 900,
    }


def _job(file: Path) -> ImportJob:
    """A plan of the county, drafted by an administrator of its own, with the file uploaded for it."""
    found_organizations(at=clock.now())
    at, county = clock.now(), Division.objects.get(code=COUNTY)
    admin = User.objects.create(username="bench-admin", name="基准")
    body = Organization.objects.get(code=f"{COUNTY}-A")
    appoint_to_office(admin, role="county_admin", organization=body, on=date(2025, 1, 1), at=at, by=None)
    day = day_of(at) + timedelta(days=30)
    draft = PlanDraft(title="基准", reason="基准", effective_on=day, kind=GridPlan.Kind.DIVISION)
    plan = draft_plan(draft, county=county, by=admin, at=at)
    with file.open("rb") as upload:
        job = take_file(plan, upload, name=file.name, size=file.stat().st_size, by=admin, at=at)
    job.crs = CRS
    job.status = ImportJob.Status.READING
    job.save()
    return job


def _copy() -> float:
    """The seconds that COPY takes to write the imported rows again, into the same table with the same indexes."""
    columns = [str(field.column) for field in PlannedGrid._meta.concrete_fields if not field.primary_key]
    rows = [
        # a key may occur only once in a plan
        {**dict(zip(columns, row, strict=True)), "plan_id": None}
        for row in PlannedGrid.objects.values_list(*columns)
    ]
    text = as_text(rows)
    with transaction.atomic():
        started = perf_counter()
        copy_text(PlannedGrid, columns, text)
        taken = perf_counter() - started
        transaction.set_rollback(True)
    return taken
