"""Gateways, the channels of people, and what they want to be told when."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.versions import Versioned
from channels import states
from channels.deadlines import DIGEST_HOUR, QUIET_FROM, QUIET_UNTIL
from channels.querysets import GatewayQuerySet, PersonalChannelQuerySet
from common.privacy.sealing import SealedField, SealedRow


class Gateway(SealedRow, Versioned):
    """Where messages go over HTTP: an address, a secret to sign with, and how the body looks.

    SMS and robots are configurations of the same adapter. Address and secret are sealed: a robot's address is its key.
    """

    chain, noun = "gateway", "这个通道"

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("名称", max_length=40, unique=True)
    kind = models.CharField("类别", max_length=10, choices=list(states.KINDS.items()))
    host = models.CharField("主机", max_length=255, help_text="地址里可以显示的部分")
    url = SealedField("地址", purpose="secret")
    secret = SealedField("签名密钥", purpose="secret")
    template = models.TextField("正文模板", max_length=2000)
    status = models.CharField("状态", max_length=4, choices=list(states.STATUSES.items()), default="off")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    entered_at = models.DateTimeField("登记时间")

    objects = GatewayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息通道"
        triggers = [
            pgtrigger.FSM(
                name="gateways_follow_their_states",
                field="status",
                transitions=sorted(
                    states.GATEWAY_MOVES.edges() | {(status, status) for status in states.STATUSES}
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> str:
        """Its name in the outbox."""
        return f"gateway:{self.pk}"

    @property
    def needs_address(self) -> bool:
        """Whether the body names a recipient; a robot speaks to its whole group."""
        return states.ADDRESS in self.template


class PersonalChannel(SealedRow):
    """A channel that a person has: e-mail if it has no gateway. The address is the person's own and sealed."""

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="channels", verbose_name="人员"
    )
    gateway = models.ForeignKey(
        Gateway, on_delete=models.PROTECT, null=True, blank=True, related_name="people", verbose_name="通道"
    )
    address = SealedField("接收地址", purpose="personal")
    is_on = models.BooleanField("接收", default=True)

    rows_may_go = True

    objects = PersonalChannelQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接收方式"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "gateway"], nulls_distinct=False, name="one_row_per_person_and_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"channel {self.pk}"

    @property
    def channel(self) -> str:
        """Its name in the outbox."""
        return f"gateway:{self.gateway_id}" if self.gateway_id else states.EMAIL


class NoticeSettings(models.Model):
    """What a person wants to be told outside the platform: quiet hours, and what becomes of what can wait."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="notice_settings",
        verbose_name="人员",
    )
    ordinary = models.CharField(
        "一般消息", max_length=8, choices=list(states.ORDINARY.items()), default="digest"
    )
    quiet_from = models.TimeField("安静时段开始", default=QUIET_FROM)
    quiet_until = models.TimeField("安静时段结束", default=QUIET_UNTIL)
    digest_hour = models.PositiveSmallIntegerField("汇总钟点", default=DIGEST_HOUR)
    digested_on = models.DateField("最近一次汇总", null=True, blank=True)
    digested_until = models.DateTimeField("汇总到", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息设置"
        constraints = [
            models.CheckConstraint(condition=Q(digest_hour__lte=23), name="a_digest_has_an_hour_of_the_day"),
        ]

    def __str__(self) -> str:
        return f"settings of {self.user_id}"
