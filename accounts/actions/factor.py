"""The second factor: a code that changes every thirty seconds (RFC 6238), or one of ten codes on paper."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime
from urllib.parse import quote

from django.db import transaction
from django_otp.oath import TOTP

from accounts.actions.account import end_sessions, raise_epoch, require_another, trace
from accounts.attempt_limits import require_attempts_left
from accounts.models import RecoveryCode, SecondFactor, User
from accounts.notices import tell_owner
from common.errors import RuleViolation

ISSUER = "濮阳网格"
SECRET_BYTES = 20
RECOVERY_CODES = 10
TOLERANCE = 1  # how many steps of thirty seconds a clock may be off
WRONG = "验证码不对，请看最新的一个再试。"


@transaction.atomic
def begin_enrolment(user: User) -> str:
    """Give the account a new secret, not yet in force; returns it in base32, which authenticators read.

    A secret that waits for its first code stays the same, so that the page may be opened twice.
    """
    _require_own_password(user)
    factor = SecondFactor.objects.select_for_update().filter(user=user).first() or SecondFactor(user=user)
    if factor.confirmed_at is not None:
        raise RuleViolation("双重验证已经启用。换手机请找安全管理员重置。")
    if not factor.secret:
        factor.seal(secret=base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode())
        factor.save()
    return factor.unseal("secret")


def address_for(user: User, secret: str) -> str:
    """The address that an authenticator reads from the QR code."""
    label = quote(f"{ISSUER}:{user.username}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(ISSUER)}"


@transaction.atomic
def confirm_enrolment(user: User, code: str, *, at: datetime) -> list[str]:
    """Put the secret in force with its first code; returns ten recovery codes, to be shown once.

    Sessions that were opened without it end; the caller keeps its own (``sessions.keep``).
    """
    _require_own_password(user)
    require_attempts_left(user, "factor", at=at)
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at=None).first()
    if factor is None or not _accepts(factor, code, at=at):
        raise RuleViolation(WRONG, field="code")
    factor.confirmed_at = at
    factor.save()
    RecoveryCode.objects.filter(user=user).delete()
    codes = [secrets.token_hex(8) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_digest(code)) for code in codes)
    raise_epoch(user)
    trace(user, "enrol_second_factor", at=at, by=user)
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes]


@transaction.atomic
def use_code(user: User, code: str, *, at: datetime) -> None:
    """Accept a code of the authenticator or a recovery code, each once; raises :class:`RuleViolation`."""
    require_attempts_left(user, "factor", at=at)
    factor = SecondFactor.objects.select_for_update().filter(user=user).exclude(confirmed_at=None).first()
    if factor is not None and _accepts(factor, code, at=at):
        factor.save()
        return
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    paper = RecoveryCode.objects.filter(user=user, code_hash=_digest(plain), used_at=None)
    if factor is None or paper.update(used_at=at) != 1:
        raise RuleViolation(WRONG, field="code")
    trace(user, "use_recovery_code", at=at, by=user)


@transaction.atomic
def reset_second_factor(user: User, *, at: datetime, by: User) -> None:
    """Delete the authenticator and the paper codes of somebody who lost both, so that they can enrol again."""
    require_another(user, by)
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    end_sessions(user, at=at)
    trace(user, "reset_second_factor", at=at, by=by)
    tell_owner(user, "reset_second_factor", by=by, at=at)


def _require_own_password(user: User) -> None:
    """Raise :class:`RuleViolation` while the first password is in use: the person who issued it also knows it."""
    if user.must_set_password:
        raise RuleViolation("请先设自己的密码，再启用双重验证。")


def has_second_factor(user: User) -> bool:
    """Whether the account has an authenticator in force."""
    return SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).exists()


def _accepts(factor: SecondFactor, code: str, *, at: datetime) -> bool:
    """Whether the code is of this step or a neighbouring one and later than the last one used; sets ``last_step``."""
    typed = "".join(code.split())
    if not typed.isdecimal() or len(typed) != 6:
        return False
    totp = TOTP(base64.b32decode(factor.unseal("secret")))
    totp.time = at.timestamp()
    if not totp.verify(int(typed), TOLERANCE, factor.last_step + 1):
        return False
    factor.last_step = totp.t()
    return True


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
