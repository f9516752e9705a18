"""When a message goes out: quiet hours across midnight, what is urgent pierces them, the digest once a day."""

from __future__ import annotations

import threading
from datetime import datetime, time, timedelta

import pytest
from django.db import connection

from accounts.models import User
from channels.actions import send_digests, send_outside, spread_notices
from channels.deadlines import after_quiet, wait_after
from duty.actions import Line, enter_roster
from notifications.actions import notice, relay_waiting, tell, tell_many
from notifications.models import Message, Outbox
from personnel.models import Organization
from tests.cases import case_in, reported
from tests.channels.conftest import administrator, gateway_to, wants
from tests.channels.receivers import Hook
from tests.town import MONDAY, Town, build_town
from workflow.actions.clock import sweep_clocks
from workflow.models import Case
from worktime.clocks import SHANGHAI

TEN, SEVEN = time(22), time(7)
DAY = timedelta(days=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def outside() -> list[Outbox]:
    return list(Outbox.objects.exclude(channel="inbox").order_by("pk"))


@pytest.mark.parametrize(
    ("moment", "start", "end", "expected"),
    [
        (at(16, 21, 59), TEN, SEVEN, at(16, 21, 59)),
        (at(16, 22), TEN, SEVEN, at(17, 7)),
        (at(17, 0), TEN, SEVEN, at(17, 7)),
        (at(17, 6, 59), TEN, SEVEN, at(17, 7)),
        (at(17, 7), TEN, SEVEN, at(17, 7)),
        (at(16, 13), time(12), time(14), at(16, 14)),
        (at(16, 14), time(12), time(14), at(16, 14)),
        (at(16, 3), time(0), time(0), at(16, 3)),
    ],
)
def test_quiet_hours_may_pass_midnight(moment: datetime, start: time, end: time, expected: datetime) -> None:
    assert after_quiet(moment, start, end) == expected


def test_a_row_waits_longer_after_each_attempt_and_never_for_ever() -> None:
    assert [int(wait_after(number).total_seconds()) for number in (1, 2, 3, 4, 8, 99)] == [
        10,
        20,
        40,
        80,
        600,
        600,
    ]


def test_an_ordinary_message_waits_for_the_morning_and_an_urgent_one_does_not(
    town: Town, hook: Hook, keeper: User
) -> None:
    wants(town.zhao, gateway_to(hook, keeper).channel)
    night = at(16, 23)
    tell(f"user:{town.zhao.pk}", topic="progress", subject="x:1", sentence="有进展", at=night)
    tell_many(
        [notice(f"user:{town.zhao.pk}", topic="call", subject="x:2", sentence="快", at=night, is_urgent=True)]
    )
    spread_notices(at=night)
    assert send_outside(at=night) == 1
    assert "紧急" in hook.requests[0].body.decode()
    assert send_outside(at=at(17, 6, 59)) == 0
    assert send_outside(at=at(17, 7)) == 1


@pytest.mark.article(20)
def test_a_called_person_reads_number_matter_and_step_and_nothing_that_people_wrote(
    town: Town, hook: Hook, keeper: User
) -> None:
    wants(town.zhao, gateway_to(hook, keeper).channel, ordinary="none")
    body = Organization.objects.select_related("division").get(code="desk-zyl")
    night = at(16, 23)
    line = Line(night - DAY, night + DAY, town.zhao)
    enter_roster(body, [line], start=night - DAY, end=night, by=None, at=night - DAY)
    case = reported(
        town,
        at=night,
        matter_id=town.matter("井盖缺损").pk,
        title="张三家门口的井盖",
        description="张三 13812345678",
        place="幸福路 3 号院",
    )
    sweep_clocks(at=night)
    spread_notices(at=night)
    assert send_outside(at=night) == 1
    text = hook.requests[0].body.decode()
    assert "井盖缺损" in text and case.number in text and "待受理" in text and f"/cases/{case.pk}/" in text
    assert not [word for word in ("张三", "138", "幸福路") if word in text]


@pytest.mark.article(20)
def test_of_a_clue_nothing_leaves_for_the_desk_and_only_its_number_to_a_person(
    town: Town, hook: Hook, keeper: User
) -> None:
    wants(town.zhao, gateway_to(hook, keeper).channel)
    case = case_in("awaiting_acceptance", town, matter_id=town.matter("非法集资线索").pk)
    spread_notices(at=MONDAY)
    assert not [row for row in outside() if row.subject == case.chain_key]
    tell(f"user:{town.zhao.pk}", topic="progress", subject=case.chain_key, sentence="线索有进展", at=MONDAY)
    spread_notices(at=MONDAY)
    (row,) = [row for row in outside() if row.subject == case.chain_key]
    assert case.number in row.sentence and "非法集资" not in row.sentence


def test_the_digest_counts_what_is_unread_names_the_cases_and_comes_once(
    town: Town, hook: Hook, keeper: User
) -> None:
    wants(town.zhao, gateway_to(hook, keeper).channel, ordinary="digest", digest_hour=8)
    cases = [case_in("awaiting_acceptance", town, at=MONDAY) for _ in range(8)]
    relay_waiting(at=MONDAY + timedelta(hours=1))
    read = Message.objects.filter(subject=cases[0].chain_key, audience__startswith="dispatch:")
    read.get().readers.add(town.zhao)
    spread_notices(at=MONDAY + timedelta(hours=1))
    assert not outside()  # nothing goes out one by one
    assert send_digests(at=at(17, 7, 59)) == 0
    assert send_digests(at=at(17, 8)) == 1
    assert send_digests(at=at(17, 8, 30)) == 0
    assert send_outside(at=at(17, 8, 30)) == 1
    text = hook.requests[0].body.decode()
    assert "汇总：7 条未读消息" in text and "7 件事项" in text and "另有 1 件" in text
    assert cases[-1].number in text
    assert send_digests(at=at(18, 8)) == 1
    assert send_outside(at=at(18, 9)) == 0  # nothing has come since


def test_two_sweepers_make_one_digest(own_database: str, hook: Hook) -> None:
    build_town()
    town = Town()
    wants(town.zhao, gateway_to(hook, administrator()).channel, ordinary="digest")
    tell(f"user:{town.zhao.pk}", topic="progress", subject="x:1", sentence="有进展", at=MONDAY)
    relay_waiting(at=MONDAY + timedelta(minutes=1))
    begin = threading.Barrier(2)

    def work() -> None:
        begin.wait()
        send_digests(at=at(17, 9))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outside()) == 1
    assert Case.objects.count() == 0
