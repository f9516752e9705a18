"""What is no longer true is erased with its keys; who gave it, and every count, stay (Art. 20, 26)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.privacy.datasets import data_sets
from registry.actions import begin_activity, collect, end_record
from registry.models import Record, SearchKey, Value
from retention.actions.night import erase_what_is_over
from tests.registry.people import household, person
from tests.town import MONDAY, Town

YEARS = timedelta(days=3 * 366 + 10)


@pytest.mark.article(20)
def test_an_earlier_value_and_an_ended_record_lose_their_texts(town: Town) -> None:
    member = person(town, phone="19900004444")
    home = household(town, member)
    activity = begin_activity(
        town.matter("实有人口新增/变更"), town.grid, record=home, by=town.chen, at=MONDAY
    )
    member.refresh_from_db()
    collect(activity, member, values={"phone": "19900005555"}, by=town.chen, at=MONDAY)
    other = person(town, "李注销")
    end_record(other, ground="left", by=town.chen, at=MONDAY)
    counts = (Record.objects.count(), Value.objects.count())
    erase_what_is_over(at=MONDAY + YEARS)
    earlier = Value.objects.get(record=member, field="phone", until__isnull=False)
    gone = Value.objects.get(record=other, field="name")
    assert [(bytes(each.text), each.erased_at is not None, each.by) for each in (earlier, gone)] == [
        (b"", True, town.chen)
    ] * 2
    assert not SearchKey.objects.filter(record=other, field="name").exists()
    assert Value.objects.get(record=member, field="phone", until=None).plain() == "19900005555"
    assert (Record.objects.count(), Value.objects.count()) == counts
    assert {"registry.earlier", "registry.gone", "registry.sensitive"} <= set(data_sets())
