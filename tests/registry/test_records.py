"""Records of the register: typed once, confirmed with one tap, earlier values kept, seen by right (Art. 9, 15, 20)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from accounts.models import User
from audit.models import Entry
from common.errors import IllegalMove, NotPermitted, RuleViolation, StaleVersion
from registry.actions import (
    NewRecord,
    begin_activity,
    collect,
    end_record,
    finish_activity,
    give_up_activity,
    part,
    register_record,
    relate,
    release_grown_ups,
    restore_record,
)
from registry.models import Activity, Record, Relation, SearchKey, Value
from tests.cases import refused
from tests.registry.people import household, named, number_of, person
from tests.town import MONDAY, Town
from worktime.clocks import SHANGHAI

LATER = MONDAY + timedelta(days=40)
GROWN, CHILD = date(1980, 2, 3), date(2020, 5, 6)


def held(record: Record) -> dict[str, str]:
    """The present values of a record, opened."""
    return {value.field: value.plain() for value in record.values.present()}


@pytest.mark.article(15)
def test_a_person_is_registered_with_what_the_number_says(town: Town) -> None:
    found = person(town, number=number_of(GROWN, 12), phone="199 0000 4444")
    assert held(found) == {
        "name": "李演示",
        "document": "citizen",
        "number": number_of(GROWN, 12),
        "born": "1980-02-03",
        "sex": "female",
        "phone": "19900004444",
    }
    assert (found.village.name, found.guarded_until) == ("京东社区", None)
    assert Entry.objects.filter(subject=found.chain_key, verb="register").count() == 1


@pytest.mark.article(20)
def test_nothing_personal_stands_in_clear(town: Town) -> None:
    found = person(town, "金丝雀居民", number=number_of(GROWN), phone="19755550009")
    rows = list(Value.objects.filter(record=found).values())
    keys = list(SearchKey.objects.filter(record=found).values_list("digest", flat=True))
    written = repr(rows) + repr([bytes(key) for key in keys]) + repr(Entry.objects.values())
    for secret in ("金丝雀", number_of(GROWN), "19755550009", "1980-02-03"):
        assert secret not in written
        assert secret.encode() not in b"".join(bytes(row["text"]) for row in rows)


@pytest.mark.article(15)
@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"name": ""}, "name", "请填写姓名"),
        ({"number": number_of(GROWN)[:17] + "0"}, "number", "校验位"),
        ({"number": number_of(GROWN), "born": "1981-01-01"}, "born", "不一样"),
        ({"number": number_of(GROWN, 12), "sex": "male"}, "sex", "不一样"),
        ({"born": "2030-01-01"}, "born", "今天以后"),
        ({"phone": "12"}, "phone", "电话号码不对"),
        ({"document": "passport", "number": "护照"}, "number", "护照号码"),
        ({"sex": "other"}, "sex", "从列出的里面选"),
        ({"registered_at": "远" * 101}, "registered_at", "最多 100 字，您写了 101 字"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_half_saved(
    town: Town, values: dict[str, str], field: str, words: str
) -> None:
    with refused(RuleViolation) as caught:
        person(town, **{"name": "李演示", **values})
    assert caught.value.field == field
    assert words in caught.value.sentence
    assert not Record.objects.exists()
    assert not Value.objects.exists()


@pytest.mark.article(15)
def test_landlines_service_numbers_and_rare_names_are_kept(town: Town) -> None:
    found = person(town, "买买提·阿布都拉", phone="0393 6666666")
    assert held(found)["phone"] == "0393-6666666"
    assert held(person(town, "㛃演示", phone="4008208820"))["phone"] == "400-820-8820"


@pytest.mark.article(15)
def test_a_held_value_is_confirmed_and_a_new_one_leaves_the_earlier_readable(town: Town) -> None:
    found = household(town, person(town, phone="19900004444"))
    member = found.related.get(kind="member").source
    activity = begin_activity(
        town.matter("实有人口新增/变更"), town.grid, record=found, by=town.chen, at=LATER
    )
    outcome = collect(
        activity, member, values={"phone": "19900005555"}, confirmed=("name",), by=town.chen, at=LATER
    )
    assert outcome == {"name": "confirmed", "phone": "changed"}
    name, old, new = (
        Value.objects.get(record=member, field="name"),
        Value.objects.get(record=member, field="phone", until=LATER),
        Value.objects.get(record=member, field="phone", until=None),
    )
    assert (name.at, name.confirmed_at) == (MONDAY, LATER)
    assert (old.plain(), old.by, old.matter) == ("19900004444", town.chen, None)
    assert (new.plain(), new.matter, new.activity) == ("19900005555", activity.matter, activity)


@pytest.mark.article(14)
def test_a_matter_collects_only_what_its_edition_names(town: Town) -> None:
    found = household(town, person(town))
    member = found.related.get(kind="member").source
    activity = begin_activity(
        town.matter("流动人口登记核实"), town.grid, record=found, by=town.chen, at=LATER
    )
    for key in ("health", "service"):
        with refused(RuleViolation) as caught:
            collect(activity, member, values={key: "none"}, by=town.chen, at=LATER)
        assert "条例第十四条" in caught.value.sentence


@pytest.mark.article(20)
def test_a_matter_with_sensitive_data_is_begun_only_by_whom_is_named(town: Town) -> None:
    found = household(town, person(town))
    matter = town.matter("老弱病残、留守/困境儿童台账")
    with refused(NotPermitted) as caught:
        begin_activity(matter, town.grid, record=found, by=town.chen, at=LATER)
    assert "具名人员" in caught.value.sentence
    chen = named(town.chen, "view_special", town.division("京东社区"))
    activity = begin_activity(matter, town.grid, record=found, by=chen, at=LATER)
    member = found.related.get(kind="member").source
    assert collect(activity, member, values={"health": "chronic"}, by=chen, at=LATER) == {"health": "new"}
    seen = Value.objects.filter(record=member, field="health")
    assert [seen.visible_to(user).count() for user in (chen, town.wang, town.zhao)] == [1, 0, 0]


@pytest.mark.article(20)
def test_each_post_sees_its_own_place(town: Town) -> None:
    person(town)
    seen = {
        name: Record.objects.visible_to(getattr(town, name)).count()
        for name in ("chen", "lin", "wang", "li", "zhao", "duan", "hua", "sun", "zheng", "shi", "nobody")
    }
    assert {name for name, count in seen.items() if count} == {"chen", "wang", "li", "zhao"}


@pytest.mark.article(20)
def test_a_child_is_seen_and_counted_only_by_whom_is_named_for_children(town: Town) -> None:
    child = person(town, "李童", number=number_of(CHILD))
    assert child.guarded_until == date(2035, 1, 1)  # the birthday cannot be read from it
    assert not Record.objects.visible_to(town.chen).exists()
    chen = named(town.chen, "view_minors", town.division("京东社区"))
    assert Record.objects.visible_to(chen).count() == 1
    with refused(NotPermitted):
        end_record(child, ground="wrong", by=town.wang, at=LATER)
    assert release_grown_ups(at=LATER) == 0
    assert release_grown_ups(at=datetime(2035, 1, 1, tzinfo=SHANGHAI)) == 1
    assert Record.objects.visible_to(User.objects.get(username="wang")).count() == 1


@pytest.mark.article(15)
def test_somebody_may_live_in_two_households_and_a_minor_heads_none(town: Town) -> None:
    grown, young = person(town), person(town, "李童", born="2012-01-02")
    first = household(town, grown)
    second = register_record(
        NewRecord("household", town.grid, {"household": "tenants"}), by=town.chen, at=MONDAY
    )
    grown.refresh_from_db()
    relate(grown, second, "member", role="spouse", by=town.chen, at=MONDAY)
    assert {relation.target for relation in grown.relations.present()} == {first, second}
    with refused(RuleViolation) as caught:
        relate(young, second, "member", role="head", by=town.chen, at=MONDAY)
    assert "年满 18 周岁" in caught.value.sentence


@pytest.mark.article(15)
def test_a_household_lives_at_one_address_and_moves_by_ending_it(town: Town) -> None:
    found = household(town, person(town))
    other = register_record(
        NewRecord("house", town.grid, {"address": "京东小区4号楼"}), by=town.chen, at=MONDAY
    )
    with refused(IllegalMove):
        relate(found, other, "dwells", by=town.chen, at=LATER)
    part(found.relations.get(kind="dwells"), by=town.chen, at=LATER)
    found.refresh_from_db()
    relate(found, other, "dwells", by=town.chen, at=LATER)
    assert [relation.until for relation in found.relations.order_by("pk")] == [LATER.date(), None]


@pytest.mark.article(15)
def test_an_ended_record_comes_back_with_its_relations(town: Town) -> None:
    found = household(town, person(town))
    before = set(Relation.objects.present().values_list("pk", flat=True))
    ended = end_record(found, ground="left", by=town.chen, at=LATER)
    assert not Relation.objects.present().exists()
    restore_record(ended, by=town.chen, at=LATER)
    assert set(Relation.objects.present().values_list("pk", flat=True)) == before


@pytest.mark.article(15)
def test_two_workers_who_save_the_same_record_are_told_of_each_other(town: Town) -> None:
    stale = person(town)
    end_record(Record.objects.get(pk=stale.pk), ground="left", by=town.wang, at=LATER)
    with refused(StaleVersion) as caught:
        end_record(stale, ground="left", by=town.chen, at=LATER)
    assert "Wang" in caught.value.sentence


@pytest.mark.article(15)
def test_a_task_is_carried_out_and_counted(town: Town) -> None:
    matter = town.matter("反电信网络诈骗宣传")
    activity = begin_activity(matter, town.grid, by=town.chen, at=MONDAY)
    with refused(RuleViolation):
        finish_activity(activity, by=town.chen, at=LATER)
    done = finish_activity(activity, reached=42, note="楼道口讲了刷单骗局", by=town.chen, at=LATER)
    assert (done.status, done.reached) == ("done", 42)
    with refused(NotPermitted):
        begin_activity(matter, town.grid, by=town.mei, at=MONDAY)
    with refused(IllegalMove) as caught:
        begin_activity(town.matter("邻里纠纷"), town.grid, by=town.chen, at=MONDAY)
    assert "上报" in caught.value.sentence


@pytest.mark.article(15)
def test_two_do_not_ask_the_same_household_at_once(town: Town) -> None:
    found = household(town, person(town))
    matter = town.matter("实有人口新增/变更")
    first = begin_activity(matter, town.grid, record=found, by=town.chen, at=MONDAY)
    assert begin_activity(matter, town.grid, record=found, by=town.chen, at=LATER) == first
    with refused(IllegalMove) as caught:
        begin_activity(matter, town.grid, record=found, by=town.wang, at=LATER)
    assert "重复问" in caught.value.sentence
    give_up_activity(first, note="没有人在家", by=town.chen, at=LATER)
    assert begin_activity(matter, town.grid, record=found, by=town.wang, at=LATER).by == town.wang
    assert Activity.objects.visible_to(User.objects.get(username="shi")).count() == 0


@pytest.mark.article(20)
def test_a_sensitive_field_is_written_only_by_whom_is_named(town: Town) -> None:
    with refused(NotPermitted) as caught:
        person(town, health="chronic")
    assert "具名人员" in caught.value.sentence
    chen = named(town.chen, "view_special", town.division("京东社区"))
    assert person(town, by=chen, health="chronic").values.filter(field="health").exists()


@pytest.mark.article(26)
def test_only_what_is_looked_for_has_a_key(town: Town) -> None:
    found = person(town, number=number_of(GROWN), residence="local", service="veteran")
    assert set(SearchKey.objects.filter(record=found).values_list("field", flat=True)) == {
        "name",
        "number",
        "born",
    }
