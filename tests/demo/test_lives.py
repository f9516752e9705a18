"""A generated case has the rows, stays, effects and chain that the real verbs and clocks would have written."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from audit.chain import Link, first_break
from audit.invariants import keys_of_the_trace, rows_that_their_chain_does_not_know
from audit.models import Entry
from demo.city.courses import CALLED, Course, PastEvent, run_life
from demo.city.days import DAYS, report_moments
from demo.city.lives import LIVES, Life
from demo.city.places import Spot
from demo.city.rows import Laid, Posts, take_numbers, write
from tests.town import MONDAY, Town
from workflow import actions
from workflow.actions import calls
from workflow.actions.clock import ring
from workflow.calls import Called
from workflow.models import Assignment, Case, CaseEvent, Stage, StageEffect
from worktime.calendars import current_calendar
from worktime.clocks import SHANGHAI

LONG_AFTER = timedelta(days=60)
ORDINARY, URGENT, SECRET = "邻里纠纷", "走失、突发疾病求助", "非法集资线索"
NOT_COMPARED = {"id", "rating_code", "case_id", "stage_id", "share_id", "uid"}


def course_of(town: Town, life: Life, matter_name: str, *, now: datetime, seed: int) -> Course:
    grid, matter = town.grid, town.matter(matter_name)
    village = grid.village
    assert village.parent is not None and village.parent.parent is not None
    case = Case(
        matter=matter,
        title=matter.name,
        urgency=matter.severity,
        confidential=matter.confidential,
        for_resident=life.for_resident,
        reported_at=MONDAY,
        grid=grid,
        village=village,
        township=village.parent,
        county=village.parent.parent,
        city=town.division("濮阳市"),
    )
    return run_life(case, life, unit=town.chengguan, calendar=current_calendar(), now=now, seed=seed)


def multiplied(town: Town, course: Course) -> Case:
    """The case that COPY writes."""
    case = course.case
    spot = Spot(
        town.grid, case.village, case.township, case.county, town.chen.pk, town.wang.pk, town.li.pk
    )  # fmt: skip
    people = {
        "worker": town.chen.pk,
        "leader": town.wang.pk,
        "instructor": town.li.pk,
        "handler": town.sun.pk,
        "desk of township": town.zhao.pk,
        "desk of county": town.hua.pk,
        "desk of city": town.feng.pk,
    }
    posts = Posts(Case(township=case.township, county=case.county, city=case.city, unit=town.chengguan))
    assert case.matter is not None
    (number,) = take_numbers(Case, 1)
    laid = Laid(course, spot, case.matter, town.chengguan.pk, people, posts, "楼道杂物。", "3号楼前")
    write([number], [laid])
    return Case.objects.get(pk=number)


Replay = Callable[[Case, PastEvent, User, Course, Town], Case]
VERBS: dict[str, Replay] = {
    "settle": lambda case, event, by, course, town: actions.settle_case(
        case, result=event.note, by=by, at=event.at
    ),
    "pass_to_leader": lambda case, event, by, course, town: actions.pass_to_leader(
        case, note=event.note, by=by, at=event.at
    ),
    "take_up": lambda case, event, by, course, town: actions.take_up_case(case, by=by, at=event.at),
    "send_up": lambda case, event, by, course, town: actions.send_up_case(
        case, note=event.note, by=by, at=event.at
    ),
    "accept": lambda case, event, by, course, town: actions.accept_case(case, by=by, at=event.at),
    "assign": lambda case, event, by, course, town: actions.assign_case(
        case, unit=town.chengguan, reason=event.note, by=by, at=event.at
    ),
    "sign": lambda case, event, by, course, town: actions.sign_case(case, by=by, at=event.at),
    "feed_back": lambda case, event, by, course, town: actions.feed_back_case(
        case, result=event.note, by=by, at=event.at
    ),
    "pass_check": lambda case, event, by, course, town: actions.pass_check(case, by=by, at=event.at),
    "fail_check": lambda case, event, by, course, town: actions.fail_check(
        case, note=event.note, by=by, at=event.at
    ),
    "rate": lambda case, event, by, course, town: actions.rate_case(
        case, rating=course.case.rating, by=by, at=event.at
    ),
    "escalate": lambda case, event, by, course, town: actions.escalate_case(
        case, note=event.note, by=by, at=event.at
    ),
    "return_for_correction": lambda case, event, by, course, town: actions.return_for_correction(
        case, note=event.note, by=by, at=event.at
    ),
    "resubmit": lambda case, event, by, course, town: actions.resubmit_case(
        case, correction=actions.Correction(note=event.note), by=by, at=event.at
    ),
    "hand_back": lambda case, event, by, course, town: actions.hand_back_case(
        case, note=event.note, by=by, at=event.at
    ),
    "reject_return": lambda case, event, by, course, town: actions.reject_return(
        case, note=event.note, by=by, at=event.at
    ),
    "refuse": lambda case, event, by, course, town: actions.refuse_case(
        case, note=event.note, by=by, at=event.at
    ),
    "withdraw": lambda case, event, by, course, town: actions.withdraw_case(
        case, note=event.note, by=by, at=event.at
    ),
    "void": lambda case, event, by, course, town: actions.void_case(
        case, note=event.note, by=by, at=event.at
    ),
}


def really_lived(town: Town, course: Course) -> Case:
    """The same life through the real verbs and the real clock, act by act."""
    first = course.case
    draft = actions.ReportDraft(
        grid_id=town.grid.pk,
        matter_id=first.matter_id,
        description="楼道杂物。",
        place="3号楼前",
        lon=round(town.grid.min_lon + 0.005, 6),  # type: ignore[operator]
        lat=round(town.grid.min_lat + 0.005, 6),  # type: ignore[operator]
        for_resident=first.for_resident,
        outcome="handling" if course.life.first == "self_handling" else "send",
    )
    case = actions.report_case(draft, by=town.chen, at=first.reported_at)
    desks = {"township": town.zhao, "county": town.hua, "city": town.feng}
    people = {"worker": town.chen, "leader": town.wang, "instructor": town.li, "handler": town.sun}
    for event in course.events[1:]:
        if event.who:
            by = people.get(event.who) or desks[case.level]
            case = VERBS[event.verb](case, event, by, course, town)
        else:
            ring(case.stages.running().get().pk, at=event.at)
            case = Case.objects.get(pk=case.pk)
    return case


def rows_of(case: Case) -> dict[str, list[dict[str, Any]]]:
    """Everything that belongs to a case, without the numbers of rows."""
    found = {
        "case": Case.objects.filter(pk=case.pk),
        "stays": Stage.objects.filter(case=case).order_by("pk"),
        "effects": StageEffect.objects.filter(stage__case=case).order_by("pk"),
        "events": CaseEvent.objects.filter(case=case).order_by("seq"),
        "parts": Assignment.objects.filter(case=case).order_by("pk"),
    }
    return {
        name: [{key: value for key, value in row.items() if key not in NOT_COMPARED} for row in rows.values()]
        for name, rows in found.items()
    }


def links_of(case: Case) -> list[tuple[Any, ...]]:
    links = Entry.objects.filter(subject=f"case:{case.pk}").order_by("seq")
    return [
        (link.seq, link.verb, link.at, link.actor_id, {**link.record, "state": None}) for link in links
    ]  # fmt: skip


def matters_for(life: Life) -> tuple[str, ...]:
    if life.confidential:
        return (SECRET,)
    return (ORDINARY,) if life.closes else (ORDINARY, URGENT)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_a_multiplied_life_is_what_the_verbs_and_the_clock_leave(
    life: Life, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A course names no people, so it cannot say who was called; that and when somebody was is compared.
    monkeypatch.setattr(calls, "called_on", lambda rung, case, staff: Called((), CALLED))
    for matter in matters_for(life):
        for seed, lived in (
            (1, LONG_AFTER),
            (2, LONG_AFTER),
            (3, timedelta(hours=30)),
            (4, timedelta(days=6)),
        ):
            course = course_of(town, life, matter, now=MONDAY + lived, seed=seed)
            copied, real = multiplied(town, course), really_lived(town, course)
            expected, found = rows_of(real), rows_of(copied)
            assert found["case"][0].pop("accuracy_m") > 0
            expected["case"][0].pop("accuracy_m")
            for name, rows in expected.items():
                for mine, theirs in zip(found[name], rows, strict=True):
                    assert {k: (v, theirs[k]) for k, v in mine.items() if v != theirs[k]} == {}, name
            assert links_of(copied) == links_of(real)


def test_the_chain_of_a_multiplied_case_is_whole_and_knows_its_rows(town: Town) -> None:
    for life in LIVES:
        copied = multiplied(
            town, course_of(town, life, matters_for(life)[0], now=MONDAY + LONG_AFTER, seed=5)
        )
        entries = Entry.objects.filter(subject=f"case:{copied.pk}").order_by("seq")
        names = [name for name in Link.__dataclass_fields__ if name != "record"]
        links = [
            Link(**{name: getattr(entry, name) for name in names}, record=raw_record(entry))
            for entry in entries
        ]
        assert first_break(links, keys_of_the_trace()) is None
        assert entries.last().record["state"][0] == f"case:{copied.pk}"  # type: ignore[union-attr]
    assert faults_of_cases() == []
    Case.objects.filter(pk=copied.pk).update(place="别处")
    assert faults_of_cases() == [f"case:{copied.pk} 的现状与审计链最后所记不符"]


def faults_of_cases() -> list[str]:
    return [fault for fault in rows_that_their_chain_does_not_know() if fault.startswith("case:")]


def raw_record(entry: Entry) -> str:
    return json.dumps(entry.record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def test_reports_come_by_day_on_workdays_and_never_from_the_future(town: Town) -> None:
    calendar = current_calendar()
    moments = report_moments(4000, at=MONDAY, calendar=calendar, chance=random.Random(1))
    local = [moment.astimezone(SHANGHAI) for moment in moments]
    assert moments == sorted(moments)
    assert moments[-1] < MONDAY
    assert MONDAY - moments[0] < timedelta(days=DAYS)
    assert all(6 <= moment.hour < 22 for moment in local)
    on_workdays = sum(calendar.is_workday(moment.date()) for moment in local)
    days_off = sum(
        not calendar.is_workday((MONDAY - timedelta(days=number)).date()) for number in range(DAYS)
    )
    assert (4000 - on_workdays) / days_off < 0.6 * on_workdays / (DAYS - days_off)
