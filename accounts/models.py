"""Accounts and how they sign in. What an account may do follows from its posts (personnel), never from this table."""

from __future__ import annotations

import uuid
from typing import Any

import pgtrigger
from django.contrib.auth import get_backends
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction

from accounts import passwords
from audit.actions import append_entry
from common import clock
from common.privacy.sealing import SealedField, SealedRow


class UserManager(BaseUserManager["User"]):
    """Creates accounts; ``create_superuser`` serves the command line only."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """Create an account that can sign in with ``password``; its chain begins here, also at the command line."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        record = {"superuser": user.is_superuser}
        append_entry(
            f"account:{user.pk}", verb="create", at=user.date_joined, actor_id=None, record=record, first=True
        )
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> User:
        """Create the technical operator's account."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


# Only the owner of the tables can make a superuser, at the command line; the application never can.
SUPERUSERS_BY_THE_OWNER = pgtrigger.Trigger(
    name="superusers_are_made_by_the_owner",
    level=pgtrigger.Row,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF NEW.is_superuser AND current_user <> pg_get_userbyid(
            (SELECT relowner FROM pg_class WHERE oid = TG_RELID)
        ) THEN
            IF TG_OP = 'INSERT' THEN
                RAISE EXCEPTION 'pgtrigger: a superuser is made by the owner of the tables';
            ELSIF NOT OLD.is_superuser THEN
                RAISE EXCEPTION 'pgtrigger: a superuser is made by the owner of the tables';
            END IF;
        END IF;
        RETURN NEW;
    """,
)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account: field worker, desk, department, administrator or official."""

    username = models.CharField(
        "账号",
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[\w.@+-]+$", "账号只能用字母、数字和 .@+-_")],
    )
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("工作电话", max_length=20, blank=True)
    is_active = models.BooleanField("启用", default=True)
    closed_at = models.DateTimeField("停用时间", null=True, blank=True)
    is_staff = models.BooleanField("技术人员", default=False)
    is_demonstration = models.BooleanField("演示账号", default=False)
    must_set_password = models.BooleanField("须先设密码", default=False)
    password_ends_at = models.DateTimeField("初始密码有效到", null=True, blank=True)
    session_epoch = models.PositiveIntegerField(
        "登录批次", default=1, help_text="加一，所有设备上的登录即失效"
    )
    prefers_large_text = models.BooleanField("大字", default=False)
    shortcuts_enabled = models.BooleanField("单键快捷键", default=True)
    date_joined = models.DateTimeField("建立时间", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        triggers = [SUPERUSERS_BY_THE_OWNER]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(must_set_password=False) | models.Q(password_ends_at__isnull=False),
                name="a_first_password_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(is_active=False),
                name="an_open_account_has_no_closing",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name that colleagues see."""
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        """Store a hash of the password; raises ValueError for one that the sign-in page would refuse as too long."""
        if raw_password is not None and len(raw_password) > passwords.LONGEST:
            raise ValueError(passwords.TOO_LONG)
        super().set_password(raw_password)

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password; a text that is too long is not hashed.

        A password stored under an older hash is hashed again, and the account's chain records it.
        """

        def hash_anew(raw: str) -> None:
            with transaction.atomic():
                User.objects.select_for_update().only("pk").get(pk=self.pk)
                self.set_password(raw)
                self.save(update_fields=["password"])
                append_entry(f"account:{self.pk}", verb="rehash", at=clock.now(), actor_id=self.pk, record={})

        is_short = raw_password is not None and len(raw_password) <= passwords.LONGEST
        return is_short and check_password(raw_password, self.password, hash_anew)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether the user holds ``perm``; for a place only grants count, also for the technical operator."""
        if obj is None:
            return super().has_perm(perm)
        backends = (backend for backend in get_backends() if hasattr(backend, "has_perm"))
        return any(backend.has_perm(self, perm, obj) for backend in backends)

    def get_short_name(self) -> str:
        """The full name: Chinese names are not shortened."""
        return self.name


class IdempotencyKey(models.Model):
    """A write that a phone may send twice: the key and the answer, stored with the effect."""

    rows_may_go = True

    user = models.ForeignKey(User, on_delete=models.CASCADE, verbose_name="账号", related_name="+")
    key = models.UUIDField("幂等键")
    request_hash = models.CharField("请求散列", max_length=64)
    status = models.PositiveSmallIntegerField("应答状态", default=0)
    answer = models.JSONField("应答", default=dict)
    created_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "幂等键"
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_user_and_key"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"


class Suggestion(models.Model):
    """A user's suggestion about the platform itself (意见建议); people quote it by its ``pk``."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name="提出人", related_name="suggestions"
    )
    text = models.TextField("意见建议", max_length=2000)
    page = models.CharField("所在页面", max_length=200, blank=True)
    created_at = models.DateTimeField("提出时间")
    answer = models.TextField("答复", max_length=2000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "意见建议"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                name="an_answered_suggestion_says_when",
            ),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="suggestion_of_user")]

    def __str__(self) -> str:
        return f"{self.pk} {self.text[:20]}"


class Device(models.Model):
    """A field phone that the township has bound to one person; only the phone knows its token."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="devices", verbose_name="账号")
    name = models.CharField("设备", max_length=40)
    token_hash = models.CharField("令牌散列", max_length=64, unique=True)
    bound_at = models.DateTimeField("绑定时间")
    ends_at = models.DateTimeField("到期时间")
    seen_at = models.DateTimeField("最近使用", null=True, blank=True, help_text="每小时至多记一次")
    removed_at = models.DateTimeField("解绑时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "绑定的手机"

    def __str__(self) -> str:
        return f"{self.user_id} {self.name}"


class DeviceCode(models.Model):
    """A one-time code with which a township lets one person bind one phone; stored only as a digest."""

    rows_may_go = True

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="device_codes", verbose_name="账号")
    code_hash = models.CharField("绑定码散列", max_length=64)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="发码人")
    issued_at = models.DateTimeField("发码时间")
    expires_at = models.DateTimeField("有效到")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "手机绑定码"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(used_at__isnull=True),
                name="one_open_device_code_per_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("issued_by")), name="nobody_issues_himself_a_device_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.issued_at:%Y-%m-%d %H:%M}"


class SecondFactor(SealedRow):
    """The secret, sealed, that a person's authenticator shares with the platform (RFC 6238); each step is used once."""

    rows_may_go = True

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, related_name="second_factor", verbose_name="账号"
    )
    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    secret = SealedField("密钥", purpose="secret")
    confirmed_at = models.DateTimeField("启用时间", null=True, blank=True)
    last_step = models.BigIntegerField("已用的时间步", default=-1)

    class Meta:
        verbose_name = verbose_name_plural = "双重验证"

    def __str__(self) -> str:
        return f"{self.user_id}"


class RecoveryCode(models.Model):
    """A code on paper for a lost authenticator; stored only as a digest, used once."""

    rows_may_go = True

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="recovery_codes", verbose_name="账号"
    )
    code_hash = models.CharField("恢复码散列", max_length=64)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "恢复码"
        constraints = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="one_recovery_code_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


class Counter(models.Model):
    """How often something was done in a period; the key is a keyed digest of the person or place and the act."""

    rows_may_go = True

    key = models.CharField("散列", max_length=64, primary_key=True)
    uses = models.PositiveIntegerField("次数")
    ends_at = models.DateTimeField("计到")

    class Meta:
        verbose_name = verbose_name_plural = "次数"
        indexes = [models.Index(fields=["ends_at"], name="counter_that_is_over")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.uses}"


class KnownNetwork(models.Model):
    """A network, as a keyed digest, from which a user has signed in; strangers' guesses do not slow the user there."""

    rows_may_go = True

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name="账号")
    network_digest = models.CharField("网络散列", max_length=64)
    seen_at = models.DateTimeField("最近登录")

    class Meta:
        verbose_name = verbose_name_plural = "常用网络"
        constraints = [
            models.UniqueConstraint(fields=["user", "network_digest"], name="one_row_per_known_network"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.network_digest[:8]}"


class FailedAttempt(models.Model):
    """A wrong password or code, with the name and the network as keyed digests; kept for a day."""

    rows_may_go = True

    kind = models.CharField("类别", max_length=12)
    name_digest = models.CharField("账号散列", max_length=64)
    network_digest = models.CharField("网络散列", max_length=64, default="")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "输错记录"
        indexes = [
            models.Index(fields=["kind", "name_digest", "at"], name="failed_attempt_of_name"),
            models.Index(fields=["kind", "network_digest", "at"], name="failed_attempt_at_network"),
            models.Index(fields=["at"], name="failed_attempt_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name_digest[:8]} {self.at:%Y-%m-%d %H:%M}"
