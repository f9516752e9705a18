"""An urgent case is called about until somebody takes it: on duty, stand-in, head, level above, each once (Art. 18)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common.errors import IllegalMove, NotPermitted
from duty.actions import Line, enter_roster
from notifications.models import Outbox
from personnel.actions import appoint_to_office
from personnel.models import Organization
from tests.cases import case_in, refused, reported
from tests.town import FOUNDED, MONDAY, Town
from workflow import actions, rulebook
from workflow.actions.clock import ring, sweep_clocks
from workflow.actions.limits import LimitDraft, publish_step_limit
from workflow.deadlines import rung_of
from workflow.models import Case, Stage, StageEffect
from workflow.presentation import sentence_of
from workflow.replanning import preview
from workflow.rulebook import forget_rulebook
from worktime.clocks import SHANGHAI, Clock, day_of

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NIGHT = datetime(2026, 11, 16, 23, 0, tzinfo=SHANGHAI)


def body(code: str) -> Organization:
    return Organization.objects.select_related("division").get(code=code)


def on_roster(code: str, person: User, stand_in: User | None = None) -> None:
    start = MONDAY - DAY
    enter_roster(
        body(code),
        [Line(start, start + 2 * DAY, person, stand_in)],
        start=start,
        end=start + 3 * DAY,
        by=None,
        at=MONDAY - DAY,
    )


def colleague(code: str, name: str, role: str = "dispatcher") -> User:
    person = User.objects.create(username=name, name=name.title(), phone="13900000001")
    appoint_to_office(person, role=role, organization=body(code), on=FOUNDED, at=MONDAY, by=None)
    return person


def urgent(town: Town, *, at: datetime = NIGHT, **fields: object) -> Case:
    return reported(town, at=at, matter_id=town.matter("井盖缺损").pk, **fields)


def calls_of(case: Case) -> list[tuple[str, int]]:
    """Who was called, by audience, and how many minutes after the report."""
    rows = Outbox.objects.filter(topic="call", subject=case.chain_key).order_by("pk")
    return [(row.audience, round((row.created_at - case.reported_at) / MINUTE)) for row in rows]


def swept(case: Case, minutes: int) -> None:
    """The sweep every minute, as Beat does it twice a minute."""
    for passed in range(minutes + 1):
        sweep_clocks(at=case.reported_at + passed * MINUTE)


@pytest.mark.article(18)
def test_on_duty_is_called_at_once_and_again_then_stand_in_head_and_the_level_above(town: Town) -> None:
    deputy = colleague("desk-zyl", "deputy")
    on_roster("desk-zyl", town.zhao, deputy)
    on_roster("desk-hlq", town.hua)
    case = urgent(town)
    assert case.status == "awaiting_acceptance"
    swept(case, 39)
    duty, second, head, above = (f"user:{person.pk}" for person in (town.zhao, deputy, town.tang, town.hua))
    assert calls_of(case) == [
        *((duty, 0), (duty, 5)),
        *((second, 10), (second, 15)),
        *((head, 20), (head, 25)),
        *((above, 30), (above, 35)),
    ]
    assert all(row.is_urgent for row in Outbox.objects.filter(topic="call"))
    lines = [
        f"{sentence_of(event)} {event.note}" for event in case.events.filter(verb="call").order_by("seq")
    ]
    assert len(lines) == 8 and lines[0].startswith("系统紧急叫人") and "值班人 Zhao" in lines[0]
    assert "替班人 Deputy" in lines[2] and "负责人 Tang" in lines[4] and "上一级值班人 Hua" in lines[6]
    effects = StageEffect.objects.filter(stage__case=case).exclude(rule__in=("remind", "overdue"))
    assert [rung_of(effect.rule) for effect in effects.order_by("due_at", "pk")] == [
        rung for rung in ("duty", "stand_in", "leader", "above") for _ in range(2)
    ]


def test_where_no_roster_exists_everybody_of_the_desk_is_called(town: Town) -> None:
    case = urgent(town)
    swept(case, 4)
    assert calls_of(case) == [(f"dispatch:division:{case.township_id}", 0)]
    assert "全体（没有值班人）" in case.events.get(verb="call").note


def test_two_sweepers_and_a_repeated_pass_call_once(town: Town) -> None:
    case = urgent(town)
    stage = Stage.objects.get(case=case)
    for _ in range(3):
        sweep_clocks(at=NIGHT)
        ring(stage.pk, at=NIGHT)
    assert len(calls_of(case)) == 1


def test_a_pass_after_an_outage_calls_each_rung_once(town: Town) -> None:
    on_roster("desk-zyl", town.zhao)
    case = urgent(town)
    sweep_clocks(at=NIGHT + 33 * MINUTE)
    assert [audience for audience, _ in calls_of(case)] == [
        f"user:{town.zhao.pk}",
        f"dispatch:division:{case.township_id}",  # nobody stands in
        f"user:{town.tang.pk}",
        f"dispatch:division:{case.county_id}",
    ]


@pytest.mark.article(18)
def test_who_takes_it_is_named_and_nobody_is_called_any_more(town: Town) -> None:
    on_roster("desk-zyl", town.zhao)
    case = urgent(town)
    swept(case, 6)
    case = actions.take_charge(case, by=town.zhao, at=NIGHT + 7 * MINUTE)
    stage = Stage.objects.get(case=case, ended_at=None)
    assert (stage.taken_by, stage.taken_at) == (town.zhao, NIGHT + 7 * MINUTE)
    swept(case, 39)
    assert len(calls_of(case)) == 2
    assert case.events.filter(verb="flag_overdue").exists()  # the promise of the step runs on
    with refused(IllegalMove) as refusal:
        actions.take_charge(Case.objects.get(pk=case.pk), by=town.tang, at=NIGHT + 40 * MINUTE)
    assert "Zhao已经接了" in refusal.value.sentence


def test_acceptance_ends_the_calls_and_the_unit_is_called_when_it_waits_for_a_signature(town: Town) -> None:
    on_roster("hlq-chengguan", town.sun)
    case = case_in("awaiting_signature", town, at=NIGHT, matter_id=town.matter("井盖缺损").pk)
    assert case.status == "awaiting_signature"
    started = Stage.objects.get(case=case, ended_at=None).started_at
    sweep_clocks(at=started + timedelta(seconds=5))
    assert not Outbox.objects.filter(topic="call", created_at__gte=started).exists()  # it may be taken back
    sweep_clocks(at=started + timedelta(seconds=15))
    called = Outbox.objects.filter(topic="call", created_at__gte=started)
    assert [row.audience for row in called] == [f"user:{town.sun.pk}"]
    case = actions.sign_case(case, by=town.sun, at=started + MINUTE)
    sweep_clocks(at=started + 60 * MINUTE)
    assert Outbox.objects.filter(topic="call", created_at__gte=started).count() == 1


def test_only_those_who_are_called_take_it_and_only_what_is_urgent(town: Town) -> None:
    case = urgent(town)
    for name in ("chen", "sun", "duan", "gu"):
        with refused(NotPermitted):
            actions.take_charge(case, by=getattr(town, name), at=NIGHT)
    assert actions.take_charge(case, by=town.hua, at=NIGHT)  # the level above
    ordinary = case_in("awaiting_acceptance", town)
    with refused(NotPermitted):
        actions.take_charge(ordinary, by=town.zhao, at=MONDAY)


@pytest.mark.article(20)
def test_of_an_urgent_clue_only_readers_are_called_by_name(town: Town) -> None:
    on_roster("desk-zyl", colleague("desk-zyl", "deputy"))
    case = urgent(town)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    sweep_clocks(at=NIGHT)
    assert calls_of(case) == [(f"dispatch:division:{case.township_id}", 0)]


def test_how_often_is_called_is_a_setting_of_the_city(town: Town) -> None:
    for purpose, amount in (("repeat", 2), ("climb", 4)):
        draft = LimitDraft(
            "urgent_call",
            purpose,
            True,
            str(Clock.AROUND_THE_CLOCK),
            amount,
            day_of(MONDAY) + DAY,
            "市级通知",
        )
        publish_step_limit(draft, by_id=None, at=MONDAY)
    rulebook._Shelf.rulebook = rulebook.Rulebook(
        rulebook.read_limits(day_of(MONDAY) + DAY), rulebook.current_rulebook().calendar
    )
    case = urgent(town, at=NIGHT + DAY)
    swept(case, 9)
    forget_rulebook()
    assert [minutes for _, minutes in calls_of(case)] == [0, 2, 4, 6, 8]


def test_what_somebody_has_taken_is_not_called_about_after_a_replanning(town: Town) -> None:
    case = urgent(town)
    sweep_clocks(at=NIGHT)
    actions.take_charge(case, by=town.zhao, at=NIGHT + MINUTE)
    assert preview().total == 0


def test_a_call_about_many_cases_needs_no_more_statements_than_about_one(town: Town) -> None:
    on_roster("desk-zyl", town.zhao)
    counts = []
    for number in (1, 9):
        Stage.objects.update(next_action_at=None)
        at = NIGHT + number * MINUTE
        for _ in range(number):
            urgent(town, at=at)
        with CaptureQueriesContext(connection) as seen:
            sweep_clocks(at=at)
        counts.append(len(seen))
    assert counts[0] == counts[1], counts
