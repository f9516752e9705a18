"""A case that comes back within 90 days at the same place is linked to the one before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common.errors import NotPermitted
from tests.cases import STEP, case_in, refused, reported
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow import actions
from workflow.actions.correction import Correction
from workflow.actions.recurrence import unlink_case
from workflow.models import Case
from workflow.recurrences import link_recurrence, recurrence_of

HERE = {"lon": 115.005, "lat": 35.705}
METRE = 1 / 111_000  # of latitude
LATER = MONDAY + timedelta(days=10)


def closed(town: Town, *, metres: float = 0, **fields: object) -> Case:
    """A case of 邻里纠纷 that was closed on Monday."""
    where = {**HERE, "lat": HERE["lat"] + metres * METRE, **fields}
    case = case_in("awaiting_verification", town, **where)
    case = actions.pass_check(case, by=town.chen, at=MONDAY + timedelta(hours=2))
    assert case.status == "closed"
    return case


def again(town: Town, *, at: object = LATER, **fields: object) -> Case:
    return reported(town, at=at, **{**HERE, **fields})


@pytest.mark.article(17)
def test_what_comes_back_within_fifty_metres_is_linked_with_its_distance(town: Town) -> None:
    closed(town, metres=200)
    earlier = closed(town, metres=30)
    case = Case.objects.get(pk=again(town).pk)
    assert case.earlier == earlier and case.earlier_m is not None and 28 <= case.earlier_m <= 32


def test_it_is_linked_across_a_border(town: Town) -> None:
    near_border = {"lon": 115.0099, "lat": 35.705}
    earlier = closed(town, **near_border)
    grid = town.grid_of("001002")
    case = reported(town, by="lin", at=LATER, grid_id=grid.pk, lon=115.0101, lat=35.705)
    assert case.earlier == earlier


@pytest.mark.parametrize("days", [89, 91])
def test_ninety_days_count_from_the_end(town: Town, days: int) -> None:
    earlier = closed(town)
    case = again(town, at=earlier.ended_at + timedelta(days=days))
    assert (case.earlier == earlier) is (days == 89)


def test_another_matter_or_a_case_that_was_not_closed_is_none(town: Town) -> None:
    closed(town, matter_id=town.matter("路灯故障").pk)
    actions.void_case(
        case_in("awaiting_acceptance", town, **HERE), note="误报", by=town.zhao, at=MONDAY + 3 * STEP
    )
    reported(town, **HERE)
    assert again(town).earlier is None


def test_without_a_position_the_same_words_in_the_same_grid_count(town: Town) -> None:
    none = {"lon": None, "lat": None}
    earlier = closed(town, **none, place="3号楼 东侧")
    assert again(town, **none, place="3号楼东侧").earlier == earlier
    assert again(town, place="3号楼东侧").earlier_m is None
    assert again(town, **none, place="4号楼").earlier is None
    assert again(town, **none).earlier is None


@pytest.mark.article(20)
def test_a_clue_is_no_recurrence_and_has_none(town: Town) -> None:
    clue = town.matter("非法集资线索").pk
    for _ in range(2):
        case = case_in("awaiting_verification", town, matter_id=clue, **HERE)
        actions.pass_check(case, by=town.chen, at=MONDAY + timedelta(hours=2))
    assert again(town, matter_id=clue).earlier is None
    ordinary, other = closed(town), again(town)
    assert other.earlier == ordinary
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=other.pk).update(confidential=True)


def test_a_correction_of_the_matter_looks_again(town: Town) -> None:
    earlier = closed(town, matter_id=town.matter("路灯故障").pk)
    case = actions.return_for_correction(again(town), note="是路灯", by=town.wang, at=LATER)
    assert case.earlier is None
    lamp = Correction(matter_id=town.matter("路灯故障").pk)
    case = actions.resubmit_case(case, correction=lamp, by=town.chen, at=LATER + STEP)
    assert case.earlier == earlier


@pytest.mark.article(17)
def test_both_pages_show_it_and_the_count(town: Town) -> None:
    first = closed(town)
    second = case_in("awaiting_verification", town, at=LATER, **HERE)
    second = actions.pass_check(second, by=town.chen, at=LATER + timedelta(hours=2))
    third = again(town, at=LATER + timedelta(days=5))
    page = Visitor(town.zhao).text(f"/cases/{third.pk}/")
    assert "第 3 次，上次2026年11月26日由华龙区城市管理办结" in page
    assert first.number in page and second.number in page
    assert "又上报" in Visitor(town.zhao).text(f"/cases/{first.pk}/")
    assert "第 3 次" in Visitor(town.zhao).text(f"/cases/{third.pk}/preview/")


@pytest.mark.article(20)
def test_who_sees_one_of_both_reads_nothing_of_the_other(town: Town) -> None:
    closed(town, lon=115.0099)
    grid = town.grid_of("001002")
    case = reported(town, by="lin", at=LATER, grid_id=grid.pk, lon=115.0101, lat=35.705)
    assert case.earlier is not None
    assert recurrence_of(town.lin, case) is None
    assert recurrence_of(town.zhao, case) is not None


def test_the_desk_takes_a_wrong_link_off_with_a_reason_and_it_stays_off(town: Town) -> None:
    closed(town)
    case = case_in("awaiting_acceptance", town, at=LATER, **HERE)
    with refused(NotPermitted):
        unlink_case(case, note="不是", by=town.chen, at=LATER)
    visitor = Visitor(town.zhao)
    assert visitor.post(f"/cases/{case.pk}/unlink/", {"note": "", "version": case.version}).status_code == 422
    sent = {"note": "不是同一家", "version": case.version}
    assert visitor.post(f"/cases/{case.pk}/unlink/", sent).status_code == 302
    case.refresh_from_db()
    assert (case.earlier, case.earlier_m, case.events.latest("seq").note) == (None, None, "不是同一家")
    case = actions.return_for_correction(case, note="哪栋楼", by=town.zhao, at=LATER + timedelta(hours=2))
    place = Correction(place="3号楼")
    at = LATER + timedelta(hours=3)
    assert actions.resubmit_case(case, correction=place, by=town.chen, at=at).earlier is None


def test_the_link_costs_one_statement_for_one_ten_and_a_hundred(town: Town) -> None:
    first, case, costs = closed(town), again(town), []
    copied = {
        field.attname: getattr(first, field.attname) for field in Case._meta.fields if not field.primary_key
    }
    for more in (0, 9, 90):
        Case.objects.bulk_create(
            Case(**{**copied, "rating_code": f"copy{more}-{number}"}) for number in range(more)
        )
        with CaptureQueriesContext(connection) as statements:
            link_recurrence(case)
        costs.append(len(statements))
        with CaptureQueriesContext(connection) as statements:
            recurrence_of(town.zhao, case)
        costs.append(len(statements))
    assert costs[0::2] == [1] * 3 and len(set(costs[3::2])) == 1
