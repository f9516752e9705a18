"""The duty roster: entered by the week, copied, handed over, its gaps shown; who may enter it (Art. 17, 18)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from common.errors import IllegalMove, NotPermitted, RuleViolation
from duty.actions import Line, enter_roster, hand_over_duty, take_off_roster
from duty.models import DutyShift
from duty.rosters import days_without, gaps_of, on_duty
from notifications.models import Outbox
from personnel.actions import appoint_to_office
from personnel.actions.leaving import hand_over_all
from personnel.models import OfficePosting, Organization
from tests.cases import refused
from tests.town import FOUNDED, MONDAY, Town

EIGHT = MONDAY.replace(hour=8)
DAY = timedelta(days=1)
WEEK = 7 * DAY


def desk() -> Organization:
    return Organization.objects.select_related("division").get(code="desk-zyl")


def line(
    person: User, day: int = 0, *, start: datetime = EIGHT, hours: int = 24, stand_in: User | None = None
) -> Line:
    begins = start + day * DAY
    return Line(begins, begins + timedelta(hours=hours), person, stand_in)


def entered(town: Town, *lines: Line, at: datetime = MONDAY, by: str = "tang") -> list[DutyShift]:
    return enter_roster(
        desk(),
        lines,
        start=EIGHT - timedelta(hours=8),
        end=EIGHT - timedelta(hours=8) + WEEK,
        by=getattr(town, by),
        at=at,
    )


@pytest.mark.article(17)
def test_a_week_is_entered_at_once_and_says_who_is_on_duty(town: Town) -> None:
    made = entered(town, *(line(town.zhao, day, stand_in=town.tang) for day in range(7)))
    assert len(made) == 7
    shift = on_duty([desk().pk], MONDAY + DAY)[desk().pk]
    assert (shift.person, shift.stand_in) == (town.zhao, town.tang)
    assert not on_duty([desk().pk], MONDAY + WEEK)
    sentence = Outbox.objects.get(topic="duty").sentence
    assert "排了 7 班" in sentence and "11月16日 08:00" in sentence


def test_what_is_the_same_stays_and_the_rest_is_replaced(town: Town) -> None:
    first = entered(town, *(line(town.zhao, day) for day in range(3)))
    again = entered(town, line(town.zhao, 0), line(town.zhao, 1), line(town.tang, 2))
    assert [shift.person for shift in again] == [town.tang]
    assert list(DutyShift.objects.standing().order_by("starts_at")) == [*first[:2], *again]
    assert DutyShift.objects.get(pk=first[2].pk).status == "withdrawn"


def test_overlaps_are_refused_with_a_sentence_and_by_the_database(town: Town) -> None:
    with refused(RuleViolation) as refusal:
        entered(town, line(town.zhao, 0, hours=30), line(town.tang, 1))
    assert "重叠" in refusal.value.sentence
    shift = entered(town, line(town.zhao, 0, hours=24))[0]
    with refused(RuleViolation) as refusal:
        enter_roster(
            desk(),
            [line(town.tang, 0, start=EIGHT + timedelta(hours=4))],
            start=MONDAY,
            end=MONDAY,
            by=town.tang,
            at=MONDAY,
        )
    assert "已经排好的班重叠" in refusal.value.sentence and "Zhao" in refusal.value.sentence
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyShift.objects.create(
            body=shift.body,
            person=town.tang,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            entered_at=MONDAY,
        )


def test_only_people_of_the_body_are_put_on_its_roster(town: Town) -> None:
    with refused(RuleViolation) as refusal:
        entered(town, line(town.sun))
    assert "没有岗位" in refusal.value.sentence and "Sun" in refusal.value.sentence
    with refused(RuleViolation) as refusal:
        entered(town, line(town.zhao, stand_in=town.zhao))
    assert "同一个人" in refusal.value.sentence
    with refused(RuleViolation) as refusal:
        entered(town, line(town.zhao, -3))
    assert "已经过去" in refusal.value.sentence


@pytest.mark.article(11)
def test_the_head_of_the_desk_and_the_county_enter_it_and_nobody_else(town: Town) -> None:
    for name in ("zhao", "duan", "gu", "chen", "sun"):
        with refused(NotPermitted):
            entered(town, line(town.zhao), by=name)
    assert entered(town, line(town.zhao), by="wu")


def test_a_department_is_kept_by_its_head(town: Town) -> None:
    head = User.objects.create(username="ministry", name="Ming")
    appoint_to_office(
        head, role="department_head", organization=town.chengguan, on=FOUNDED, at=MONDAY, by=None
    )
    made = enter_roster(town.chengguan, [line(town.sun)], start=EIGHT, end=EIGHT + WEEK, by=head, at=MONDAY)
    assert [shift.person for shift in made] == [town.sun]
    with refused(NotPermitted):
        enter_roster(town.chengguan, [], start=EIGHT, end=EIGHT + WEEK, by=town.sun, at=MONDAY)


def test_a_shift_is_handed_over_with_a_line_and_the_next_one_begins(town: Town) -> None:
    first, second = entered(
        town, line(town.zhao, 0, hours=12), line(town.tang, 0, start=EIGHT + timedelta(hours=12), hours=12)
    )
    evening = EIGHT + timedelta(hours=11, minutes=50)
    with refused(IllegalMove):
        hand_over_duty(first, note="太早", by=town.zhao, at=EIGHT + timedelta(hours=2))
    with refused(NotPermitted):
        hand_over_duty(first, note="不是我的班", by=town.tang, at=evening)
    hand_over_duty(first, note="井盖的事盯着，13800138000", by=town.zhao, at=evening)
    assert on_duty([desk().pk], evening)[desk().pk] == second
    handed = Outbox.objects.filter(audience=f"user:{town.tang.pk}", topic="duty").latest("pk").sentence
    assert "井盖的事盯着" in handed and "13800138000" not in handed
    with refused(IllegalMove):
        hand_over_duty(DutyShift.objects.get(pk=second.pk), by=town.tang, at=EIGHT + timedelta(hours=23))


def test_gaps_of_the_next_days_are_counted_by_the_day(town: Town) -> None:
    body = desk().pk
    assert gaps_of([body], MONDAY) == {}  # a body without a roster has no gaps in it
    entered(town, *(line(town.zhao, day) for day in (0, 1, 2, 4, 5, 6)))
    gaps = gaps_of([body], MONDAY)
    assert gaps[body] == [(EIGHT + 3 * DAY, EIGHT + 4 * DAY), (EIGHT + 7 * DAY, MONDAY + WEEK)]
    assert days_without(gaps) == 3
    shift = DutyShift.objects.standing().latest("starts_at")
    take_off_roster(shift, by=town.tang, at=MONDAY)
    assert days_without(gaps_of([body], MONDAY)) == 4


def test_who_leaves_is_taken_off_the_roster(town: Town) -> None:
    entered(town, line(town.zhao, 2), line(town.tang, 3))
    post = OfficePosting.objects.get(user=town.zhao)
    hand_over_all(post, successor=town.tang, by=town.tang, at=MONDAY)
    assert [shift.person for shift in DutyShift.objects.standing()] == [town.tang]
