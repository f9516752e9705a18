"""A file of grids at the pages: uploaded, previewed, confirmed, taken back, or refused in words (Art. 7)."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from common import clock
from plans.actions.imports import work_on_imports
from plans.models import GridPlan, ImportJob, PlannedGrid
from tests.doors import Visitor
from tests.plans.drafts import agreed, drafted, published, step, with_split
from tests.plans.importer import Importer, collection
from tests.plans.test_imports import feature, halves
from tests.town import MONDAY, Town

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


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


def test_repairs_and_findings_are_shown_before_anything_is_saved(wu: Importer) -> None:
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
    assert refused.status_code == 409 and "办过这个方案" in refused.content.decode()
    assert wu.plan.grids.get().name == "改了名"
    refused = wu.confirm(job)
    assert refused.status_code == 409 and "预览已过时" in refused.content.decode()
    assert wu.plan.grids.get().name == "改了名"


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
