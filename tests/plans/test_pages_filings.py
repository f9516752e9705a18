"""The page of filings: each number opens a list of that length, late ones first (Art. 7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from common import clock
from grids.models import Division
from plans.actions.effect import bring_into_force
from plans.actions.filing import receive_filing, remind_overdue, return_filing, send_filing
from plans.models import GridFiling, GridPlan
from tests.plans.drafts import EFFECT, drafted, key, published, step, with_split
from tests.plans.pages import Reader, plain, words
from tests.town import MONDAY, Town

pytestmark = pytest.mark.usefixtures("monday")


def again(plan: GridPlan) -> GridPlan:
    return GridPlan.objects.get(pk=plan.pk)


def renaming(town: Town, ending: str) -> GridPlan:
    """A published plan that renames one grid."""
    return published(
        town, step(drafted(town), "rename", by=town.wu, key=key(town, ending), name=f"改名{ending}")
    )


def one_of_each(town: Town) -> None:
    """Three filings of 华龙区: received, returned, not yet sent."""
    plans = [renaming(town, ending) for ending in ("902001001001", "902001001002")]
    for plan in plans:
        send_filing(plan, by=town.wu, at=MONDAY)
    receive_filing(again(plans[0]), receipt="濮网备1号", by=town.zheng, at=MONDAY)
    return_filing(again(plans[1]), remarks="缺附图", by=town.zheng, at=MONDAY)


def counties_in_order(person: User) -> list[str]:
    return [row.name for row in Reader(person).get("/filings/").context["counties"]]


def day(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)


@pytest.mark.article(7)
def test_every_number_opens_a_list_of_that_length(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    one_of_each(town)
    day(monkeypatch, MONDAY + timedelta(days=60))
    for person in (town.zheng, town.wu):
        reader = Reader(person)
        stats = {stat.url: stat.value for stat in reader.get("/filings/").context["stats"]}
        assert sorted(stats.values()) == [0, 0, 1, 1, 1], "the returned one is overdue, too"
        for url, value in stats.items():
            answer = reader.get(url.partition("#")[0])
            assert answer.context["total"] == len(answer.context["rows"]) == value, url


@pytest.mark.article(7)
def test_a_county_that_changed_grids_without_filing_stands_on_top_with_word_and_shape(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(town, with_split(town))
    late = GridFiling.objects.get().due_at + timedelta(days=3)
    qingfeng = Division.objects.get(name="清丰县")
    Division.objects.filter(pk=qingfeng.pk).update(code="410900")  # first in the register
    assert counties_in_order(town.zheng) == ["清丰县", "华龙区"]
    bring_into_force(today=EFFECT, at=MONDAY + timedelta(days=14))
    remind_overdue(at=late)
    day(monkeypatch, late)
    assert counties_in_order(town.zheng) == ["华龙区", "清丰县"]
    text = plain(Reader(town.zheng).get("/filings/"))
    assert "华龙区 超期 3 天 1 个方案已生效未备案 1 0 0 0 1 1 12月3日" in text
    assert 'd="M5 .2 10 9.6H0z"' in words(Reader(town.zheng).get("/filings/")), "the triangle"


@pytest.mark.article(20)
def test_a_county_sees_its_own_and_nobody_else_any(town: Town) -> None:
    one_of_each(town)
    wu, zheng = Reader(town.wu), Reader(town.zheng)
    assert len(wu.get("/filings/").context["rows"]) == 2
    assert counties_in_order(town.wu) == ["华龙区"]
    assert wu.get("/filings/?county=410922").status_code == 404
    assert wu.get("/filings/?county=999999").status_code == 404
    assert zheng.get("/filings/?county=410922").context["rows"] == []
    assert zheng.get("/filings/?status=lost").status_code == 404
    for name in ("zhao", "chen", "sun", "hua", "nobody"):
        answer = Reader(getattr(town, name)).get("/filings/")
        assert answer.status_code == 403, name
        assert "备案由县区和市主管部门办理。" in words(answer)


def test_an_empty_list_says_what_will_stand_there(town: Town) -> None:
    assert "方案公布以后，这里列出应向市主管部门报送的备案。" in Reader(town.wu).text("/filings/")
    assert "没有退回补正的备案" in Reader(town.wu).text("/filings/?status=returned")


def test_a_row_says_when_it_is_due_and_under_which_number_it_was_received(town: Town) -> None:
    one_of_each(town)
    text = plain(Reader(town.wu).get("/filings/"))
    assert "华龙区 · 410902-2026-001 · 已公布 已备案 – 2026年11月16日 濮网备1号" in text
    assert "华龙区 · 410902-2026-002 · 已公布 退回补正 2026年11月30日" in text


@pytest.mark.slow
def test_a_hundred_filings_cost_as_many_statements_as_one(town: Town) -> None:
    plan, zheng, costs = published(town, with_split(town)), Reader(town.zheng), []
    filing = GridFiling.objects.get(plan=plan)
    for more in (0, 99):
        for number in range(more):
            copy: Any = again(plan)
            copy.pk, copy.number = None, f"410902-2026-{number + 2:03d}"
            copy.save()
            filing.pk, filing.plan = None, copy
            filing.save()
        costs.append(zheng.statements("/filings/"))
    assert costs[0] == costs[1] <= 13
    assert len(zheng.get("/filings/").context["rows"]) == 50
