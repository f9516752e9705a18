"""Found before it is made, by names, letters, numbers, addresses; doubles are told by a person (Art. 15, 20)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from common.errors import IllegalMove, NotPermitted, RuleViolation
from registry.actions import (
    NewRecord,
    merge_records,
    propose_doubles,
    register_record,
    relate,
    tell_apart,
    unmerge_records,
)
from registry.doubles import look_alikes
from registry.finding import found_by
from registry.likeness import PROPOSED_FROM, likeness
from registry.models import Pair, Record, Relation
from tests.cases import refused
from tests.registry.people import household, named, number_of, person
from tests.town import MONDAY, Town

BORN = date(1980, 2, 3)
LATER = MONDAY + timedelta(days=1)


@pytest.mark.article(20)
@pytest.mark.parametrize(
    "text",
    [
        "李演示",
        "liyanshi",
        "lys",
        "Li Yan Shi",
        "李演世",
        number_of(BORN),
        "199 0000 4444",
        "京东小区3号楼2单元501",
    ],
)
def test_a_record_is_found_by_what_people_type(town: Town, text: str) -> None:
    found = household(town, person(town, number=number_of(BORN), phone="19900004444"))
    assert found_by(town.chen, text).exists()
    for stranger in (town.lin, town.mei, town.sun, town.zheng):
        assert not found_by(stranger, text).exists()
    assert found.pk


@pytest.mark.article(20)
@pytest.mark.parametrize("text", ["", "李", "王演示", "x" * 300, "'; DROP TABLE", "12345"])
def test_what_names_nothing_finds_nothing(town: Town, text: str) -> None:
    person(town)
    assert not found_by(town.chen, text).exists()


@pytest.mark.article(20)
def test_a_child_is_not_found_by_whom_is_not_named(town: Town) -> None:
    person(town, "李童童", number=number_of(date(2020, 5, 6)))
    assert not found_by(town.chen, "李童童").exists()
    assert found_by(named(town.chen, "view_minors", town.division("京东社区")), "李童童").exists()


@pytest.mark.article(15)
@pytest.mark.parametrize(
    ("typed", "is_alike"),
    [
        ({"name": "李演示"}, True),
        ({"name": "李颜示", "phone": "19900004444"}, True),
        ({"name": "黎演示", "born": "1980-02-03"}, True),
        ({"name": "王某某", "number": number_of(BORN)}, True),
        ({"name": "王某某", "phone": "13900001111"}, False),
        ({"name": "李演示", "number": number_of(date(1955, 1, 1), 300)}, False),
    ],
)
def test_look_alikes_are_shown_before_a_second_record_is_made(
    town: Town, typed: dict[str, str], is_alike: bool
) -> None:
    person(town, number=number_of(BORN), phone="19900004444")
    found = look_alikes("person", typed, township=town.division("中原路街道").pk)
    assert bool(found) is is_alike


@pytest.mark.article(15)
@pytest.mark.parametrize(
    ("other", "is_proposed"),
    [
        ({"name": "李演示", "number": "41099919800203{}"}, False),
        ({"name": "李演世", "born": "1980-02-03", "phone": "19900004444", "sex": "male"}, True),
        ({"name": "李演示", "born": "1980-02-04", "phone": "19900004444"}, True),
        ({"name": "李演示"}, False),
        ({"name": "李演示", "born": "1955-01-01"}, False),
    ],
)
def test_the_weight_of_evidence_decides_what_is_proposed(other: dict[str, str], is_proposed: bool) -> None:
    one = {
        "name": "李演示",
        "born": "1980-02-03",
        "phone": "19900004444",
        "sex": "male",
        "number": number_of(BORN),
    }
    assert (likeness(one, other).weight >= PROPOSED_FROM) is is_proposed


@pytest.mark.article(15)
def test_a_double_is_proposed_once_and_what_was_told_apart_never_again(town: Town) -> None:
    one = person(town, born="1980-02-03", phone="19900004444")
    other = person(town, "李演世", born="1980-02-03", phone="19900004444")
    township = one.township_id
    assert (propose_doubles(township, at=LATER), propose_doubles(township, at=LATER)) == (1, 0)
    pair = Pair.objects.get()
    assert (pair.first, pair.second) == (one, other)
    assert "电话" in pair.words
    tell_apart(one, other, by=town.chen, at=LATER)
    assert propose_doubles(township, at=LATER) == 0
    assert Pair.objects.get().status == "distinct"


@pytest.mark.article(15)
def test_a_merger_moves_the_relations_and_is_taken_back_to_the_last_one(town: Town) -> None:
    one, other = person(town), person(town, "李演世", phone="19900005555")
    first = household(town, one)
    second = register_record(
        NewRecord("household", town.grid, {"household": "tenants"}), by=town.chen, at=MONDAY
    )
    other.refresh_from_db()
    relate(other, second, "member", role="head", by=town.chen, at=MONDAY)
    other.refresh_from_db()
    relate(other, first, "member", role="spouse", by=town.chen, at=MONDAY)
    one.refresh_from_db()
    other.refresh_from_db()
    before = list(Relation.objects.order_by("pk").values())
    merge_records(other, one, by=town.chen, at=LATER)
    other.refresh_from_db()
    assert (other.status, other.merged_into) == ("merged", one)
    present = {(each.source, each.target) for each in Relation.objects.present().filter(kind="member")}
    assert present == {(one, first), (one, second)}
    unmerge_records(other, by=town.chen, at=LATER)
    assert list(Relation.objects.order_by("pk").values()) == before
    assert Record.objects.get(pk=other.pk).status == "current"


@pytest.mark.article(15)
def test_what_cannot_be_merged_is_refused(town: Town) -> None:
    one, home = person(town), household(town)
    for into in (one, home):
        with refused(RuleViolation):
            merge_records(one, into, by=town.chen, at=LATER)
    other = register_record(
        NewRecord("person", town.grid_of("001002"), {"name": "李演示"}), by=town.lin, at=MONDAY
    )
    with refused(NotPermitted):
        merge_records(one, other, by=town.chen, at=LATER)
    merge_records(one, other, by=town.wang, at=LATER)
    with refused(IllegalMove):
        merge_records(Record.objects.get(pk=one.pk), Record.objects.get(pk=other.pk), by=town.wang, at=LATER)
