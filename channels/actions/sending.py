"""Sends the rows of the channels outside. Each is claimed first, sent without a transaction, and marked afterwards.

A row belongs for a minute to whoever claimed it, so that two senders never send the same one. A sender that is killed
between sending and marking leaves the row to the next, which sends it again under the same key: the one repeat that is
possible (decision 25). After so many attempts a row is parked and a person looks at it.
"""

from __future__ import annotations

import http.client
import json
import smtplib
from datetime import datetime
from time import monotonic

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from channels import states
from channels.deadlines import LEASE, MOST_ATTEMPTS, wait_after
from channels.models import Gateway, PersonalChannel
from channels.outgoing import Refused, post, signature, signed_for_dingtalk
from common.errors import RuleViolation
from common.privacy.log_masking import masked
from notifications.models import Outbox
from sweeps.actions import Pass, sweep

SEND = "channels.send"
MOST, LONGEST_PASS = 200, 40.0  # rows and seconds of one pass; the worker's own limit is 60
FAILURES = (OSError, http.client.HTTPException, smtplib.SMTPException)
GONE = "收件人已不用这个通道，没有发送"
TRY_AGAIN = (408, 425, 429)
log = structlog.get_logger(__name__)


def send_outside(*, at: datetime, most: int = MOST) -> int:
    """Sends the rows that are due, urgent ones first; returns how many were sent.

    A channel that fails is left alone for the rest of the pass, so that it does not hold back the others.
    """
    waiting = Outbox.objects.exclude(channel=Outbox.INBOX).filter(
        delivered_at__isnull=True, parked_at__isnull=True, next_attempt_at__lte=at
    )
    order = ("-is_urgent", "next_attempt_at", "id")
    keys = list(waiting.order_by(*order).values_list("pk", flat=True)[:most])
    run = _Run(at, monotonic() + LONGEST_PASS)
    found: Pass = sweep(SEND, keys, run.send, at=at, keeps_own_transactions=True)
    return found.done


class _Run:
    """One pass: the moment, when it ends, and the channels that failed in it."""

    def __init__(self, at: datetime, ends_at: float) -> None:
        self.at, self.ends_at = at, ends_at
        self.broken: set[str] = set()

    def send(self, pk: int) -> bool:
        """Claims a row, sends it, and marks what became of it; False if it is another's or its channel rests."""
        if monotonic() > self.ends_at:
            return False
        row = claimed(pk, at=self.at, but=self.broken)
        if row is None:
            return False
        try:
            done = deliver(row, at=self.at)
        except SoftTimeLimitExceeded:
            raise
        except (Refused, RuleViolation) as refusal:
            fail(row, str(refusal), at=self.at, for_good=True)
        except FAILURES as error:
            self.broken.add(row.channel)
            fail(row, f"{type(error).__name__}: {error}", at=self.at)
        else:
            row.delivered_at, row.last_error = self.at, "" if done else GONE
            row.save(update_fields=["delivered_at", "last_error"])
            return True
        return False


@transaction.atomic
def claimed(pk: int, *, at: datetime, but: set[str]) -> Outbox | None:
    """Returns a row that is due and counts the attempt, or None; until the lease is over nobody else sends it."""
    rows = Outbox.objects.select_for_update(skip_locked=True).exclude(channel__in=but)
    row = rows.filter(
        pk=pk, delivered_at__isnull=True, parked_at__isnull=True, next_attempt_at__lte=at
    ).first()
    if row is None:
        return None
    row.attempts, row.next_attempt_at = row.attempts + 1, at + LEASE
    row.save(update_fields=["attempts", "next_attempt_at"])
    return row


def fail(row: Outbox, reason: str, *, at: datetime, for_good: bool = False) -> None:
    """Stores why a row was not sent and when it is tried again; parks it after the last attempt."""
    row.last_error = masked(reason.splitlines()[0] if reason else "")[:300]
    row.next_attempt_at = at + wait_after(row.attempts)
    if for_good or row.attempts >= MOST_ATTEMPTS:
        row.parked_at = at
        log.error("outside_message_parked", row=row.pk, channel=row.channel, attempts=row.attempts)
    row.save(update_fields=["last_error", "next_attempt_at", "parked_at"])


def deliver(row: Outbox, *, at: datetime) -> bool:
    """Sends a row over its channel; False if the recipient has it no more. Raises what went wrong."""
    kind, _, number = row.channel.partition(":")
    people = PersonalChannel.objects.select_related("gateway").filter(user=row.recipient_id, is_on=True)
    own = people.filter(gateway__isnull=True) if kind == states.EMAIL else people.filter(gateway=int(number))
    person = own.filter(user__is_active=True).first()
    if person is None or (person.gateway is not None and person.gateway.status != "on"):
        return False
    if person.gateway is None:
        send_email(row, person.unseal("address"))
    else:
        send_webhook(row, person.gateway, person.unseal("address"), at=at)
    return True


def send_email(row: Outbox, address: str) -> None:
    """Sends an e-mail. Its number is the same at every attempt, by which a mail server knows a repeat."""
    if not settings.EMAIL_HOST:
        raise Refused("没有配置邮件服务器")
    subject = "紧急事项，请马上接" if row.is_urgent else "濮阳网格消息"
    heads = {"Message-ID": f"<{row.event_id}@puyang-grid>", "Idempotency-Key": str(row.event_id)}
    message = EmailMessage(subject, row.sentence, to=[address], headers=heads, connection=get_connection())
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as refusal:
        if is_for_good(refusal):
            raise Refused("邮件服务器不收这个地址") from refusal
        raise


def is_for_good(refusal: smtplib.SMTPException) -> bool:
    """Whether a mail server refused for good (5xx) and not for now (4xx)."""
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in refusal.recipients.values())
    return isinstance(refusal, smtplib.SMTPResponseException) and refusal.smtp_code >= 500


def send_webhook(row: Outbox, gateway: Gateway, address: str, *, at: datetime) -> None:
    """Posts the body of a gateway, signed, under the row's key. Raises OSError for what may be tried again."""
    url, secret = gateway.unseal("url"), gateway.unseal("secret")
    values = {states.TEXT: row.sentence, states.ADDRESS: address, states.KEY: str(row.event_id)}
    shape = states.filled(json.loads(gateway.template), values)
    body = json.dumps(shape, ensure_ascii=False).encode()
    timestamp = str(int(at.timestamp()))
    heads = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "puyang-grid",
        "Idempotency-Key": str(row.event_id),
        "X-Timestamp": timestamp,
    }
    if secret:
        heads["X-Signature"] = signature(secret, timestamp, body)
        url = signed_for_dingtalk(url, secret, timestamp) if gateway.kind == "dingtalk" else url
    answer = post(url, body, heads)
    if 400 <= answer.status < 500 and answer.status not in TRY_AGAIN:
        raise Refused(f"对方不收：HTTP {answer.status}")
    if not 200 <= answer.status < 300:
        raise OSError(f"HTTP {answer.status}")
    if gateway.kind in states.ROBOTS and (code := robot_code(answer.text)):
        raise OSError(f"errcode {code}")


def robot_code(text: str) -> int:
    """Returns the error code in the answer of a robot, which answers 200 in any case; 0 is success."""
    try:
        code = json.loads(text)["errcode"]
        return int(code)
    except (ValueError, KeyError, TypeError):
        return -1


def parked() -> int:
    """Returns how many outside rows wait for a person."""
    return Outbox.objects.exclude(channel=Outbox.INBOX).filter(parked_at__isnull=False).count()


def try_parked_again(*, at: datetime) -> int:
    """Lets the parked rows be tried again from now on; returns how many."""
    rows = Outbox.objects.exclude(channel=Outbox.INBOX).filter(parked_at__isnull=False)
    return rows.update(parked_at=None, attempts=0, next_attempt_at=at)


def drop_parked() -> int:
    """Removes the parked rows, which are never sent; returns how many."""
    count, _ = Outbox.objects.exclude(channel=Outbox.INBOX).filter(parked_at__isnull=False).delete()
    return count
