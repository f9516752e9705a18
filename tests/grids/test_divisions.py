"""Reading the statistical divisions file: names, faults by row, all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.errors import RuleViolation
from grids.actions.divisions import import_divisions, import_outlines
from grids.divisions import read_rows, short_village_name, without_prefix
from grids.models import Division
from tests.town import MONDAY

SEED = Path(__file__).resolve().parents[2] / "grids/seed"
HEAD = "code,name,level,parent_code"
CITY = "4109,濮阳市,city,"
COUNTY = "410928,濮阳县,county,4109"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("京东社区居民委员会", "京东社区"),
        ("丁寨村委会", "丁寨村"),
        ("后张村村委会", "后张村"),
        ("西关居委会", "西关社区"),
        ("某农场", "某农场"),
    ],
)
def test_a_committee_s_name_becomes_the_place_s_name(name: str, short: str) -> None:
    assert short_village_name(name) == short


def test_a_township_loses_the_name_of_its_county_and_nothing_else() -> None:
    assert without_prefix("濮阳县柳屯镇", "濮阳县") == "柳屯镇"
    assert without_prefix("城关镇", "濮阳县") == "城关镇"
    assert without_prefix("濮阳县镇", "濮阳县") == "濮阳县镇"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("410928100,柳屯镇,town,410928", "层级“town”"),
        ("41092810,柳屯镇,township,410928", "应为 9 位数字"),
        ("410928100,,township,410928", "名称为空"),
        ("410928,濮阳县,county,4109", "与第 3 行重复"),
        ("410928100,柳屯镇,township,410999", "上级代码 410999 不在文件中"),
        ("410928100,柳屯镇,township,4109", "层级不对"),
        ("41092810A,柳屯镇,township,410928", "应为 9 位数字"),
    ],
)
def test_a_faulty_row_is_named_with_its_reason(line: str, reason: str) -> None:
    rows, faults = read_rows([HEAD, CITY, COUNTY, line])
    assert rows == []
    assert [fault.line for fault in faults] == [4]
    assert reason in faults[0].reason


def test_a_file_without_its_columns_is_refused_as_a_whole() -> None:
    rows, faults = read_rows(["代码,名称", "4109,濮阳市"])
    assert rows == []
    assert "缺少列" in str(faults[0])


@pytest.mark.slow
def test_the_whole_of_puyang_is_imported_once_and_only_once(own_database: str) -> None:
    first = import_divisions(SEED / "divisions.csv", at=MONDAY)
    assert (first.created, first.changed) == (3295, 0)
    levels = {level: Division.objects.of_level(level).count() for level in Division.Level.values}
    assert levels == {"city": 1, "county": 8, "township": 89, "village": 3197}
    assert not Division.objects.filter(level="township", name__startswith="濮阳县").exists()
    again = import_divisions(SEED / "divisions.csv", at=MONDAY)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 3295)
    assert import_outlines(SEED / "counties.geojson") == 6


def test_one_bad_row_keeps_the_other_rows_out(own_database: str, tmp_path: Path) -> None:
    broken = tmp_path / "divisions.csv"
    broken.write_text("\n".join([HEAD, CITY, COUNTY, "41092,错,township,410928"]), encoding="utf-8")
    with pytest.raises(RuleViolation) as caught:
        import_divisions(broken, at=MONDAY)
    assert caught.value.details["faults"] == ["第 4 行：代码“41092”应为 9 位数字"]
    assert not Division.objects.exists()


def test_a_renamed_division_is_changed_in_place(own_database: str, tmp_path: Path) -> None:
    file = tmp_path / "divisions.csv"
    file.write_text("\n".join([HEAD, CITY, COUNTY]), encoding="utf-8")
    import_divisions(file, at=MONDAY)
    file.write_text("\n".join([HEAD, CITY, "410928,濮阳新县,county,4109"]), encoding="utf-8")
    assert import_divisions(file, at=MONDAY).changed == 1
    assert Division.objects.get(code="410928").initials == "pyxx"
