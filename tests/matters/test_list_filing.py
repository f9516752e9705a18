"""The filing of a list: sent, returned, sent again, received under a number; overdue is told (Art. 14, 16)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from common.errors import IllegalMove, NotPermitted, RuleViolation, StaleVersion
from matters import actions
from matters.models import ListFiling, Matter
from notifications.models import Outbox
from tests.matters.conftest import proposal_in, refusal_of
from tests.town import MONDAY, Town
from worktime.clocks import day_of

DAY = timedelta(days=1)
pytestmark = [pytest.mark.article(14), pytest.mark.article(16)]


def owed(town: Town, *, on: date = date(2026, 12, 1)) -> ListFiling:
    """The filing that 华龙区 owes for an edition that has one new matter."""
    proposal_in("adopted", town, name=f"共享单车占压盲道{on.day}")
    edition = actions.draft_edition(
        town.division("华龙区"), in_force_on=on, document="华网格〔2026〕2号", by=town.wu, at=MONDAY
    )
    return actions.publish_edition(edition, by=town.wu, at=MONDAY).filing


def sent(town: Town, **days: date) -> ListFiling:
    return actions.send_filing(owed(town, **days), note="请予备案", by=town.wu, at=MONDAY + DAY)


def topics(topic: str) -> list[str]:
    return sorted(Outbox.objects.filter(topic=topic).values_list("audience", flat=True))


def test_a_published_edition_owes_a_filing_and_is_in_force_without_it(town: Town) -> None:
    filing, county = owed(town), town.division("华龙区")
    assert (filing.status, filing.package) == ("unsent", None)
    assert filing.due_at > MONDAY and "工作日" in filing.explanation
    assert Matter.objects.in_force(county.pk, date(2026, 12, 1)).filter(edition=filing.edition).exists()


def test_the_package_has_the_list_its_changes_and_the_decisions_behind_them(town: Town) -> None:
    filing = sent(town)
    package = filing.package
    assert (filing.status, len(package["matters"]), package["document"]) == ("sent", 84, "华网格〔2026〕2号")
    assert [(each["name"], each["what"]) for each in package["changes"]] == [("共享单车占压盲道1", "新增")]
    assert package["proposals"][0]["decision"] == "同意"


def test_the_city_returns_it_and_the_county_sends_it_again_until_it_has_a_number(town: Town) -> None:
    filing = sent(town)
    first_due = filing.due_at
    filing = actions.return_filing(filing, remarks="请补充培训安排", by=town.zheng, at=MONDAY + 3 * DAY)
    assert (filing.status, filing.remarks) == ("returned", "请补充培训安排")
    assert filing.due_at > first_due, "the time runs anew"
    filing = actions.send_filing(filing, note="已补充", by=town.wu, at=MONDAY + 4 * DAY)
    filing = actions.receive_filing(
        filing, receipt=" 濮网格备〔2026〕7号 ", by=town.zheng, at=MONDAY + 5 * DAY
    )
    assert (filing.status, filing.receipt, filing.remarks) == ("received", "濮网格备〔2026〕7号", "")
    assert len(topics("list_filing_sent")) == 2 and len(topics("list_filing_returned")) == 1
    for verb, fields in (("return_filing", {"remarks": "再补"}), ("receive_filing", {"receipt": "8号"})):
        refusal_of(IllegalMove, getattr(actions, verb), filing, **fields, by=town.zheng, at=MONDAY + 6 * DAY)


def test_a_number_is_used_once_and_is_not_empty(town: Town) -> None:
    actions.receive_filing(sent(town), receipt="濮备1号", by=town.zheng, at=MONDAY + DAY)
    second = sent(town, on=date(2026, 12, 9))
    refusal = refusal_of(
        RuleViolation, actions.receive_filing, second, receipt="濮备1号", by=town.zheng, at=MONDAY + DAY
    )
    assert (refusal.sentence, refusal.field) == ("备案号 濮备1号 已用于另一版清单。", "receipt")
    for receipt in ("", "  ", "号" * 5000):
        refusal_of(RuleViolation, actions.receive_filing, second, receipt=receipt, by=town.zheng, at=MONDAY)
    for remarks in ("", "字" * 5000):
        refusal_of(RuleViolation, actions.return_filing, second, remarks=remarks, by=town.zheng, at=MONDAY)


@pytest.mark.parametrize("name", ["gu", "zheng", "jiang", "tang", "sun", "chen", "nobody"])
def test_only_the_county_sends(town: Town, name: str) -> None:
    refusal_of(NotPermitted, actions.send_filing, owed(town), by=getattr(town, name), at=MONDAY)


@pytest.mark.parametrize("name", ["gu", "wu", "jiang", "tang", "feng", "sun", "chen", "nobody"])
def test_only_the_city_receives_and_returns(town: Town, name: str) -> None:
    filing, somebody = sent(town), getattr(town, name)
    refusal_of(NotPermitted, actions.receive_filing, filing, receipt="1号", by=somebody, at=MONDAY)
    refusal_of(NotPermitted, actions.return_filing, filing, remarks="补", by=somebody, at=MONDAY)


def test_whoever_read_an_older_state_is_refused(town: Town) -> None:
    filing = sent(town)
    older = ListFiling.objects.get(pk=filing.pk)
    actions.return_filing(filing, remarks="补正", by=town.zheng, at=MONDAY)
    refusal_of(StaleVersion, actions.receive_filing, older, receipt="1号", by=town.zheng, at=MONDAY)


def test_an_overdue_filing_is_reminded_once_a_day_to_the_county_and_shown_to_the_city(town: Town) -> None:
    filing = owed(town)
    assert actions.remind_overdue_filings(at=filing.due_at) == 0, "on its last moment it is not late"
    late = filing.due_at + DAY
    counted = [actions.remind_overdue_filings(at=at) for at in (late, late + timedelta(hours=1), late + DAY)]
    assert counted == [1, 0, 1]
    again = ListFiling.objects.get(pk=filing.pk)
    assert (again.reminders, again.reminded_at) == (2, late + DAY)
    county, city = town.division("华龙区"), town.division("濮阳市")
    audiences = topics("list_filing_overdue")
    assert audiences == sorted([f"publish_matters:division:{place.pk}" for place in (county, city)] * 2)
    due = day_of(filing.due_at)
    sentences = Outbox.objects.filter(topic="list_filing_overdue").values_list("sentence", flat=True)
    assert all(f"（应于{due.year}年{due.month}月{due.day}日报送）" in words for words in sentences)
    actions.send_filing(again, by=town.wu, at=late + DAY)
    assert actions.remind_overdue_filings(at=late + 3 * DAY) == 0
