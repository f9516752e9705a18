"""The pages of the register: a card, a collection by taps, look-alikes first, doubles by a person (Art. 9, 15, 20)."""

from __future__ import annotations

from datetime import date

import pytest

from matters.content import DATA_ITEMS
from registry.actions import begin_activity, propose_doubles
from registry.fields import ALSO, CASES, FIELDS
from registry.models import Activity, Pair, Record, Value
from tests.doors import Visitor
from tests.registry.people import household, named, number_of, person
from tests.town import MONDAY, Town

BORN = date(1980, 2, 3)


@pytest.mark.article(14)
def test_every_kind_of_data_in_the_lists_has_a_field_or_is_a_case() -> None:
    held = {each.item for each in FIELDS}
    assert held | set(CASES) == set(DATA_ITEMS)
    assert set(ALSO) <= held


@pytest.mark.article(20)
def test_a_card_masks_what_names_somebody_and_shows_what_one_asks_at_the_door(town: Town) -> None:
    home = household(town, person(town, number=number_of(BORN), phone="19900004444", residence="local"))
    page = Visitor(town.chen).text(f"/registry/{home.pk}/")
    assert "京东小区3号楼2单元501" in page
    assert "李**" in page
    assert "40 多岁" in page
    for secret in ("李演示", number_of(BORN), "19900004444", "1980-02-03"):
        assert secret not in page


@pytest.mark.article(15)
def test_a_collection_is_done_by_taps_and_asks_nothing_twice(town: Town) -> None:
    member = person(town, phone="19900004444")
    home = household(town, member)
    chen = Visitor(town.chen)
    code = town.matter("实有人口新增/变更").code
    answer = chen.post(f"/registry/{home.pk}/collect/{code}/")
    activity = Activity.objects.get()
    assert answer.url == f"/registry/activities/{activity.pk}/"
    page = chen.get(answer.url)
    form = page.context["form"]
    held = [name for name in form.fields if name.endswith("_same")]
    sent = dict.fromkeys(held, "on") | {"source": "asked", "version": activity.version}
    sent |= {f"r{member.pk}_sex": "male"}
    done = chen.post(answer.url, sent)
    assert done.status_code == 302
    activity.refresh_from_db()
    assert activity.status == "done"
    assert Value.objects.filter(record=member, field="phone").count() == 1
    assert Value.objects.get(record=member, field="sex", until=None).plain() == "male"


@pytest.mark.article(15)
def test_one_tap_confirms_everything_that_is_held(town: Town) -> None:
    member = person(town, phone="19900004444", number=number_of(BORN))
    home = household(town, member)
    activity = begin_activity(
        town.matter("实有人口新增/变更"), town.grid, record=home, by=town.chen, at=MONDAY
    )
    sent = {"all_same": "1", "source": "asked", "version": activity.version}
    Visitor(town.chen).post(f"/registry/activities/{activity.pk}/", sent)
    activity.refresh_from_db()
    assert activity.status == "done"
    for value in Value.objects.filter(record=member):
        assert (value.until, value.confirmed_at > value.at) == (None, True)


@pytest.mark.article(15)
def test_what_cannot_be_read_keeps_the_page_with_everything_typed(town: Town) -> None:
    member = person(town)
    home = household(town, member)
    activity = begin_activity(
        town.matter("实有人口新增/变更"), town.grid, record=home, by=town.chen, at=MONDAY
    )
    chen = Visitor(town.chen)
    sent = {
        f"r{member.pk}_number": number_of(BORN)[:17] + "0",
        f"r{member.pk}_phone": "19900007777",
        "source": "asked",
        "version": activity.version,
    }
    answer = chen.post(f"/registry/activities/{activity.pk}/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "校验位" in page
    assert "19900007777" in page
    assert not Value.objects.filter(record=member, field="phone").exists()


@pytest.mark.article(15)
def test_look_alikes_come_first_and_the_second_send_registers(town: Town) -> None:
    person(town, born="1980-02-03", phone="19900004444")
    chen = Visitor(town.chen)
    sent = {"name": "李演世", "phone": "19900004444", "grid": town.grid.pk, "source": "asked"}
    first = chen.post("/registry/new/person/", sent)
    assert first.status_code == 200
    assert "可能已经登记过" in first.content.decode()
    assert Record.objects.count() == 1
    again = chen.post("/registry/new/person/", {**sent, "seen": first.context["form"].data["seen"]})
    assert again.status_code == 302
    assert Record.objects.count() == 2


@pytest.mark.article(15)
@pytest.mark.parametrize(("answer", "status"), [("same", "merged"), ("distinct", "distinct")])
def test_a_double_is_decided_with_one_tap(town: Town, answer: str, status: str) -> None:
    one = person(town, born="1980-02-03", phone="19900004444")
    person(town, "李演世", born="1980-02-03", phone="19900004444")
    propose_doubles(one.township_id, at=MONDAY)
    chen = Visitor(town.chen)
    assert "是同一个，合并" in chen.text("/registry/doubles/")
    chen.post(f"/registry/doubles/{Pair.objects.get().pk}/{answer}/")
    assert Pair.objects.get().status == status
    assert "没有疑似重复" in chen.text("/registry/doubles/")


@pytest.mark.article(20)
def test_a_name_is_looked_for_by_post_and_found_masked_with_the_total(town: Town) -> None:
    person(town)
    answer = Visitor(town.wang).post("/registry/search/", {"q": "lys"})
    page = answer.content.decode()
    assert "共 1 条" in page
    assert "李**" in page
    assert "李演示" not in page


@pytest.mark.article(15)
def test_the_list_of_a_grid_goes_from_door_to_door(town: Town) -> None:
    chen = Visitor(town.chen)
    for address in ("京东小区10号楼", "京东小区9号楼2单元", "京东小区9号楼1单元"):
        chen.post("/registry/new/house/", {"address": address, "grid": town.grid.pk, "source": "seen"})
    page = chen.text("/registry/?kind=house")
    places = [page.index(each) for each in ("9号楼1单元", "9号楼2单元", "10号楼")]
    assert places == sorted(places)


@pytest.mark.article(15)
def test_a_list_of_a_grid_costs_the_same_for_one_and_for_many(town: Town) -> None:
    household(town, person(town))
    visitor = Visitor(town.chen)
    few = visitor.statements("/registry/")
    for number in range(6):
        new = person(town, f"王演{'甲乙丙丁戊己'[number]}")
        Record.objects.filter(pk=new.pk).exists()
        home = household(town, new)
        assert home.pk
    assert visitor.statements("/registry/") == few


@pytest.mark.article(20)
def test_what_only_named_persons_know_of_is_not_on_the_card(town: Town) -> None:
    member = person(town)
    home = household(town, member)
    place = town.division("京东社区")
    chen = named(town.chen, "view_special", place)
    activity = begin_activity(
        town.matter("老弱病残、留守/困境儿童台账"), town.grid, record=home, by=chen, at=MONDAY
    )
    sent = {f"r{member.pk}_health": "chronic", "source": "asked", "version": activity.version}
    Visitor(chen).post(f"/registry/activities/{activity.pk}/", sent)
    assert "健康状况" in Visitor(chen).text(f"/registry/{member.pk}/")
    for other in (town.wang, town.zhao, town.li):
        page = Visitor(other).text(f"/registry/{member.pk}/")
        assert "健康状况" not in page
        assert Visitor(other).get(f"/registry/activities/{activity.pk}/").status_code == 404


@pytest.mark.article(9)
def test_a_county_sees_counts_by_place_without_children_and_without_persons(town: Town) -> None:
    for number in range(30):
        person(town, f"王演{'一二三四五六七八九十'[number % 10]}")
    person(town, "李童", number=number_of(date(2020, 5, 6)))
    page = Visitor(town.wu).get("/registry/coverage/")
    (row,) = [each for each in page.context["rows"] if each.name == "中原路街道"]
    assert (row.counts, row.total, row.share) == ((0, 30, 0, 0, 0), 30, "100%")
    few = Visitor(town.zhao).get("/registry/coverage/").context["rows"]
    assert [(each.name, each.share) for each in few if each.name == "玉北社区"] == [("玉北社区", "样本不足")]
    assert Visitor(town.wu).get("/registry/coverage/?place=410922").status_code == 404
    assert Visitor(town.chen).get("/registry/coverage/").status_code == 403
