"""Notices: the outbox (the source of truth) and the in-app message (one delivery of it)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Outbox(models.Model):
    """A side effect, written in the transaction of its cause and delivered at least once by the relay.

    The row of the inbox is written with its cause. From it come rows for channels outside the platform, one for each
    recipient and channel (``source`` is its event number): a gateway that fails holds back nothing else, and what one
    channel has sent no other sends again. Their own event number is the key by which a receiver knows a repeat.

    ``audience`` is an authority (``dispatch:division:5``) or a person (``user:3``). The person who holds the authority
    at the time of reading sees the message, so a new colleague also finds the desk's notices.
    """

    rows_may_go = True

    INBOX = "inbox"

    event_id = models.UUIDField("事件号", default=uuid.uuid4, unique=True, editable=False)
    channel = models.CharField(
        "通道", max_length=20, default=INBOX, db_default=INBOX, help_text="inbox、email、gateway:7"
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="收件人",
        help_text="平台以外的通道发给谁",
    )
    source = models.UUIDField("由哪条来", null=True, blank=True)
    is_urgent = models.BooleanField("紧急", default=False, db_default=False)
    to_spread = models.BooleanField("待分发到各通道", default=False, db_default=False)
    topic = models.CharField("主题", max_length=40)
    audience = models.CharField("收件范围", max_length=80)
    subject = models.CharField("对象", max_length=64)
    sentence = models.CharField("内容", max_length=400)
    created_at = models.DateTimeField("产生时间")
    next_attempt_at = models.DateTimeField("下次投递")
    attempts = models.PositiveIntegerField("已试次数", default=0)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    parked_at = models.DateTimeField("搁置时间", null=True, blank=True)
    last_error = models.CharField("上次错误", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "发件箱"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "recipient", "channel"],
                condition=Q(source__isnull=False),
                name="one_row_per_recipient_and_channel",
            ),
            models.CheckConstraint(
                condition=Q(channel="inbox", source__isnull=True, recipient__isnull=True)
                | (~Q(channel="inbox") & Q(source__isnull=False, recipient__isnull=False)),
                name="an_outside_row_has_a_recipient",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="outbox_to_spread",
                condition=Q(to_spread=True),
            ),
            models.Index(
                fields=["next_attempt_at", "id"],
                name="outbox_waiting",
                condition=Q(delivered_at__isnull=True, parked_at__isnull=True),
            ),
            models.Index(
                fields=["subject", "id"],
                name="outbox_waiting_of_subject",
                condition=Q(delivered_at__isnull=True, parked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} → {self.audience}"


class Message(models.Model):
    """An in-app notice: the delivery that is always available."""

    rows_may_go = True

    event_id = models.UUIDField("事件号", unique=True)
    audience = models.CharField("收件范围", max_length=80)
    topic = models.CharField("主题", max_length=40)
    subject = models.CharField("对象", max_length=64)
    sentence = models.CharField("内容", max_length=400)
    sent_at = models.DateTimeField("时间")
    readers: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="已读", blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        indexes = [models.Index(fields=["audience", "-id"], name="message_of_audience")]

    def __str__(self) -> str:
        return self.sentence
