"""The overview's numbers and the lists behind them (Art. 19, 25)."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import AccessEntry
from tests.cases import case_in, reported
from tests.town import MONDAY, Town
from tests.workflow.test_desk_pages import signed_in, statements_of
from workflow import actions
from workflow.measures import MEASURES
from workflow.models import Case

NOVEMBER = {"period": "2026-11"}


@pytest.fixture
def city(town: Town) -> Client:
    """Zheng, who supervises the city."""
    return signed_in(town.zheng)


@pytest.fixture
def mixed_cases(town: Town) -> None:
    """Cases of every kind in one township, one elsewhere, one secret, one of October."""
    for status in ("awaiting_leader", "awaiting_acceptance", "in_hand", "awaiting_verification"):
        case_in(status, town)
    for light in Case.Light.values:
        Case.objects.filter(pk=case_in("awaiting_assignment", town).pk).update(light=light)
    closed = case_in("awaiting_verification", town)
    actions.pass_check(closed, by=town.chen, at=MONDAY + timedelta(hours=3))
    reported(town, at=MONDAY - timedelta(days=30))
    other = reported(town)
    place = town.division("城关村")
    above = {"township": place.parent, "county": place.parent and place.parent.parent}
    Case.objects.filter(pk=other.pk).update(
        village=place, **above, **{f"reported_{level}": division for level, division in above.items()}
    )
    Case.objects.filter(pk=reported(town).pk).update(confidential=True)


def total_behind(client: Client, address: str) -> tuple[int, int]:
    """The total that a list shows, and the number of rows on all its pages."""
    rows, total = 0, None
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, address
        total = answer.context["total"] if total is None else total
        rows += len(answer.context["rows"])
        address = answer.context["next_url"]
    assert total is not None
    return total, rows


@pytest.mark.article(25)
@pytest.mark.usefixtures("mixed_cases")
def test_every_number_opens_a_list_of_as_many(city: Client) -> None:
    page = city.get(reverse("frame:overview"), NOVEMBER)
    assert len(page.context["stats"]) == len(MEASURES) <= 8
    for stat in page.context["stats"]:
        assert total_behind(city, stat.url) == (stat.value, stat.value), stat.name
    assert {stat.name: stat.value for stat in page.context["stats"]}["收到"] == 10


@pytest.mark.usefixtures("mixed_cases")
@pytest.mark.parametrize("code", ["4109", "410902", "410902001", "410902001001"])
def test_every_number_of_every_place_below_too(city: Client, code: str) -> None:
    page = city.get(reverse("frame:overview"), {**NOVEMBER, "division": code})
    for row in page.context["rows"]:
        for number in row.numbers:
            assert total_behind(city, number.url)[0] == number.value, (row.name, number.url)
    sums = [sum(row.numbers[place].value for row in page.context["rows"]) for place in range(len(MEASURES))]
    assert sums == [stat.value for stat in page.context["stats"]]


@pytest.mark.article(25)
def test_satisfaction_is_counted_beside_how_many_rated(town: Town, city: Client) -> None:
    for rating in (*["satisfied"] * 3, "fair", "dissatisfied", ""):
        case = case_in("awaiting_verification", town)
        Case.objects.filter(pk=case.pk).update(rating=rating)
        actions.pass_check(Case.objects.get(pk=case.pk), by=town.chen, at=MONDAY + timedelta(hours=3))
    page = city.get(reverse("frame:overview"), NOVEMBER)
    stat = next(stat for stat in page.context["stats"] if stat.name == "评价满意")
    assert (stat.value, stat.beside.name) == (4, "占已评价 5 件的 80%")
    assert total_behind(city, stat.url)[0] == 4
    assert total_behind(city, stat.beside.url)[0] == 5
    assert "/ 5" in page.content.decode(), "the table says it too"
    before = city.get(reverse("frame:overview"), {"period": "2026-10"})
    assert "还没有评价" in before.content.decode()


@pytest.mark.usefixtures("mixed_cases")
def test_a_secret_case_counts_for_the_desk_and_not_for_the_supervisor(town: Town, city: Client) -> None:
    received = {
        name: signed_in(getattr(town, name))
        .get(reverse("frame:overview"), NOVEMBER)
        .context["stats"][0]
        .value
        for name in ("feng", "zheng")
    }
    assert received["feng"] == received["zheng"] + 1
    assert "不含保密事项" in city.get(reverse("frame:overview")).content.decode()


@pytest.mark.usefixtures("mixed_cases")
def test_the_span_before_is_counted_the_same_way(city: Client) -> None:
    october = city.get(reverse("frame:overview"), {"period": "2026-10"}).context["stats"][0]
    november = city.get(reverse("frame:overview"), NOVEMBER).context["stats"][0]
    assert f"10月 {october.value}，" in november.compared


@pytest.mark.parametrize(
    "query",
    [
        {"division": "410922"},
        {"division": "410922100201"},
        {"division": "4109"},
        {"division": "999999"},
        {"period": "century"},
        {"colour": "unknown"},
    ],
)
def test_a_county_looks_at_its_own_places_only(town: Town, query: dict[str, str]) -> None:
    county = signed_in(town.wu)
    assert county.get(reverse("frame:overview")).context["view"].place.code == "410902"
    assert county.get(reverse("frame:overview"), {"division": "410902001"}).status_code == 200
    assert county.get(reverse("frame:overview"), query).status_code == 404


@pytest.mark.parametrize("name", ["chen", "wang", "sun", "nobody"])
def test_users_who_supervise_nothing_get_a_sentence(town: Town, name: str) -> None:
    assert signed_in(getattr(town, name)).get(reverse("frame:overview")).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        {"division": "410922"},
        {"grid": "410922100201001"},
        {"grid": "999"},
        {"measure": "anything", "division": "410902001"},
    ],
)
def test_a_list_out_of_ones_territory_does_not_exist(town: Town, query: dict[str, str]) -> None:
    assert signed_in(town.zhao).get(reverse("workflow:list"), query).status_code == 404


@pytest.mark.slow
def test_a_hundred_cases_cost_the_pages_as_many_statements_as_one(town: Town, city: Client) -> None:
    addresses = (
        reverse("frame:overview"),
        reverse("workflow:list") + "?measure=open",
    )
    costs: dict[str, set[int]] = {address: set() for address in addresses}
    for more in (1, 9, 90):
        for _ in range(more):
            reported(town)
        for address in addresses:
            costs[address].add(statements_of(city, address))
    assert {address: len(found) for address, found in costs.items()} == dict.fromkeys(addresses, 1)


def test_the_time_of_the_numbers_is_on_the_page(city: Client) -> None:
    at: datetime = city.get(reverse("frame:overview")).context["at"]
    assert at.tzinfo is not None


@pytest.mark.article(25)
@pytest.mark.usefixtures("mixed_cases")
def test_the_table_is_taken_out_as_it_is_seen_and_says_by_whom(town: Town, city: Client) -> None:
    page = city.get(reverse("frame:overview"), {**NOVEMBER, "division": "410902"})
    address = page.context["file_url"]
    assert f'href="{address.replace("&", "&amp;")}"' in page.content.decode()
    answer = city.get(address)
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    (above, *_), headings, *rows = book["清单"].iter_rows(values_only=True)
    for words in ("华龙区总览", "2026年11月", "不含保密事项", f"{town.zheng.name}（zheng）"):
        assert words in above, words
    assert headings == ("乡镇街道", *(measure.label for measure in MEASURES.values()))
    seen = [(row.name, row.numbers) for row in page.context["rows"]] + [("合计", page.context["sums"])]
    assert rows == [(name, *(number.words() for number in numbers)) for name, numbers in seen]
    assert [cell.split(" / ")[0] for cell in rows[-1][1:]] == [
        str(stat.value) for stat in page.context["stats"]
    ]
    explained = {str(name): text for name, text in book["说明"].iter_rows(values_only=True)}
    assert all(explained[measure.label] == measure.definition for measure in MEASURES.values())
    assert AccessEntry.objects.get().purpose == "导出：华龙区总览"
