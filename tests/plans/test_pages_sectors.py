"""The pages of sector grids: the county registers, merges and keeps; townships and owners read (Art. 9)."""

from __future__ import annotations

from typing import Any

import pytest

from grids.models import Division
from plans.actions.sectors import SectorDraft, register_sector_grid
from plans.models import SectorGrid
from tests.plans.pages import Reader, plain, words
from tests.shapes import Sent
from tests.town import FOUNDED, MONDAY, Town

pytestmark = pytest.mark.usefixtures("monday")
BOX = "115.000,35.700\n115.010,35.700\n115.010,35.710\n115.000,35.710"


def sector_fields(town: Town, **other: Any) -> Sent:
    """The form of a fire brigade's grid from before the unified ones."""
    return {
        "sector": "fire",
        "owner": town.gongan.pk,
        "township": "410902001",
        "name": "消防一格",
        "established_on": "2023-05-01",
        "geometry": BOX,
        "crs": "EPSG:4490",
    } | other


def registered(town: Town, name: str = "消防一格", **other: Any) -> SectorGrid:
    draft = {"sector": "fire", "owner": town.gongan, "township": town.division("中原路街道")} | other
    return register_sector_grid(
        SectorDraft(name=name, established_on=FOUNDED.replace(year=2023), **draft), by=town.wu, at=MONDAY
    )


@pytest.mark.article(9)
def test_a_county_registers_a_sector_grid_and_merges_it_by_two_forms(town: Town) -> None:
    wu = Reader(town.wu)
    assert wu.post("/sector-grids/new/", sector_fields(town))["Location"] == "/sector-grids/"
    row = SectorGrid.objects.get()
    assert (row.status, row.owner, row.boundary is not None) == ("registered", town.gongan, True)
    assert "消防安全网格“消防一格”：待整合。" in plain(wu.get("/sector-grids/"))
    page = words(wu.get(f"/sector-grids/{row.pk}/merge/"))
    assert f'value="{town.grid.pk}" checked' in page, "the grid that lies in it is ticked already"
    other = town.grid_of("902001001002")
    assert f'value="{other.pk}">' in page
    answer = wu.post(f"/sector-grids/{row.pk}/merge/", {"grids": [town.grid.pk, other.pk]})
    assert answer["Location"] == "/sector-grids/"
    text = plain(wu.get("/sector-grids/"))
    assert "已整合 2026年11月16日整合到：京东社区第1网格、京东社区第2网格" in text
    assert wu.get(f"/sector-grids/{row.pk}/keep/").status_code == 409
    assert "这个专业网格已整合，不用再办。" in words(wu.get(f"/sector-grids/{row.pk}/keep/"))


@pytest.mark.article(9)
def test_a_sector_grid_is_kept_only_under_a_law_that_is_cited_in_full(town: Town) -> None:
    row, wu = registered(town), Reader(town.wu)
    half = wu.post(f"/sector-grids/{row.pk}/keep/", {"law": "某条例", "law_article": "", "law_number": ""})
    assert half.status_code == 422
    assert "请写明条款。" in words(half) and "请写明文号。" in words(half) and "某条例" in words(half)
    law = {"law": "某条例", "law_article": "第十条", "law_number": "国令第1号"}
    assert wu.post(f"/sector-grids/{row.pk}/keep/", law).status_code == 302
    assert "依法保留 某条例 第十条（国令第1号）" in plain(wu.get("/sector-grids/"))


@pytest.mark.article(9)
def test_a_new_one_beside_the_unified_grids_is_refused_without_a_law(town: Town) -> None:
    answer = Reader(town.wu).post("/sector-grids/new/", sector_fields(town, established_on="2026-06-01"))
    assert answer.status_code == 422
    assert "中原路街道自 2025-01-01 起已有统一网格，部门不再另行单独划分；" in words(answer)
    assert "消防一格" in words(answer)
    assert not SectorGrid.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "请填写专业网格名称，最多 80 字。"),
        ({"sector": "sea"}, "请从列表里选择领域。"),
        ({"owner": "0"}, "请从列表里选择主管部门。"),
        ({"township": "410922100"}, "请从列表里选择乡镇街道。"),
        ({"established_on": "2030-01-01"}, "划设日期不能晚于今天。"),
        ({"geometry": "35.7,115.0\n35.71,115.0\n35.71,115.01"}, "看起来经度和纬度写反了。"),
        ({"geometry": "115.0,35.7\n115.01"}, "第 2 行应是“经度,纬度”两个数。"),
        ({"crs": "EPSG:1"}, "请选择坐标系。"),
    ],
)
def test_a_wrong_form_says_so_and_keeps_what_was_typed(
    town: Town, wrong: dict[str, str], sentence: str
) -> None:
    answer = Reader(town.wu).post("/sector-grids/new/", sector_fields(town, code="旧编码7") | wrong)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "旧编码7" in words(answer)
    assert not SectorGrid.objects.exists()


def test_merging_asks_for_a_grid_of_that_township(town: Town) -> None:
    row, wu = registered(town), Reader(town.wu)
    assert "请选择至少一个统一网格。" in words(wu.post(f"/sector-grids/{row.pk}/merge/", {}))
    foreign = town.grid_of("902002001001")
    refused = wu.post(f"/sector-grids/{row.pk}/merge/", {"grids": [foreign.pk]})
    assert (refused.status_code, "请从列表里选择统一网格。" in words(refused)) == (422, True)
    row.refresh_from_db()
    assert row.status == "registered"


@pytest.mark.article(20)
def test_townships_and_owners_read_theirs_and_write_nothing(town: Town) -> None:
    row = registered(town)
    for name, count in (("wu", 1), ("zhao", 1), ("qian", 1), ("zheng", 1), ("duan", 0), ("sun", 0)):
        answer = Reader(getattr(town, name)).get("/sector-grids/")
        assert len(answer.context["rows"]) == count, name
        assert ("整合<span" in words(answer)) is (name == "wu"), name
    for name, status in (("zhao", 403), ("qian", 403), ("zheng", 403), ("duan", 404), ("sun", 404)):
        for act in ("merge", "keep"):
            answer = Reader(getattr(town, name)).post(
                f"/sector-grids/{row.pk}/{act}/", {"grids": town.grid.pk}
            )
            assert answer.status_code == status, (name, act)
            missing = Reader(getattr(town, name)).post(f"/sector-grids/999999/{act}/", {})
            assert missing.status_code == 404
    for name in ("zhao", "qian", "zheng"):
        answer = Reader(getattr(town, name)).post("/sector-grids/new/", sector_fields(town))
        assert answer.status_code == 403
        assert "专业网格由县区主管部门会同有关部门整合（条例第九条）。" in words(answer)
    for name in ("chen", "nobody"):
        answer = Reader(getattr(town, name)).get("/sector-grids/")
        assert (answer.status_code, "由主管部门、乡镇街道和有关部门查看" in words(answer)) == (403, True)


def test_counts_open_their_lists_and_filters_are_addresses(town: Town) -> None:
    registered(town)
    registered(town, "消防二格")
    registered(town, "民政一格", sector="civil_affairs")
    wu = Reader(town.wu)
    for each in wu.get("/sector-grids/").context["counts"]:
        for value, url in each.numbers:
            assert len(wu.get(url).context["rows"]) == value, url
    assert len(wu.get("/sector-grids/?township=410902002").context["rows"]) == 0
    assert "没有这样的专业网格" in wu.text("/sector-grids/?township=410902002")
    for wrong in ("sector=sea", "status=lost"):
        assert wu.get(f"/sector-grids/?{wrong}").status_code == 404


def test_an_empty_register_says_what_belongs_there(town: Town) -> None:
    assert "还没有登记专业网格" in Reader(town.zhao).text("/sector-grids/")
    assert "登记专业网格</a>" in Reader(town.wu).text("/sector-grids/")
    assert "登记专业网格</a>" not in Reader(town.zhao).text("/sector-grids/")


def test_a_township_without_unified_grids_cannot_take_any(town: Town) -> None:
    bare = Division.objects.create(
        code="410902003",
        name="新设街道",
        level="township",
        parent=town.division("华龙区"),
        sort_key="",
        initials="",
    )
    row = registered(town, township=bare)
    assert "新设街道还没有在用的统一网格，划分以后再整合。" in Reader(town.wu).text(
        f"/sector-grids/{row.pk}/merge/"
    )


@pytest.mark.slow
def test_sixty_sector_grids_cost_as_many_statements_as_one_and_come_in_pages(town: Town) -> None:
    registered(town)
    wu = Reader(town.wu)
    few = wu.statements("/sector-grids/")
    for number in range(59):
        registered(town, f"第{number}格")
    assert wu.statements("/sector-grids/") == few <= 13
    first = wu.get("/sector-grids/")
    assert len(first.context["rows"]) == 50
    assert len(wu.get(first.context["next_url"]).context["rows"]) == 10
