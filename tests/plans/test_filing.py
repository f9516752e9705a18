"""备案: due on publication, sent, received or returned, reminded; the plan takes effect without it (Art. 7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.errors import IllegalMove, NotPermitted, RuleViolation
from notifications.models import Outbox
from plans.actions.effect import bring_into_force
from plans.actions.filing import receive_filing, remind_overdue, return_filing, send_filing
from plans.models import GridFiling, GridPlan
from tests.plans.drafts import EFFECT, drafted, published, step, with_split
from tests.town import MONDAY, Town


def again(plan: GridPlan) -> GridPlan:
    return GridPlan.objects.get(pk=plan.pk)


@pytest.mark.article(7)
def test_publication_owes_a_filing_within_ten_working_days(town: Town) -> None:
    filing = published(town, with_split(town)).filing
    assert filing.status == "unsent"
    assert f"{filing.due_at:%Y-%m-%d}" == "2026-11-30"
    assert "10 个工作日" in filing.explanation


@pytest.mark.article(7)
def test_a_filing_is_sent_returned_completed_and_received_under_a_number(town: Town) -> None:
    plan = published(town, with_split(town))
    filing = send_filing(plan, note="附会签", by=town.wu, at=MONDAY)
    assert filing.package["grids"][0]["what"] == "调整"
    assert {row["party"] for row in filing.package["consents"]} == {"中原路街道"}
    returned = return_filing(again(plan), remarks="缺附图", by=town.zheng, at=MONDAY + timedelta(days=1))
    assert (returned.status, returned.remarks) == ("returned", "缺附图")
    assert returned.due_at > filing.due_at
    send_filing(again(plan), by=town.wu, at=MONDAY + timedelta(days=2))
    done = receive_filing(again(plan), receipt="濮网备1号", by=town.zheng, at=MONDAY + timedelta(days=3))
    assert (done.status, done.receipt) == ("received", "濮网备1号")
    assert [event.verb for event in plan.events.order_by("seq")][-4:] == [
        "send_filing",
        "return_filing",
        "send_filing",
        "receive_filing",
    ]


@pytest.mark.article(7)
def test_effect_never_waits_for_the_filing(town: Town) -> None:
    plan = published(town, with_split(town))
    assert bring_into_force(today=EFFECT, at=MONDAY + timedelta(days=14)) == 1
    assert again(plan).status == "in_force"
    assert GridFiling.objects.get(plan=plan).status == "unsent"
    assert send_filing(again(plan), by=town.wu, at=MONDAY + timedelta(days=15)).status == "sent"


def test_who_may_not_and_when_it_is_not_the_moment(town: Town) -> None:
    plan = published(town, with_split(town))
    for person in (town.zhao, town.zheng, town.chen):
        with pytest.raises(NotPermitted, match="由县区主管部门报送"):
            send_filing(plan, by=person, at=MONDAY)
    with pytest.raises(IllegalMove, match="待报送"):
        receive_filing(plan, receipt="1号", by=town.zheng, at=MONDAY)
    send_filing(plan, by=town.wu, at=MONDAY)
    with pytest.raises(NotPermitted, match="由市主管部门收备案"):
        receive_filing(again(plan), receipt="1号", by=town.wu, at=MONDAY)
    with pytest.raises(RuleViolation, match="请填写备案号"):
        receive_filing(again(plan), receipt=" ", by=town.zheng, at=MONDAY)
    with pytest.raises(RuleViolation, match="需要补正什么"):
        return_filing(again(plan), remarks="", by=town.zheng, at=MONDAY)
    with pytest.raises(IllegalMove, match="公布以后才有备案"):
        send_filing(drafted(town), by=town.wu, at=MONDAY)


def test_a_receipt_number_is_used_once(town: Town) -> None:
    plan = published(town, with_split(town))
    send_filing(plan, by=town.wu, at=MONDAY)
    receive_filing(again(plan), receipt="1号", by=town.zheng, at=MONDAY)
    bring_into_force(today=EFFECT, at=MONDAY + timedelta(days=14))
    renamed = step(
        drafted(town, on=EFFECT + timedelta(days=9)),
        "rename",
        by=town.wu,
        key=f"g{town.grid.pk}",
        name="甲网格",
    )
    other = published(town, renamed)
    send_filing(other, by=town.wu, at=MONDAY)
    with pytest.raises(RuleViolation, match="1号 已用于另一个方案"):
        receive_filing(again(other), receipt="1号", by=town.zheng, at=MONDAY)


@pytest.mark.article(7)
def test_an_overdue_filing_is_reminded_of_once_a_day_and_shown_to_the_city(town: Town) -> None:
    plan = published(town, with_split(town))
    late = plan.filing.due_at + timedelta(hours=1)
    assert remind_overdue(at=late - timedelta(hours=2)) == 0
    assert remind_overdue(at=late) == 1
    assert remind_overdue(at=late + timedelta(hours=1)) == 0, "once a day"
    assert remind_overdue(at=late + timedelta(days=1)) == 1
    audiences = set(Outbox.objects.filter(topic="filing_overdue").values_list("audience", flat=True))
    city, county = town.division("濮阳市"), town.division("华龙区")
    assert audiences == {f"publish_grids:division:{county.pk}", f"supervise:division:{city.pk}"}
    send_filing(again(plan), by=town.wu, at=late + timedelta(days=1))
    assert remind_overdue(at=late + timedelta(days=2)) == 0
