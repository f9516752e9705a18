"""The register over time, guarded by the database; zones belong to the county that manages them (Art. 7, 28)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from common.errors import RuleViolation
from grids.actions.codes import place_of, rule_on
from grids.actions.divisions import change_division, found_placeholder, import_divisions
from grids.actions.register import Entry, put_in_force
from grids.models import Division, Grid, GridCode, GridVersion
from grids.register_on_day import facts_of, version_at, way_up
from tests.town import FOUNDED, MONDAY, Town


@pytest.mark.article(7)
def test_a_version_is_never_rewritten_nor_removed_and_ends_once(town: Town) -> None:
    version = GridVersion.objects.get(grid=town.grid)
    refused = (
        lambda: GridVersion.objects.filter(pk=version.pk).update(name="改写"),
        lambda: GridVersion.objects.filter(pk=version.pk).delete(),
        lambda: GridCode.objects.filter(grid=town.grid).update(code="9"),
    )
    for rewrite in refused:
        with pytest.raises(DatabaseError), transaction.atomic():
            rewrite()
    GridVersion.objects.filter(pk=version.pk).update(valid_to=date(2026, 1, 1))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        GridVersion.objects.filter(pk=version.pk).update(valid_to=date(2026, 2, 1))


@pytest.mark.article(7)
def test_one_code_in_force_once_and_of_two_changes_of_a_day_the_second_holds(town: Town) -> None:
    facts = facts_of(GridVersion.objects.filter(grid=town.grid))[town.grid.pk]
    rule = rule_on(FOUNDED)
    before = FOUNDED - timedelta(days=1)
    with pytest.raises(RuleViolation, match="已有新的登记"):
        put_in_force(
            [Entry(town.grid, facts, town.grid.code)], rule=rule, on=before, source="更早", at=MONDAY
        )
    put_in_force(
        [Entry(town.grid, facts, town.grid.code)], rule=rule, on=FOUNDED, source="同日更正", at=MONDAY
    )
    held = GridVersion.objects.filter(grid=town.grid).on(FOUNDED)
    assert [version.source for version in held] == ["同日更正"], "the first of the day was held for no day"
    with pytest.raises((RuleViolation, IntegrityError)), transaction.atomic():
        put_in_force(
            [Entry(Grid(), facts, town.grid.code)], rule=rule, on=date(2026, 1, 1), source="撞码", at=MONDAY
        )


def test_before_the_register_begins_there_was_no_grid(town: Town) -> None:
    assert version_at(115.005, 35.705, day=FOUNDED - timedelta(days=1)) is None
    assert version_at(115.005, 35.705, day=FOUNDED) is not None
    on_border = version_at(115.01, 35.705, day=FOUNDED)
    assert on_border is not None and on_border.code == "410902001001001", "the lowest code on a border"


@pytest.mark.article(28)
def test_a_zone_without_a_code_is_a_placeholder_and_takes_a_township_with_its_old_code(town: Town) -> None:
    zone = found_placeholder(
        code="410990",
        name="城乡一体化示范区",
        level="county",
        parent=town.division("濮阳市"),
        document="濮政〔2026〕演示号",
        by_id=town.zheng.pk,
        at=MONDAY,
    )
    assert zone.is_placeholder
    township = town.division("胜利路街道")
    day = MONDAY.date()
    change_division(
        township,
        name=township.name,
        parent=zone,
        on=day,
        document="管理权移交",
        by_id=town.zheng.pk,
        at=MONDAY,
    )
    moved = Division.objects.get(pk=township.pk)
    assert (moved.code, moved.parent) == ("410902002", zone), "the code's prefix says another county"
    village = town.division("胜利社区")
    assert way_up(village, day=day - timedelta(days=1)) == ["濮阳市", "华龙区", "胜利路街道", "胜利社区"]
    assert way_up(village, day=day) == ["濮阳市", "城乡一体化示范区", "胜利路街道", "胜利社区"]


@pytest.mark.article(28)
def test_the_statistical_file_does_not_take_back_what_a_document_has_moved(
    town: Town, tmp_path: Path
) -> None:
    township, county = town.division("胜利路街道"), town.division("清丰县")
    source = {"document": "移交", "by_id": None, "at": MONDAY}
    change_division(township, name="胜利街道", parent=county, on=MONDAY.date(), **source)
    lines = ["code,name,level,parent_code"]
    lines += [
        f"{division.code},{division.name},{division.level},{parent}"
        for division in Division.objects.select_related("parent")
        for parent in [
            division.code[:6] if division.level == "township" else getattr(division.parent, "code", "")
        ]
    ]
    file = tmp_path / "divisions.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    import_divisions(file, at=MONDAY)
    again = Division.objects.get(pk=township.pk)
    assert (again.name, again.parent) == ("胜利街道", county)


@pytest.mark.article(28)
def test_a_grid_of_a_placeholder_village_gets_a_code_by_the_same_rule(town: Town) -> None:
    source = {"document": "演示", "by_id": None, "at": MONDAY}
    zone = found_placeholder(
        code="410990", name="示范区", level="county", parent=town.division("濮阳市"), **source
    )
    township = found_placeholder(code="410990001", name="东办事处", level="township", parent=zone, **source)
    village = found_placeholder(
        code="410990001001", name="新城社区居民委员会", level="village", parent=township, **source
    )
    assert village.name == "新城社区"
    rule = rule_on(FOUNDED)
    assert rule.rule.compose(place_of(village), kind="community", sequence=1) == "410990001001001"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "41099"}, "代码应为 6 位数字"),
        ({"code": "４１０９９０"}, "代码应为 6 位数字"),
        ({"code": "410902"}, "代码 410902 已属于华龙区"),
        ({"name": "  "}, "名称为空"),
        ({"level": "village"}, "下不能设这一层级"),
        ({"document": ""}, "请写明设立依据"),
    ],
)
def test_a_bad_placeholder_is_refused(town: Town, fields: dict[str, str], sentence: str) -> None:
    words = {"code": "410990", "name": "示范区", "level": "county", "document": "演示"} | fields
    with pytest.raises(RuleViolation, match=sentence):
        found_placeholder(**words, parent=town.division("濮阳市"), by_id=None, at=MONDAY)


def test_a_division_cannot_change_in_the_future_twice_a_day_or_into_itself(town: Town) -> None:
    township, county = town.division("胜利路街道"), town.division("清丰县")
    source = {"document": "移交", "by_id": None, "at": MONDAY}
    with pytest.raises(RuleViolation, match="今天或以前"):
        change_division(township, name="x", parent=county, on=MONDAY.date() + timedelta(days=1), **source)
    with pytest.raises(RuleViolation, match="高一个层级"):
        change_division(township, name="x", parent=township, on=MONDAY.date(), **source)
    with pytest.raises(RuleViolation, match="都没有变"):
        change_division(township, name=township.name, parent=township.parent, on=MONDAY.date(), **source)
    change_division(township, name="胜利街道", parent=county, on=MONDAY.date(), **source)
    with pytest.raises(RuleViolation, match="已有变更登记"):
        change_division(township, name="胜利", parent=county, on=MONDAY.date(), **source)
