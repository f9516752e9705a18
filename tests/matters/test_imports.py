"""A workbook of matters: what it would do, line by line, and what it does (Art. 14)."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from common.errors import IllegalMove, NotPermitted, RuleViolation
from exchange.named import Row
from exchange.named_files import write_rows
from matters import actions
from matters.actions.editions import row_of
from matters.catalogue.columns import COLUMNS, TABLE, content_in, written
from matters.catalogue.examination import texts_of
from matters.content import content_of
from matters.models import MatterImport, MatterList
from matters.seed_rows import read_matters
from tests.cases import refused
from tests.doors import Visitor
from tests.matters.conftest import CONTENT
from tests.town import MONDAY, ROOT, Town

NEW = {**written("", CONTENT), "code": ""}


def draft(town: Town, *, by: str = "wu") -> MatterList:
    county = town.division("华龙区")
    return actions.draft_edition(county, in_force_on=date(2026, 12, 1), by=getattr(town, by), at=MONDAY)


def taken(town: Town, edition: MatterList, *lines: dict[str, str], by: str = "wu") -> MatterImport:
    file = BytesIO()
    write_rows(file, TABLE, lines)
    size = file.tell()
    file.seek(0)
    return actions.take_matters(edition, file, name="清单.xlsx", size=size, by=getattr(town, by), at=MONDAY)


def faults(job: MatterImport) -> list[tuple[int, str, str]]:
    return [
        (line["row"], COLUMNS[key].name, sentence) for line in job.lines for key, sentence in line["faults"]
    ]


def test_every_matter_of_the_seed_comes_back_from_a_workbook_as_it_went_in() -> None:
    with (ROOT / "matters/seed/matters.csv").open(encoding="utf-8", newline="") as lines:
        for seed in read_matters(lines):
            assert content_in(Row(2, written(seed.code, seed.content))) == seed.content


def test_an_exported_edition_imports_as_the_same(town: Town) -> None:
    edition = draft(town)
    job = taken(town, edition, *texts_of(edition))
    assert job.counts == {"same": 83}
    with refused(RuleViolation):
        actions.confirm_matters(job, by=town.wu, at=MONDAY)


@pytest.mark.article(14)
def test_new_and_changed_lines_are_written_once_and_the_rest_stays(town: Town) -> None:
    edition = draft(town)
    lamp = {**written("6-08", content_of(edition.matters.get(code="6-08"))), "finish": "2 工作日"}
    job = taken(town, edition, NEW, lamp)
    assert job.counts == {"new": 1, "changed": 1}
    actions.confirm_matters(job, by=town.wu, at=MONDAY)
    assert edition.matters.count() == 84
    changed = edition.matters.get(code="6-08")
    assert (changed.finish_amount, changed.revision) == (2, 2)
    edition.refresh_from_db()
    again = taken(town, edition, NEW, lamp)
    assert again.counts == {"same": 2}


@pytest.mark.article(14)
@pytest.mark.parametrize(
    ("fields", "column", "words"),
    [
        ({"name": ""}, "名称", "请填写事项名称"),
        ({"name": "长" * 5000}, "名称", "最多 80"),
        ({"category": "九"}, "类别", "之一"),
        ({"kind": "打卡"}, "性质", "之一"),
        ({"first": "3 工作日", "finish": "1 工作日"}, "先行处置时限", "不能长于办结时限"),
        ({"finish": "很快"}, "办结时限", "数量加单位"),
        ({"basis": "某某条例"}, "依据", "名称和条号"),
        ({"basis": ""}, "依据", "请写明依据"),
        ({"lead_functions": "气象"}, "县区主办、协办", "没有登记职能"),
        ({"lead_functions": "司法行政"}, "县区主办、协办", "还没有经办人"),
        ({"name": "代收罚款"}, "名称", "行政处罚由行政机关作出"),
        ({"collects": "血型"}, "采集数据", "没有这种数据"),
        ({"code": "6-99"}, "事项编码", "清单里没有这个编码"),
        ({"ends_on": "2026-12-31"}, "有效期至", "走申请"),
        ({"times_per_month": "许多"}, "每网格每月次数", "应填数字"),
        ({"questions": "灯杆"}, "上报时另填", "键|名称"),
    ],
)
def test_a_bad_line_is_named_by_row_and_column_and_the_good_one_beside_it_stays(
    town: Town, fields: dict[str, str], column: str, words: str
) -> None:
    edition = draft(town)
    job = taken(town, edition, {**NEW, **fields}, {**NEW, "name": "另一件事"})
    assert job.counts == {"fault": 1, "new": 1}
    assert any(row == 2 and name == column and words in why for row, name, why in faults(job)), faults(job)
    actions.confirm_matters(job, by=town.wu, at=MONDAY)
    assert edition.matters.count() == 84


def uploaded(
    town: Town, edition: MatterList, headings: list[str], *rows: list[Any], change: Any = lambda book: None
) -> MatterImport:
    book = Workbook()
    for cells in (headings, *rows):
        book.active.append(cells)
    change(book)
    file = BytesIO()
    book.save(file)
    size = file.tell()
    file.seek(0)
    return actions.take_matters(edition, file, name="清单.xlsx", size=size, by=town.wu, at=MONDAY)


HEADINGS = ["名称", "类别", "性质", "县区主办、协办", "签收时限", "办结时限", "保密", "依据", "依据日期"]


def matter(name: str, *, limits: tuple[Any, ...] = (None,) * 3, on: Any = date(2025, 6, 1)) -> list[Any]:
    return [name, "安全隐患排查", "上报", "城市管理", *limits, "《某某条例》第三条", on]


@pytest.mark.article(14)
def test_merged_limits_and_secrecy_count_for_each_line_and_the_preview_says_so(town: Town) -> None:
    def change(book: Workbook) -> None:
        for column in "EFG":
            book.active.merge_cells(f"{column}2:{column}4")

    edition = draft(town)
    rows = [matter("甲事", limits=("4 工时", "3 工作日", "是")), matter("乙事"), matter("丙事")]
    job = uploaded(town, edition, HEADINGS, *rows, change=change)
    assert job.counts == {"new": 3}, faults(job)
    page = Visitor(town.wu).text(f"/lists/imports/{job.pk}/")
    assert page.count("G2:G4 是合并单元格，保密取了它的值。") == 3
    actions.confirm_matters(job, by=town.wu, at=MONDAY)
    for name in ("甲事", "乙事", "丙事"):
        made = edition.matters.get(name=name)
        assert made.confidential and (made.finish_amount, made.finish_unit) == (3, "working_day")


@pytest.mark.parametrize(
    "on",
    ["2025年6月1日", "2025/6/1", "2025.6.1", "2025-6-1", "2025-06-01 00:00:00", "20250601", date(2025, 6, 1)],
)
@pytest.mark.parametrize("is_1904", [False, True])
def test_a_day_is_the_written_day(town: Town, on: Any, is_1904: bool) -> None:
    def change(book: Workbook) -> None:
        if is_1904:
            book.epoch = CALENDAR_MAC_1904

    edition = draft(town)
    job = uploaded(town, edition, HEADINGS, matter("甲事", on=on), change=change)
    assert job.counts == {"new": 1}, faults(job)
    actions.confirm_matters(job, by=town.wu, at=MONDAY)
    assert edition.matters.get(name="甲事").basis_on == date(2025, 6, 1)


def test_booleans_are_yes_and_no_and_other_words_are_shown(town: Town) -> None:
    edition = draft(town)
    rows = [
        matter("甲事", limits=(None, "3 工作日", True)),
        matter("乙事", limits=(None, "3 工作日", "也许")),
    ]
    job = uploaded(town, edition, HEADINGS, *rows)
    assert job.counts == {"new": 1, "fault": 1}
    assert faults(job) == [(3, "保密", "“也许”看不懂，请填“是”或“否”。")]
    actions.confirm_matters(job, by=town.wu, at=MONDAY)
    assert edition.matters.get(name="甲事").confidential


def test_a_known_name_without_a_code_is_that_matter(town: Town) -> None:
    job = taken(town, draft(town), {**NEW, "name": "路灯故障"})
    assert (job.counts, job.lines[0]["code"]) == ({"changed": 1}, "6-08")


def test_a_repeated_name_in_a_file_is_reported_at_its_second_line(town: Town) -> None:
    job = taken(town, draft(town), NEW, NEW)
    assert [(row, why) for row, _, why in faults(job)] == [(3, "名称与第 2 行相同。")]


def test_a_formula_in_a_cell_is_refused_by_its_address(town: Town) -> None:
    edition = draft(town)
    book = Workbook()
    page = book.active
    page.append([column.name for column in COLUMNS.values()])
    page.append([NEW[key] for key in COLUMNS])
    page["B2"] = "=1+1"
    file = BytesIO()
    book.save(file)
    size = file.tell()
    file.seek(0)
    job = actions.take_matters(edition, file, name="清单.xlsx", size=size, by=town.wu, at=MONDAY)
    assert any("B2 是公式" in why for _, _, why in faults(job))


@pytest.mark.article(14)
def test_a_law_that_is_cited_lets_a_suspect_line_in(town: Town) -> None:
    job = taken(town, draft(town), {**NEW, "name": "代收罚款", "exception_law": "《某某条例》第九条"})
    assert job.counts == {"new": 1}


def test_the_code_of_an_ended_matter_is_not_given_again(town: Town) -> None:
    edition = draft(town)
    edition.matters.filter(code="6-08").delete()
    job = taken(town, edition, {**NEW, "code": "6-08"})
    assert any("已退出" in why for _, _, why in faults(job))


@pytest.mark.article(14)
def test_only_the_county_s_own_authority_imports(town: Town) -> None:
    edition = draft(town)
    for stranger in ("gu", "sun", "zheng"):
        with refused(NotPermitted):
            taken(town, edition, NEW, by=stranger)


def test_a_draft_that_changed_since_the_preview_is_shown_again(town: Town) -> None:
    edition = draft(town)
    job = taken(town, edition, NEW)
    other = MatterList.objects.get(pk=edition.pk)
    row_of(other, "6-98", CONTENT).save()
    with refused(IllegalMove) as caught:
        actions.confirm_matters(job, by=town.wu, at=MONDAY)
    assert "再核对一遍" in caught.value.sentence
    fresh = actions.refresh_matters(MatterImport.objects.get(pk=job.pk), by=town.wu)
    assert fresh.counts == {"same": 1}


def test_five_hundred_lines_cost_as_many_statements_as_one(
    town: Town, django_assert_max_num_queries: Any
) -> None:
    edition = draft(town)
    lines = [{**NEW, "name": f"第 {number} 件事"} for number in range(500)]
    with django_assert_max_num_queries(14):
        job = taken(town, edition, *lines)
    assert job.counts == {"new": 500}


def test_an_export_holds_no_formula_of_ours(town: Town) -> None:
    file = BytesIO()
    write_rows(file, TABLE, [{**NEW, "name": "=cmd|' /C calc'!A0"}])
    file.seek(0)
    cell = load_workbook(file).active["B2"]
    assert cell.data_type == "s"
    assert not str(cell.value).startswith("=")
