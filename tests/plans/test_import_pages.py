"""A file of grids at the pages: uploaded, its system chosen, previewed, confirmed, or refused in words (Art. 7)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely
from pyproj import Transformer

from accounts.models import User
from common import clock
from grids.exchange.limits import FILE_BYTES, MEGABYTE
from plans.actions.imports import work_on_imports
from plans.models import GridPlan, ImportJob, PlannedGrid
from tests.doors import Visitor
from tests.grids import files
from tests.plans.drafts import agreed, drafted, published, step, with_split
from tests.plans.test_imports import feature, halves
from tests.town import MONDAY, Town

pytestmark = pytest.mark.usefixtures("monday")
Way = Callable[[float, float], tuple[float, float]]


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def collection(*features: dict[str, Any], **members: Any) -> bytes:
    text = json.dumps({"type": "FeatureCollection", **members, "features": features}, ensure_ascii=False)
    return text.encode()


class Importer(Visitor):
    """Somebody with a file and a plan."""

    def __init__(self, person: User, plan: GridPlan) -> None:
        super().__init__(person)
        self.plan = plan
        self.path = f"/plans/{plan.pk}/import/"

    def send(self, content: bytes, name: str = "网格.geojson") -> Any:
        file = io.BytesIO(content)
        file.name = name
        return self.client.post(self.path, {"file": file})

    def upload(self, content: bytes, name: str = "网格.geojson") -> ImportJob:
        """Send a file and let the worker have its first look."""
        answer = self.send(content, name)
        job = ImportJob.objects.latest("pk")
        assert (answer.status_code, answer["Location"]) == (302, f"{self.path}{job.pk}/")
        work_on_imports(at=MONDAY)
        job.refresh_from_db()
        return job

    def read(self, *features: dict[str, Any]) -> ImportJob:
        """Bring a file as far as its preview."""
        job = self.upload(collection(*features))
        assert self.act(job, "system", crs="EPSG:4490").status_code == 302
        work_on_imports(at=MONDAY)
        job.refresh_from_db()
        assert job.status == "ready", job.sentence
        return job

    def act(self, job: ImportJob, verb: str, **said: Any) -> Any:
        return self.post(f"{self.path}{job.pk}/{verb}/", said)

    def confirm(self, job: ImportJob, *, version: int | None = None) -> Any:
        seen = version or GridPlan.objects.get(pk=self.plan.pk).version
        return self.act(job, "confirm", version=seen)

    def page(self, job: ImportJob, query: str = "") -> str:
        return self.text(f"{self.path}{job.pk}/{query}")


@pytest.fixture
def wu(town: Town) -> Importer:
    """The county's administrator with an empty plan."""
    return Importer(town.wu, drafted(town))


@pytest.mark.article(7)
def test_a_file_goes_from_upload_to_preview_to_plan_and_back_out(town: Town, wu: Importer) -> None:
    job = wu.upload(collection(*halves(town)))
    assert "这个文件用的是哪种坐标系" in wu.page(job)
    wu.act(job, "system", crs="EPSG:4490")
    assert "排队中" in wu.page(job) and "刷新" in wu.page(job)
    work_on_imports(at=MONDAY)
    preview = wu.page(job)
    assert "确认导入 2 个网格" in preview and "按 CGCS2000 经纬度 读取" in preview
    assert "京东社区新东网格" in preview and "京东社区第1网格" in wu.page(job, "?show=change")
    assert not wu.plan.grids.exists()
    assert wu.confirm(job).status_code == 302
    assert wu.plan.grids.count() == 2
    done = wu.page(job)
    assert "新设 1 个，修改 1 个" in done and f"/plans/{wu.plan.pk}/map/?township=410902001" in done
    assert "撤销这次导入" in done
    version = GridPlan.objects.get(pk=wu.plan.pk).version
    wu.post(f"/plans/{wu.plan.pk}/change/undo/", {"version": version, "township": "410902001"})
    assert not wu.plan.grids.exists() and "可以在地图上重做" in wu.page(job)
    step(GridPlan.objects.get(pk=wu.plan.pk), "rename", by=town.wu, key=f"g{town.grid.pk}", name="改了名")
    undone = wu.page(job)
    assert "这次导入已撤销" in undone and "重做" not in undone


def test_an_import_with_steps_after_it_is_not_undone_from_its_page(town: Town, wu: Importer) -> None:
    job = wu.read(*halves(town))
    wu.confirm(job)
    step(GridPlan.objects.get(pk=wu.plan.pk), "rename", by=town.wu, key=f"g{town.grid.pk}", name="改了名")
    page = wu.page(job)
    assert "撤销这次导入" not in page and "导入以后又有 1 步改动" in page


@pytest.mark.article(7)
def test_the_same_file_again_has_nothing_to_confirm(town: Town, wu: Importer) -> None:
    wu.confirm(wu.read(*halves(town)))
    again = wu.read(*halves(town))
    page = wu.page(again)
    assert "文件里没有要新设或修改的网格" in page and "确认导入" not in page
    assert "京东社区新东网格已有且相同。" in page
    refused = wu.confirm(again)
    assert refused.status_code == 422 and "没有要新设或修改的网格" in refused.content.decode()
    assert wu.plan.grids.count() == 2


def test_faulty_rows_are_listed_a_page_at_a_time_and_taken_away_as_a_workbook(
    town: Town, wu: Importer
) -> None:
    bad = [feature(f"坏{number}", 0.0, village="410902009009") for number in range(51)]
    job = wu.read(*halves(town), *bad)
    first, second = wu.page(job), wu.page(job, "?show=fault&page=2")
    assert "有误 <span" in first and "第3行：村（社区）代码 410902009009 不在您能改动的范围内。" in first
    assert "第53行：" not in first and "第53行：" in second and "第 2 页，共 2 页" in second
    answer = wu.get(f"{wu.path}{job.pk}/faults/")
    assert answer["Cache-Control"] == "private, no-store"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
    rows = list(sheet.iter_rows(min_row=2, max_col=3, values_only=True))
    assert len(rows) == 51 and rows[-1][:2] == (53, "村代码")
    assert wu.get(f"{wu.path}{wu.read(*halves(town)).pk}/faults/").status_code == 404


def test_a_row_that_the_reader_refused_is_taken_away_with_what_stood_in_it(town: Town, wu: Importer) -> None:
    job = wu.read(*halves(town), feature("坏", 0.02, 户数="三百"))
    answer = wu.get(f"{wu.path}{job.pk}/faults/")
    headers, row = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True)
    known = dict(zip(headers, row, strict=True))
    assert (known["行号"], known["栏目"], known["网格名称"], known["户数"]) == (3, "户数", "坏", "三百")


def test_the_list_of_changes_says_what_was_and_what_will_be(town: Town, wu: Importer) -> None:
    job = wu.read(*halves(town))
    page = wu.page(job, "?show=change")
    assert "户数：400 户 → 300 户" in page and "人口：1,100 人 → 900 人" in page and "职能部门" not in page
    wu.confirm(job)
    west = feature("京东社区第1网格", 0.0, 编码=town.grid.code, 户数=310)
    again = wu.read(west, halves(town)[1])
    assert "户数：300 户 → 310 户" in wu.page(again, "?show=change")


def test_what_was_mended_and_what_the_checks_find_is_said_before_anything_is_saved(wu: Importer) -> None:
    open_ring = feature("甲网格", 0.0)
    del open_ring["geometry"]["coordinates"][0][-1]
    job = wu.read(open_ring, feature("乙网格", 0.001))
    page = wu.page(job, "?show=repair")
    assert "边界没有闭合，已补上终点" in page
    assert "重叠" in page and "▲ 必须改" in page and "改好才能提交会签" in page
    assert "确认导入 2 个网格" in page  # it is only a draft
    assert wu.confirm(job).status_code == 302


def test_before_and_after_are_drawn(town: Town, wu: Importer) -> None:
    page = wu.page(wu.read(*halves(town)))
    assert page.count('class="lot" data-lot="new"') >= 1 and 'aria-label="之前"' in page


@pytest.mark.article(7)
def test_a_confirmation_of_what_somebody_changed_meanwhile_is_stale(town: Town, wu: Importer) -> None:
    job = wu.read(*halves(town))
    seen = GridPlan.objects.get(pk=wu.plan.pk).version
    step(GridPlan.objects.get(pk=wu.plan.pk), "rename", by=town.zhao, key=f"g{town.grid.pk}", name="改了名")
    refused = wu.confirm(job, version=seen)
    assert refused.status_code == 409 and "刚被别人改过" in refused.content.decode()
    assert wu.plan.grids.get().name == "改了名"
    assert wu.confirm(job).status_code == 302


def test_a_plan_out_of_drafting_takes_no_file_and_no_confirmation(town: Town) -> None:
    plan = with_split(town)
    wu = Importer(town.wu, plan)
    job = wu.read(*halves(town))
    agreed(town, plan)
    assert "确认导入" not in wu.page(job) and "不能再导入" in wu.page(job)
    assert wu.confirm(job).status_code == 409
    answer = wu.send(collection(*halves(town)))
    assert answer.status_code == 409 and "不能再导入" in answer.content.decode()
    assert ImportJob.objects.count() == 1


def test_a_file_thrown_away_leaves_nothing_waiting(town: Town, wu: Importer) -> None:
    job = wu.read(*halves(town))
    assert wu.act(job, "discard").status_code == 302
    assert "已放弃" in wu.page(job) and not PlannedGrid.objects.filter(import_job=job).exists()
    assert wu.confirm(job).status_code == 409


def test_an_upload_beside_one_under_way_is_warned_of(town: Town, wu: Importer) -> None:
    wu.read(*halves(town))
    assert "还没有办完（待确认）。上传新文件会放弃它。" in wu.text(wu.path)


# ── who ──────────────────────────────────────────────────────


@pytest.mark.article(20)
def test_the_county_and_its_townships_draw_together_and_nobody_else_sees_the_file(town: Town) -> None:
    plan = with_split(town)
    job = Importer(town.wu, plan).read(*halves(town))
    path = f"/plans/{plan.pk}/import/{job.pk}/"
    seen = {
        name: Visitor(getattr(town, name)).get(path).status_code
        for name in ("wu", "zhao", "duan", "zheng", "chen")
    }
    assert seen == {"wu": 200, "zhao": 200, "duan": 200, "zheng": 404, "chen": 404}
    assert [Visitor(who).get(f"/plans/{plan.pk}/import/").status_code for who in (town.zheng, town.chen)] == [
        403,
        404,
    ]
    published(town, plan)
    for page in ("", "progress/", "faults/"):
        assert Visitor(town.nobody).get(path + page).status_code == 404
    for verb in ("system", "confirm", "discard"):
        assert Visitor(town.nobody).post(f"{path}{verb}/").status_code == 404


@pytest.mark.article(20)
def test_a_file_of_another_plan_is_as_missing_as_none(town: Town, wu: Importer) -> None:
    job = Importer(town.wu, drafted(town)).read(*halves(town))
    for number in (job.pk, 999_999):
        assert wu.get(f"{wu.path}{number}/").status_code == 404
        assert wu.post(f"{wu.path}{number}/confirm/", {"version": 1}).status_code == 404
    job.refresh_from_db()
    assert job.status == "ready"


def test_a_township_cannot_confirm_another_s_grids(town: Town, wu: Importer) -> None:
    job = wu.read(*halves(town))
    refused = Importer(town.duan, wu.plan).confirm(job)
    assert refused.status_code == 403 and "只能改动本辖区的网格" in refused.content.decode()
    assert not wu.plan.grids.exists()


# ── the door ─────────────────────────────────────────────────


def padded(size: int) -> bytes:
    return collection().ljust(size)


def test_thirty_megabytes_pass_and_more_is_refused_with_a_sentence(wu: Importer) -> None:
    assert wu.send(padded(FILE_BYTES)).status_code == 302
    refused = wu.send(padded(FILE_BYTES + MEGABYTE))
    assert refused.status_code == 422
    assert "文件超过 30 MB，请按乡镇街道分成几个文件。" in refused.content.decode()
    assert ImportJob.objects.get().status == "waiting"  # the one before is still there


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("网格.kml", b"<kml/>", "不能读这种文件"),
        ("网格.xls", b"\xd0\xcf\x11\xe0", "另存为 .xlsx"),
        ("grids.shp", b"\0\0\x27\x0a", "一起打包成 .zip"),
        ("网格.geojson", b"", "文件是空的"),
        ("..", b"{}", "请选择文件"),
        ("a" * 300, b"{}", "不能读这种文件"),
    ],
)
def test_what_is_no_file_of_grids_is_refused_at_the_door(
    wu: Importer, name: str, content: bytes, sentence: str
) -> None:
    refused = wu.send(content, name)
    assert refused.status_code == 422 and sentence in refused.content.decode()
    assert not ImportJob.objects.exists()


def test_an_upload_without_a_file_says_so(wu: Importer) -> None:
    refused = wu.post(wu.path)
    assert refused.status_code == 422 and "请选择文件。" in refused.content.decode()


@pytest.mark.parametrize("form", ["workbook", "geojson", "shapefile"])
def test_the_examples_are_read_but_belong_nowhere(wu: Importer, form: str) -> None:
    answer = wu.get(f"{wu.path}example/?form={form}")
    name = {"workbook": "示例.xlsx", "geojson": "示例.geojson", "shapefile": "示例.zip"}[form]
    job = wu.upload(answer.getvalue(), name)
    wu.act(job, "system", crs="EPSG:4490")
    work_on_imports(at=MONDAY)
    job.refresh_from_db()
    assert (job.status, job.summary["create"], job.summary["faults"]) == ("ready", 0, 2)
    assert "“示例社区”不在您能改动的村（社区）之内" in wu.page(job)


def test_who_may_not_draw_gets_no_example_of_a_plan_out_of_sight(town: Town, wu: Importer) -> None:
    assert Visitor(town.shi).get(f"{wu.path}example/?form=geojson").status_code == 404
    assert wu.get(f"{wu.path}example/?form=dwg").status_code == 404


# ── hostile files ────────────────────────────────────────────


def deep(folder: Path) -> Path:
    return files.raw(folder, b"[" * 200_000)


def bomb(folder: Path) -> Path:
    return files.zipped(
        folder, files.layer([[files.clockwise(files.square())]]) | {"big.bin": bytes(210 * MEGABYTE)}
    )


def climbing(folder: Path) -> Path:
    return files.zipped(
        folder, files.layer([[files.clockwise(files.square())]]) | {"../../etc/cron.d/x": b"x"}
    )


def linked(folder: Path) -> Path:
    parts = files.layer([[files.clockwise(files.square())]]) | {"link": b"/etc/passwd"}
    return files.zipped(folder, parts, links=["link"])


def entity(folder: Path) -> Path:
    sheet = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
    return files.repacked(files.workbook(folder, ["1", "x"]), {"xl/worksheets/sheet1.xml": sheet})


HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "deep": (deep, "FeatureCollection"),
    "bomb": (bomb, "MB"),
    "climbing": (climbing, "压缩包"),
    "linked": (linked, "压缩包"),
    "entity": (entity, "工作簿"),
    "cut": (lambda folder: files.raw(folder, b'{"type":"FeatureCollection","features":[{'), "JSON"),
    "not a zip": (lambda folder: files.raw(folder, b"PK\x03\x04broken", "grids.zip"), "压缩包已损坏"),
    "binary": (lambda folder: files.raw(folder, bytes(range(256))), "。"),
    "another form": (lambda folder: files.raw(folder, b"{}", "grids.xlsx"), "文件的内容不是"),
    "no grids": (lambda folder: files.geojson(folder), "没有网格"),
    "not a number": (
        lambda folder: files.geojson(folder, files.feature([(float("nan"), 35.7)] * 4)), "不是数",
    ),
    "crossing": (
        lambda folder: files.geojson(
            folder, files.feature([(115.0, 35.7), (115.01, 35.71), (115.01, 35.7), (115.0, 35.71), (115.0, 35.7)])
        ),
        "自相交",
    ),
    "far away": (lambda folder: files.geojson(folder, files.feature(files.square(2.3, 48.8))), "不在濮阳市范围内"),
    "formula": (lambda folder: files.workbook(folder, ["=cmd|' /C calc'!A0", "x"]), "。"),
    "points": (
        lambda folder: files.zipped(folder, files.layer([(115.0, 35.7)], kind=1)), "不是面",
    ),
    "unknown system": (
        lambda folder: files.zipped(
            folder, files.layer([[files.clockwise(files.square())]]) | files.prj(3857)
        ),
        "不能导入",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_ends_in_a_sentence_and_nothing_is_in_the_plan(
    wu: Importer, tmp_path: Path, kind: str
) -> None:
    make, sentence = HOSTILE[kind]
    path = make(tmp_path)
    job = wu.upload(path.read_bytes(), path.name)
    if job.status == "surveyed":
        assert wu.act(job, "system", crs="EPSG:4490").status_code in (302, 422)
        work_on_imports(at=MONDAY)
        job.refresh_from_db()
    page = wu.page(job)
    assert sentence in page and "确认导入" not in page
    assert job.status == "failed" or job.summary.get("faults") or job.status == "surveyed"
    assert not PlannedGrid.objects.exists()
    assert list((tmp_path / "media").rglob("passwd")) == []


# ── the coordinate system ────────────────────────────────────


def projected(code: int) -> Way:
    to = Transformer.from_crs(4490, code, always_xy=True)
    return lambda lon, lat: to.transform(lon, lat)


def moved(way: Way, *features: dict[str, Any]) -> list[dict[str, Any]]:
    for each in features:
        each["geometry"]["coordinates"] = [
            [list(way(x, y)) for x, y in ring] for ring in each["geometry"]["coordinates"]
        ]
    return list(features)


def test_a_file_in_a_zone_is_drawn_where_it_would_lie_and_chosen_already(town: Town, wu: Importer) -> None:
    job = wu.upload(collection(*moved(projected(4547), *halves(town))))
    page = wu.page(job)
    assert page.count('name="crs"') == 1 and 'value="EPSG:4547" checked' in page
    assert (
        "范围的 99% 在华龙区内" in page and '<svg class="chart mini"' in page
    )  # the box is wider than its grids
    assert "GeoJSON" in page and "没有声明" in page
    wu.act(job, "system", crs="EPSG:4547")
    work_on_imports(at=MONDAY)
    assert "确认导入 2 个网格" in wu.page(job)


def test_degrees_fit_several_systems_and_the_declared_one_stands_first(town: Town, wu: Importer) -> None:
    declared = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}
    page = wu.page(wu.upload(collection(*halves(town), crs=declared)))
    assert page.count('name="crs"') == 4
    assert page.index("EPSG:4326") < page.index("EPSG:4490") and 'value="EPSG:4326" checked' in page
    plain = wu.page(wu.upload(collection(*halves(town))))
    assert " checked" not in plain


@pytest.mark.parametrize("said", [{}, {"crs": "EPSG:4547"}, {"crs": "EPSG:1"}])
def test_a_system_that_was_not_offered_is_not_taken(town: Town, wu: Importer, said: dict[str, str]) -> None:
    job = wu.upload(collection(*halves(town)))
    refused = wu.act(job, "system", **said)
    assert refused.status_code == 422 and "请选择坐标系。" in refused.content.decode()
    job.refresh_from_db()
    assert job.status == "surveyed"


def test_a_form_sent_twice_does_once_what_it_says(town: Town, wu: Importer) -> None:
    job = wu.upload(collection(*halves(town)))
    assert [wu.act(job, "system", crs="EPSG:4490").status_code for _ in range(2)] == [302, 302]
    work_on_imports(at=MONDAY)
    version = GridPlan.objects.get(pk=wu.plan.pk).version
    assert [wu.confirm(job, version=version).status_code for _ in range(2)] == [302, 302]
    assert wu.plan.grids.count() == 2 and wu.plan.changes.count() == 1


def test_a_system_is_chosen_once(town: Town, wu: Importer) -> None:
    job = wu.read(*halves(town))
    assert wu.act(job, "system", crs="EPSG:4326").status_code == 409
    job.refresh_from_db()
    assert (job.status, job.crs) == ("ready", "EPSG:4490")


def test_a_file_with_its_axes_turned_is_told_and_read(town: Town, wu: Importer) -> None:
    job = wu.upload(collection(*moved(lambda lon, lat: (lat, lon), *halves(town))))
    page = wu.page(job)
    assert "横纵（经纬）坐标写反了" in page and "全部在华龙区内" in page
    wu.act(job, "system", crs="EPSG:4490")
    work_on_imports(at=MONDAY)
    assert "确认导入 2 个网格" in wu.page(job)


def test_one_grid_far_away_does_not_keep_the_others_out(town: Town, wu: Importer) -> None:
    job = wu.upload(collection(*halves(town), feature("零点网格", -115.0)))
    page = wu.page(job)
    assert "不全在濮阳市范围内" in page and "逐行列为有误" in page and '<svg class="chart mini"' not in page
    wu.act(job, "system", crs="EPSG:4490")
    work_on_imports(at=MONDAY)
    page = wu.page(job)
    assert "确认导入 2 个网格" in page and "第3个要素" in page


@pytest.mark.parametrize(("code", "sentence"), [(3857, "Web 墨卡托"), (4498, "6 度带"), (4545, "数字像米")])
def test_numbers_of_no_system_on_the_list_are_told_by_their_looks(
    town: Town, wu: Importer, code: int, sentence: str
) -> None:
    assert sentence in wu.page(wu.upload(collection(*moved(projected(code), *halves(town)))))


def test_a_declaration_that_the_numbers_belie_is_named(town: Town, wu: Importer) -> None:
    declared = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4548"}}
    page = wu.page(wu.upload(collection(*halves(town), crs=declared)))
    assert "请更正文件的声明（.prj）后重新上传" in page and 'name="crs"' not in page


def test_the_picture_has_the_county_s_outline_and_says_what_lies_outside(town: Town, wu: Importer) -> None:
    county = town.division("华龙区")
    county.outline = shapely.to_wkb(shapely.box(115.0, 35.7, 115.005, 35.71))
    county.save(update_fields=["outline"])
    assert "范围的 50% 在华龙区内" in wu.page(wu.upload(collection(*halves(town))))
    county.outline = shapely.to_wkb(shapely.box(115.1, 35.7, 115.2, 35.8))
    county.save(update_fields=["outline"])
    assert "在华龙区以外，相距约 8.1 公里" in wu.page(wu.upload(collection(*halves(town))))


# ── while it runs ────────────────────────────────────────────


def test_a_page_that_waits_asks_for_what_moves_and_is_sent_on_when_it_is_done(
    town: Town, wu: Importer
) -> None:
    wu.send(collection(*halves(town)))
    job = ImportJob.objects.get()
    page = wu.page(job)
    assert 'hx-trigger="every 2s"' in page and "排队中" in page
    path = f"{wu.path}{job.pk}/progress/"
    assert wu.get(path, seen="waiting--0-0-False").status_code == 204
    ImportJob.objects.update(status="reading", sentence="正在检查重叠、空隙和规模", done=1, total=2)
    piece = wu.get(path, seen="waiting--0-0-False").content.decode()
    assert "正在检查重叠、空隙和规模" in piece and "1 / 2 行" in piece and "<html" not in piece
    ImportJob.objects.update(status="waiting")
    work_on_imports(at=MONDAY)
    answer = wu.get(path)
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_a_file_that_nobody_begins_says_whom_to_ask(
    town: Town, wu: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wu.send(collection(*halves(town)))
    job = ImportJob.objects.get()
    assert "后台可能没有运行" not in wu.page(job)
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(minutes=3))
    assert "后台可能没有运行，请联系管理员" in wu.page(job)


def test_files_ahead_are_counted(town: Town, wu: Importer) -> None:
    Importer(town.wu, drafted(town)).send(collection(*halves(town)))
    wu.send(collection(*halves(town)))
    assert "前面还有 1 个文件" in wu.page(ImportJob.objects.latest("pk"))


@pytest.mark.parametrize("shown", ["create", "change", "same", "fault", "repair"])
def test_a_long_preview_costs_no_more_statements(town: Town, wu: Importer, shown: str) -> None:
    def cost(count: int) -> int:
        new = [feature(f"新{number}", 0.02 + number / 5000, east=1 / 6000) for number in range(count)]
        bad = [feature(f"坏{number}", 0.0, village="410902009009") for number in range(count)]
        job = wu.read(*halves(town), *new, *bad)
        return wu.statements(f"{wu.path}{job.pk}/?show={shown}")

    assert cost(1) == cost(40)
