"""A field phone is bound by a one-time code from the township, and unbound when it is lost."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actions.account import raise_epoch, require_another, trace
from accounts.attempt_limits import MOST_FOR_A_CODE, failed_attempts, require_attempts_left
from accounts.models import Device, DeviceCode, User
from accounts.notices import tell_owner
from common.errors import RuleViolation

CODE_LIFE = timedelta(minutes=15)
CODE_DIGITS = 8
SEEN_EVERY = timedelta(hours=1)


@transaction.atomic
def issue_device_code(user: User, *, at: datetime, by: User) -> str:
    """Return a new code for ``user``, valid once within 15 minutes; it is handed over in person."""
    require_another(user, by)
    if not user.is_active:
        raise RuleViolation("账号已停用，不能绑定手机。")
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    DeviceCode.objects.filter(user=user, used_at=None).delete()
    DeviceCode.objects.create(
        user=user, code_hash=_digest(user, code), issued_by=by, issued_at=at, expires_at=at + CODE_LIFE
    )
    trace(user, "issue_device_code", at=at, by=by)
    tell_owner(user, "issue_device_code", by=by, at=at)
    return code


def _has_failed_since(user: User, issued_at: datetime) -> bool:
    return failed_attempts(user, "device").filter(at__gte=issued_at).count() >= MOST_FOR_A_CODE


@transaction.atomic
def bind_device(
    user: User, code: str, *, name: str, at: datetime, instead_of: str = ""
) -> tuple[Device, str]:
    """Bind the phone that is used now; returns the device and its token, which only the phone keeps.

    ``instead_of`` is the token that the phone holds already: its earlier binding ends.
    Raises :class:`RuleViolation` with the same sentence for a wrong, used, expired or foreign code; after five
    wrong attempts the code itself is no longer valid.
    """
    require_attempts_left(user, "device", at=at)
    typed = "".join(code.split())
    held = DeviceCode.objects.select_for_update().filter(user=user, used_at=None, expires_at__gt=at).first()
    is_spent = held is not None and _has_failed_since(user, held.issued_at)
    if held is None or is_spent or not secrets.compare_digest(held.code_hash, _digest(user, typed)):
        raise RuleViolation("绑定码不对或已过期，请向乡镇街道要一个新的。", field="code")
    held.used_at = at
    held.save(update_fields=["used_at"])
    bound_devices(at=at).filter(user=user, token_hash=token_digest(instead_of)).update(removed_at=at)
    token = secrets.token_urlsafe(32)
    device = Device.objects.create(
        user=user,
        name=name[:40] or "手机",
        token_hash=token_digest(token),
        bound_at=at,
        seen_at=at,
        ends_at=at + timedelta(days=settings.DEVICE_DAYS),
    )
    trace(user, "bind_device", at=at, by=user)
    return device, token


@transaction.atomic
def unbind_device(device: Device, *, at: datetime, by: User) -> None:
    """Unbind a phone; it is signed out at the next request. The user's other phones must sign in again."""
    device = Device.objects.select_for_update(of=("self",)).select_related("user").get(pk=device.pk)
    if device.removed_at is not None:
        raise RuleViolation("这部手机已经解绑。")
    device.removed_at = at
    device.save(update_fields=["removed_at"])
    raise_epoch(device.user)
    trace(device.user, "unbind_device", at=at, by=by)
    tell_owner(device.user, "unbind_device", by=by, at=at)


def note_seen(device: Device, *, at: datetime) -> None:
    """Record when a phone was last used, at most once an hour."""
    Device.objects.filter(pk=device.pk).filter(Q(seen_at=None) | Q(seen_at__lt=at - SEEN_EVERY)).update(
        seen_at=at
    )


def bound_devices(*, at: datetime) -> QuerySet[Device]:
    """Phones that are bound now."""
    return Device.objects.filter(removed_at=None, ends_at__gt=at)


def device_of(user: User, token: str, *, at: datetime) -> Device | None:
    """Return the bound phone of ``user`` with this token, or None."""
    if not token:
        return None
    return bound_devices(at=at).filter(user=user, token_hash=token_digest(token)).first()


def token_digest(token: str) -> str:
    """Return the stored form of a token; a token of 256 random bits needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _digest(user: User, code: str) -> str:
    return hashlib.sha256(f"{user.pk}:{settings.SECRET_KEY}:{code}".encode()).hexdigest()
