"""Messages outside: one row per recipient and channel, sent once, tried again, parked; the inbox waits for none."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time as clocks
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from channels import due
from channels.actions import send_outside, sending, spread_notices, switch_off
from channels.actions.sending import drop_parked, try_parked_again
from channels.deadlines import MOST_ATTEMPTS
from channels.invariants import parked_messages
from notifications.actions import relay_waiting, tell
from notifications.models import Message, Outbox
from tests.channels.conftest import administrator, gateway_to, wants
from tests.channels.receivers import Hook, MailServer, free_port
from tests.town import MONDAY, Town, build_town

MINUTE = timedelta(minutes=1)


def notified(
    town: Town, to: str = "", *, is_urgent: bool = False, at: datetime = MONDAY, subject: str = "x:1"
) -> Outbox:
    row = tell(
        to or f"user:{town.zhao.pk}",
        topic="progress",
        subject=subject,
        sentence="王某家的事，电话 138",
        at=at,
    )
    Outbox.objects.filter(pk=row.pk).update(is_urgent=is_urgent)
    return row


def outside() -> Any:
    return Outbox.objects.exclude(channel="inbox").order_by("pk")


def spread_and_sent(at: datetime = MONDAY) -> int:
    spread_notices(at=at)
    return send_outside(at=at)


def test_each_recipient_and_channel_has_a_row_of_its_own(
    town: Town, hook: Hook, mail: MailServer, keeper: User
) -> None:
    gateway = gateway_to(hook, keeper)
    wants(town.zhao, "email", gateway.channel)
    wants(town.tang, "email")
    row = notified(town, f"dispatch:division:{town.grid.village.parent_id}")
    assert spread_and_sent() == 3
    rows = {(each.recipient_id, each.channel, each.source) for each in outside()}
    assert rows == {
        (town.zhao.pk, "email", row.event_id),
        (town.zhao.pk, gateway.channel, row.event_id),
        (town.tang.pk, "email", row.event_id),
    }
    assert len(mail.letters()) == 2 and len(hook.requests) == 1
    Outbox.objects.filter(pk=row.pk).update(
        to_spread=True
    )  # a pass that was killed before it committed its mark
    assert spread_and_sent(MONDAY + MINUTE) == 0
    assert outside().count() == 3


def test_a_letter_arrives_at_a_real_mail_server_with_its_key(town: Town, mail: MailServer) -> None:
    wants(town.zhao, "email")
    notified(town)
    spread_and_sent()
    (letter,) = mail.letters()
    assert letter["To"] == "zhao@example.cn"
    assert str(make_header(decode_header(letter["Subject"]))) == "濮阳网格消息"
    assert letter["Idempotency-Key"] == str(outside().get().event_id)
    text = letter.get_payload(decode=True)
    assert isinstance(text, bytes) and "请打开平台查看" in text.decode() and "王某" not in text.decode()


def test_a_webhook_is_signed_over_its_time_and_body(town: Town, hook: Hook, keeper: User) -> None:
    wants(town.zhao, gateway_to(hook, keeper, secret="s3cret").channel)
    notified(town)
    assert spread_and_sent() == 1
    (request,) = hook.requests
    over = request.heads["X-Timestamp"].encode() + b"." + request.body
    assert request.heads["X-Signature"] == "sha256=" + hmac.new(b"s3cret", over, hashlib.sha256).hexdigest()
    row = outside().get()
    assert request.heads["Idempotency-Key"] == str(row.event_id)
    assert json.loads(request.body) == {"to": "19900000007", "text": row.sentence, "key": str(row.event_id)}


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("wecom", lambda text, key: {"msgtype": "text", "text": {"content": text}}),
        ("dingtalk", lambda text, key: {"msgtype": "text", "text": {"content": text}}),
        ("sms", lambda text, key: {"mobile": "19900000007", "content": text, "id": key}),
    ],
)
def test_sms_and_robots_are_configurations_of_the_same_adapter(
    town: Town, hook: Hook, keeper: User, kind: str, shape: Any
) -> None:
    wants(town.zhao, gateway_to(hook, keeper, kind=kind).channel)
    notified(town)
    assert spread_and_sent() == 1
    row = outside().get()
    assert json.loads(hook.requests[0].body) == shape(row.sentence, str(row.event_id))
    assert ("sign=" in hook.requests[0].path) == (kind == "dingtalk")


def test_a_robot_that_answers_200_with_an_error_has_not_sent(town: Town, hook: Hook, keeper: User) -> None:
    hook.text = '{"errcode": 93000, "errmsg": "invalid webhook url"}'
    wants(town.zhao, gateway_to(hook, keeper, kind="wecom").channel)
    notified(town)
    assert spread_and_sent() == 0
    assert "errcode 93000" in outside().get().last_error


def test_a_text_cannot_change_the_shape_of_the_body(town: Town, hook: Hook, keeper: User) -> None:
    wants(town.zhao, gateway_to(hook, keeper).channel, address='","to":"other')
    notified(town)
    spread_and_sent()
    assert json.loads(hook.requests[0].body)["to"] == '","to":"other'


def test_500_then_200_is_sent_once_more_under_the_same_key(town: Town, hook: Hook, keeper: User) -> None:
    hook.answers = [500]
    wants(town.zhao, gateway_to(hook, keeper).channel)
    notified(town)
    assert spread_and_sent() == 0
    row = outside().get()
    assert (row.attempts, row.last_error, row.parked_at) == (1, "OSError: HTTP 500", None)
    assert send_outside(at=MONDAY + timedelta(seconds=9)) == 0  # it waits
    assert send_outside(at=MONDAY + timedelta(seconds=10)) == 1
    first, second = hook.requests
    assert first.heads["Idempotency-Key"] == second.heads["Idempotency-Key"]
    assert send_outside(at=MONDAY + timedelta(hours=1)) == 0 and len(hook.requests) == 2


def test_a_gateway_that_refuses_or_is_silent_holds_back_neither_inbox_nor_others(
    town: Town, hook: Hook, mail: MailServer, keeper: User, settings: Any
) -> None:
    settings.GATEWAY_TIMEOUT = settings.GATEWAY_LONGEST = 0.4
    hook.slow = 3
    silent = gateway_to(hook, keeper)
    closed = gateway_to(Hook(f"http://127.0.0.1:{free_port()}/"), keeper)
    wants(town.zhao, silent.channel, closed.channel, "email")
    for _ in range(3):
        notified(town)
    began = clocks.monotonic()
    assert spread_and_sent() == 3  # the letters
    assert clocks.monotonic() - began < 2.5  # each gateway is tried once in a pass
    assert relay_waiting(at=MONDAY) == 3 and Message.objects.count() == 3
    assert len(mail.letters()) == 3
    errors = {row.channel: row.last_error for row in outside().filter(attempts=1, delivered_at=None)}
    assert "timed out" in errors[silent.channel] or "Remote" in errors[silent.channel]
    assert "ConnectionRefusedError" in errors[closed.channel]


def test_an_answer_that_comes_a_byte_at_a_time_is_cut_off(town: Town, keeper: User, settings: Any) -> None:
    settings.GATEWAYS_MAY_BE_PRIVATE = True
    settings.GATEWAY_TIMEOUT, settings.GATEWAY_LONGEST = 5.0, 0.6
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        found, _ = server.accept()
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200:
                found.sendall(bytes([byte]))
                clocks.sleep(0.1)
        except OSError:
            return

    threading.Thread(target=drip, daemon=True).start()
    wants(town.zhao, gateway_to(Hook(f"http://127.0.0.1:{server.getsockname()[1]}/"), keeper).channel)
    notified(town)
    began = clocks.monotonic()
    assert spread_and_sent() == 0
    assert clocks.monotonic() - began < 2
    server.close()


def test_after_the_last_attempt_a_row_is_parked_and_seen_and_tried_again_by_a_person(
    town: Town, hook: Hook, keeper: User
) -> None:
    hook.answers = [503] * MOST_ATTEMPTS
    wants(town.zhao, gateway_to(hook, keeper).channel)
    notified(town)
    spread_notices(at=MONDAY)
    at = MONDAY
    for _ in range(MOST_ATTEMPTS + 3):
        send_outside(at=at)
        at += timedelta(minutes=10)
    assert len(hook.requests) == MOST_ATTEMPTS
    assert due.finding() == "1 parked"
    assert [line for line in parked_messages() if "503" in line]
    assert due.oldest_untried(at) is None  # it is no fault of the sender
    assert try_parked_again(at=at) == 1 and send_outside(at=at) == 1
    assert due.finding() == "ok"


def test_what_a_gateway_refuses_for_good_is_parked_at_once_and_may_be_dropped(
    town: Town, hook: Hook, keeper: User
) -> None:
    hook.answers = [403]
    wants(town.zhao, gateway_to(hook, keeper).channel)
    notified(town)
    spread_and_sent()
    assert outside().get().parked_at == MONDAY and len(hook.requests) == 1
    assert drop_parked() == 1 and not outside().exists()


def test_a_redirection_is_not_followed(town: Town, hook: Hook, keeper: User) -> None:
    hook.answers, hook.location = [302], "http://127.0.0.1:1/inside"
    wants(town.zhao, gateway_to(hook, keeper).channel)
    notified(town)
    assert spread_and_sent() == 0
    assert "HTTP 302" in outside().get().last_error


def test_a_sender_killed_before_the_mark_leads_to_one_repeat_with_the_same_key(
    town: Town, hook: Hook, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wants(town.zhao, gateway_to(hook, keeper).channel)
    notified(town)
    spread_notices(at=MONDAY)
    deliver = sending.deliver

    def killed(row: Outbox, *, at: datetime) -> bool:
        deliver(row, at=at)
        raise SystemExit

    monkeypatch.setattr(sending, "deliver", killed)
    with pytest.raises(SystemExit):
        send_outside(at=MONDAY)
    monkeypatch.setattr(sending, "deliver", deliver)
    assert (
        send_outside(at=MONDAY + timedelta(seconds=59)) == 0
    )  # until the lease is over it belongs to the dead
    assert send_outside(at=MONDAY + timedelta(seconds=60)) == 1
    first, second = hook.requests
    assert first.heads["Idempotency-Key"] == second.heads["Idempotency-Key"]
    assert send_outside(at=MONDAY + timedelta(hours=1)) == 0


def test_what_waits_for_a_channel_that_is_off_is_not_sent(town: Town, hook: Hook, keeper: User) -> None:
    gateway = gateway_to(hook, keeper)
    wants(town.zhao, gateway.channel)
    notified(town)
    spread_notices(at=MONDAY)
    switch_off(gateway, by=keeper, at=MONDAY)
    send_outside(at=MONDAY)
    assert not hook.requests and outside().get().delivered_at == MONDAY


def test_two_senders_beside_each_other_send_each_row_once(own_database: str, hook: Hook) -> None:
    build_town()
    town = Town()
    wants(town.zhao, gateway_to(hook, administrator()).channel)
    for _ in range(12):
        notified(town)
    hook.slow = 0.05
    begin = threading.Barrier(2)

    def work() -> None:
        begin.wait()
        spread_notices(at=MONDAY)
        send_outside(at=MONDAY)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    send_outside(at=MONDAY)
    keys = [request.heads["Idempotency-Key"] for request in hook.requests]
    assert len(keys) == len(set(keys)) == 12
