"""Anybody reads the list of a county: no account, no script, its editions and since when (Art. 14)."""

from __future__ import annotations

import gzip
from datetime import date
from typing import Any

import pytest
from django.test import Client

from common import clock
from matters import actions
from tests.matters.conftest import proposal_in
from tests.town import MONDAY, Town

pytestmark = pytest.mark.article(14)
HERE = "/public/lists/410902/"


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_county_stands_with_its_edition_in_force(town: Town, client: Client) -> None:
    page = read(client, "/public/lists/")
    assert "华龙区" in page
    assert "第 1 版，83 项" in page


def test_a_matter_is_found_by_name_by_another_word_and_by_initials(town: Town, client: Client) -> None:
    for word in ("路灯", "ldgz", "LDGZ", town.matter("路灯故障").synonyms[0]):
        page = read(client, f"{HERE}?q={word}")
        assert "路灯故障" in page, word
        assert "邻里纠纷" not in page, word
    assert "没有找到" in read(client, f"{HERE}?q=打卡")


def test_a_page_of_all_matters_is_small_and_costs_the_same_for_any_number(
    town: Town, client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(5):
        page = read(client, HERE)
    assert page.count("<h3>") == 83
    assert len(gzip.compress(page.encode())) <= 50 * 1024
    assert "<script" not in page


def test_the_next_edition_and_the_earlier_one_are_distinguished(
    town: Town, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)  # the next edition begins in December
    proposal_in("listed", town)
    assert "第 1 版" in read(client, HERE), "the next one has not begun"
    coming = read(client, f"{HERE}2/")
    assert "这一版还没有施行" in coming
    assert "共享单车占压盲道" in coming
    assert client.get(f"{HERE}1/").status_code == 302, "the one in force has one address"


def test_a_draft_is_not_public(town: Town, client: Client) -> None:
    actions.draft_edition(town.division("华龙区"), in_force_on=date(2026, 12, 1), by=town.wu, at=MONDAY)
    assert client.get(f"{HERE}2/").status_code == 404


@pytest.mark.parametrize(
    "address", ["/public/lists/999999/", f"{HERE}9/", f"{HERE}x/", "/public/lists/410902001/"]
)
def test_what_is_not_there_is_missing(town: Town, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_hostile_words_are_text(town: Town, client: Client) -> None:
    page = read(client, f"{HERE}?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>" not in page
