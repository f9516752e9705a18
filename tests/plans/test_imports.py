"""A file of grids is surveyed, read, compared and checked, and enters the plan only when confirmed (Art. 7)."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection

from accounts.models import User
from common.errors import IllegalMove, NotPermitted, RuleViolation
from common.shapes import Json
from exchange.rows import Survey
from plans.actions import imports
from plans.actions.imports import (
    ABANDONED_AFTER,
    GIVEN_UP,
    choose_crs,
    confirm_import,
    discard_import,
    take_file,
    work_on_imports,
)
from plans.actions.steps import redo, undo
from plans.models import GridPlan, ImportJob, PlannedGrid
from puyang_grid.addresses import BASE_DIR, with_database
from puyang_grid.pid_files import wait_until
from tests.databases import run_addresses
from tests.plans.drafts import drafted, step
from tests.town import MONDAY, Town, build_town


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    yield
    assert default_storage is not None


def feature(
    name: str, west: float, *, village: str = "410902001001", east: float = 0.005, **more: Any
) -> Json:
    shape = shapely.box(115 + west, 35.7, 115 + west + east, 35.71)
    properties = {"网格名称": name, "村代码": village, "户数": 300, "人口": 900} | more
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shape))}


def upload(plan: GridPlan, by: User, *features: Json, name: str = "网格.geojson") -> ImportJob:
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
    return take_file(plan, io.BytesIO(text), name=name, size=len(text), by=by, at=MONDAY)


def read(job: ImportJob, by: User) -> ImportJob:
    work_on_imports(at=MONDAY)
    job.refresh_from_db()
    assert job.status == "surveyed", job.sentence
    choose_crs(job, crs="EPSG:4490", by=by)
    work_on_imports(at=MONDAY)
    job.refresh_from_db()
    return job


def halves(town: Town) -> list[Json]:
    """Chen's grid as its western half, and the rest as a new grid."""
    return [
        feature("京东社区第1网格", 0.0, 编码=town.grid.code),
        feature("京东社区新东网格", 0.005),
    ]


@pytest.mark.article(7)
def test_a_file_is_previewed_and_nothing_is_in_the_plan_until_it_is_confirmed(town: Town) -> None:
    plan = drafted(town)
    job = read(upload(plan, town.wu, *halves(town)), town.wu)
    assert job.status == "ready", job.sentence
    counts = {key: job.summary[key] for key in ("create", "change", "same", "faults", "blocking")}
    assert counts == {"create": 1, "change": 1, "same": 0, "faults": 0, "blocking": 0}
    assert not plan.grids.exists()
    confirm_import(job, by=town.wu, at=MONDAY)
    assert {row.name: row.is_new for row in plan.grids.all()} == {
        "京东社区第1网格": False,
        "京东社区新东网格": True,
    }
    assert plan.changes.get().sentence == "从网格.geojson导入 2 个网格（CGCS2000 经纬度）"


@pytest.mark.article(7)
def test_pieces_and_missing_borders_are_refused_where_the_register_has_a_whole_grid(town: Town) -> None:
    known, bare = feature("京东社区第1网格", 0.0, 编码=town.grid.code), feature("京东社区新东网格", 0.005)
    pieces = shapely.MultiPolygon(
        [shapely.box(115, 35.7, 115.004, 35.71), shapely.box(115.006, 35.7, 115.01, 35.71)]
    )
    new = feature("京东社区两块网格", 0.0) | {"geometry": json.loads(shapely.to_geojson(pieces))}
    known["geometry"], bare["geometry"] = new["geometry"], None
    job = read(upload(drafted(town), town.wu, known, bare, new), town.wu)
    apart = "边界由互不相连的2块组成。一个网格只能是一整块，请拆成几个网格。"
    faults = job.rows.filter(outcome="fault").order_by("row").values_list("field", "reason")
    assert list(faults) == [
        ("边界", f"第1行：{apart}"), ("边界", "第2行：没有边界。请补上边界。"), ("边界", f"第3行：{apart}"),
    ]  # fmt: skip


@pytest.mark.article(7)
def test_the_same_file_again_makes_nothing_twice(town: Town) -> None:
    plan = drafted(town)
    confirm_import(read(upload(plan, town.wu, *halves(town)), town.wu), by=town.wu, at=MONDAY)
    again = read(upload(GridPlan.objects.get(pk=plan.pk), town.wu, *halves(town)), town.wu)
    assert (again.summary["same"], again.summary["create"], again.summary["change"]) == (2, 0, 0)
    with pytest.raises(RuleViolation, match="没有要新设或修改的网格"):
        confirm_import(again, by=town.wu, at=MONDAY)
    assert plan.grids.count() == 2


def test_an_import_is_one_step_that_can_be_taken_back_and_done_again(town: Town) -> None:
    plan = drafted(town)
    confirm_import(read(upload(plan, town.wu, *halves(town)), town.wu), by=town.wu, at=MONDAY)
    new = plan.grids.get(base=None).key
    plan = step(GridPlan.objects.get(pk=plan.pk), "rename", by=town.wu, key=new, name="改过名")
    undo(plan, by=town.wu, at=MONDAY)
    undo(GridPlan.objects.get(pk=plan.pk), by=town.wu, at=MONDAY)
    assert not plan.grids.exists()
    redo(GridPlan.objects.get(pk=plan.pk), by=town.wu, at=MONDAY)
    assert plan.grids.count() == 2
    redo(GridPlan.objects.get(pk=plan.pk), by=town.wu, at=MONDAY)
    assert plan.grids.get(key=new).name == "改过名"


@pytest.mark.parametrize(
    ("bad", "field", "reason"),
    [
        (feature("甲", 0.0, village="410902009009"), "村代码", "不在您能改动的范围内"),
        (feature("甲", 0.0, village=""), "村代码", "没有写明属于哪个村"),
        (feature("京东社区新东网格", 0.02), "网格名称", "与第2行是同一个网格"),
        (feature("商城网格", 0.0, 类型="专属网格", 专属类别="商圈市场"), "职能部门", "双重管理"),
        (feature("外县", 0.0, village="410922100201"), "村代码", "不在您能改动的范围内"),
    ],
)
def test_a_faulty_row_is_named_and_the_good_ones_can_still_be_taken(
    town: Town, bad: Json, field: str, reason: str
) -> None:
    plan = drafted(town)
    job = read(upload(plan, town.wu, *halves(town), bad), town.wu)
    fault = job.rows.get(outcome="fault")
    assert (fault.row, fault.field) == (3, field)
    assert reason in fault.reason
    assert (job.summary["create"], job.summary["change"], job.summary["faults"]) == (1, 1, 1)
    confirm_import(job, by=town.wu, at=MONDAY)
    assert plan.grids.count() == 2


@pytest.mark.parametrize(
    "name",
    [
        *(
            "京东社区",
            "京东社区居民委员会",
            "京东社区居委会",
            "中原路街道京东社区",
            "华龙区中原路街道京东社区居委会",
        ),
        *("河南省濮阳市华龙区中原路街道京东社区", "华龙区 中原路街道 京东社区"),
    ],
)
def test_a_village_is_found_by_its_official_short_and_full_name(town: Town, name: str) -> None:
    plan = drafted(town)
    east = feature("京东社区新东网格", 0.005, village="", 村名称=name)
    job = read(upload(plan, town.wu, halves(town)[0], east), town.wu)
    assert (job.summary["create"], job.summary["change"], job.summary["faults"]) == (1, 1, 0)


@pytest.mark.parametrize("name", ["胜利路街道京东社区", "清丰县京东社区", "东社区", "西京东社区"])
def test_a_name_that_is_not_quite_the_villages_is_a_fault(town: Town, name: str) -> None:
    plan = drafted(town)
    job = read(upload(plan, town.wu, feature("甲", 0.0, village="", 村名称=name)), town.wu)
    assert job.rows.get(outcome="fault").field == "村名称"


def test_overlaps_in_the_file_are_found_before_anything_is_saved(town: Town) -> None:
    plan = drafted(town)
    job = read(upload(plan, town.wu, feature("甲网格", 0.0), feature("乙网格", 0.001)), town.wu)
    assert job.summary["blocking"] >= 1
    assert any("重叠" in finding["sentence"] for finding in job.summary["findings"])


def test_a_township_imports_only_its_own_villages(town: Town) -> None:
    plan = drafted(town, by=town.zhao)
    job = read(upload(plan, town.zhao, *halves(town), feature("丙", 0.03, village="410902002001")), town.zhao)
    assert job.rows.get(outcome="fault").row == 3
    with pytest.raises(NotPermitted):
        upload(plan, town.chen, feature("甲", 0.0))
    with pytest.raises(NotPermitted):
        confirm_import(job, by=town.duan, at=MONDAY)


def test_a_second_upload_takes_the_place_of_one_not_confirmed(town: Town) -> None:
    plan = drafted(town)
    first = read(upload(plan, town.wu, *halves(town)), town.wu)
    second = read(upload(plan, town.wu, *halves(town)), town.wu)
    first.refresh_from_db()
    assert (first.status, second.status) == ("discarded", "ready")
    with pytest.raises(IllegalMove, match="已放弃"):
        confirm_import(first, by=town.wu, at=MONDAY)
    discard_import(second, by=town.wu)
    assert not PlannedGrid.objects.filter(plan=None, import_job=second).exists()


def test_a_reader_that_died_is_followed_up(town: Town) -> None:
    job = upload(drafted(town), town.wu, *halves(town))
    ImportJob.objects.filter(pk=job.pk).update(status="reading", claimed_at=MONDAY)
    assert work_on_imports(at=MONDAY + timedelta(minutes=9)) == 0
    assert work_on_imports(at=MONDAY + timedelta(minutes=11)) == 1
    job.refresh_from_db()
    assert job.status == "surveyed"


READER = """
import os, signal, sys
from datetime import datetime
import django
django.setup()
from django.conf import settings
from plans.actions import imports
settings.MEDIA_ROOT, bad, at = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])
survey = imports.survey
def die_on_the_bad_one(path, name):
    if str(path) == bad:
        os.kill(os.getpid(), signal.SIGKILL)
    return survey(path, name)
imports.survey = die_on_the_bad_one
print("read", imports.work_on_imports(at=at))
"""


def read_in_a_process_of_its_own(bad: ImportJob, *, database: str, at: datetime) -> int:
    """Let another process work on what waits, which the file ``bad`` kills. Returns how it ended.

    A fork would not do: in a thread with a browser's event loop it has another connection than its parent.
    """
    words = [str(settings.MEDIA_ROOT), bad.file.path, at.isoformat()]
    environ = {**os.environ, "DATABASE_URL": with_database(run_addresses().app, database)}
    command = [sys.executable, "-c", READER, *words]
    return subprocess.run(command, cwd=BASE_DIR, env=environ, check=False).returncode


def test_a_file_that_takes_its_reader_with_it_twice_fails_with_a_sentence(own_database: str) -> None:
    build_town()
    town = Town()
    bad = upload(drafted(town), town.wu, *halves(town))
    good = upload(drafted(town), town.wu, *halves(town))
    at = MONDAY
    for tries in (1, 2):
        assert read_in_a_process_of_its_own(bad, database=own_database, at=at) == -signal.SIGKILL
        wait_until(alone_in_the_database, what="the end of its session")
        bad.refresh_from_db()
        assert (bad.status, bad.tries) == ("reading", tries)
        at += ABANDONED_AFTER + timedelta(seconds=1)
    assert work_on_imports(at=at) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, bad.sentence) == ("failed", GIVEN_UP)
    assert (good.status, good.tries) == ("surveyed", 1)
    assert work_on_imports(at=at + timedelta(days=1)) == 0


def alone_in_the_database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone() == (0,)


def test_each_step_of_an_import_has_its_own_tries(town: Town) -> None:
    job = upload(drafted(town), town.wu, *halves(town))
    ImportJob.objects.filter(pk=job.pk).update(status="reading", claimed_at=MONDAY, tries=1)
    job = read_later(job, town.wu)
    assert (job.status, job.tries) == ("ready", 1)


def read_later(job: ImportJob, by: User) -> ImportJob:
    """Look at a file that a reader has left, then read it."""
    later = MONDAY + ABANDONED_AFTER + timedelta(minutes=1)
    assert work_on_imports(at=later) == 1
    job.refresh_from_db()
    assert job.tries == 2
    choose_crs(job, crs="EPSG:4490", by=by)
    assert work_on_imports(at=later) == 1
    job.refresh_from_db()
    return job


def test_a_file_that_raises_fails_and_its_neighbour_is_read(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = upload(drafted(town), town.wu, *halves(town))
    good = upload(drafted(town), town.wu, *halves(town))
    survey = imports.survey

    def raise_on_the_first(path: Path, name: str) -> Survey:
        if path == Path(bad.file.path):
            raise ZeroDivisionError
        return survey(path, name)

    monkeypatch.setattr(imports, "survey", raise_on_the_first)
    assert work_on_imports(at=MONDAY) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert bad.status == "failed" and "读取时出错" in bad.sentence
    assert good.status == "surveyed"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("网格.kml", "不能读这种文件"),
        ("网格.xls", "另存为 .xlsx"),
        ("../../etc/passwd", "不能读这种文件"),
    ],
)
def test_a_file_of_another_kind_is_refused_at_the_door(town: Town, name: str, sentence: str) -> None:
    with pytest.raises(RuleViolation, match=sentence):
        upload(drafted(town), town.wu, feature("甲", 0.0), name=name)


def test_a_broken_file_ends_in_a_sentence(town: Town) -> None:
    plan = drafted(town)
    job = take_file(plan, io.BytesIO(b"{broken"), name="a.geojson", size=7, by=town.wu, at=MONDAY)
    work_on_imports(at=MONDAY)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "JSON" in job.sentence
