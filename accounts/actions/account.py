"""Open and close an account, sign it out everywhere, give it a first password."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts.attempt_limits import forgive_sign_ins
from accounts.models import User
from accounts.notices import tell_owner
from accounts.passwords import LONGEST, SHORTEST, TOO_LONG, TOO_SHORT
from audit.actions import append_entry
from audit.attempts import note_attempt
from common.errors import NotPermitted, RuleViolation

FIRST_PASSWORD_HOURS = 72
FIRST_PASSWORD_LIFE = timedelta(hours=FIRST_PASSWORD_HOURS)
OVER = f"初始密码已过 {FIRST_PASSWORD_HOURS} 小时，不能再用，请管理您的机构重发一个。"
CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter or digit that looks like another


@transaction.atomic
def close_account(user: User, *, at: datetime, by: User | None) -> None:
    """Close the account of somebody who has left; its sessions end at the next request. Does nothing if closed.

    The phones are unbound at the same moment, so that they can be told from those that were unbound earlier
    (``accounts/handing_in.py``).
    """
    if not user.is_active:
        return
    user.is_active, user.closed_at = False, at
    user.save(update_fields=["is_active", "closed_at"])
    end_sessions(user, at=at)
    trace(user, "close", at=at, by=by)


@transaction.atomic
def reopen_account(user: User, *, at: datetime, by: User) -> None:
    """Open a closed account again; its rights follow from the posts that it is given."""
    require_another(user, by)
    if user.is_active:
        return
    user.is_active, user.closed_at = True, None
    user.save(update_fields=["is_active", "closed_at"])
    trace(user, "reopen", at=at, by=by)
    tell_owner(user, "reopen", by=by, at=at)


@transaction.atomic
def sign_out_everywhere(user: User, *, at: datetime, by: User) -> None:
    """End every session of the account and unbind its phones; this takes effect at the next request."""
    end_sessions(user, at=at)
    trace(user, "sign_out_everywhere", at=at, by=by)
    tell_owner(user, "sign_out_everywhere", by=by, at=at)


@transaction.atomic
def issue_first_password(user: User, *, at: datetime, by: User) -> str:
    """Return a new password for one sign-in, to be shown once; the owner must set another one at that sign-in."""
    require_another(user, by)
    if not user.is_active:
        raise RuleViolation("账号已停用，请先重新启用。")
    password = "-".join("".join(secrets.choice(CLEAR) for _ in range(4)) for _ in range(3))
    user.set_password(password)
    user.must_set_password, user.password_ends_at = True, at + FIRST_PASSWORD_LIFE
    user.save(update_fields=["password", "must_set_password", "password_ends_at"])
    end_sessions(user, at=at)
    forgive_sign_ins(user.username)
    trace(user, "issue_password", at=at, by=by)
    tell_owner(user, "issue_password", by=by, at=at, hours=FIRST_PASSWORD_HOURS)
    return password


def first_password_is_over(user: User, *, at: datetime) -> bool:
    """Whether the account still has its first password and that password has expired."""
    return user.must_set_password and (user.password_ends_at is None or user.password_ends_at <= at)


@transaction.atomic
def set_own_password(user: User, password: str, *, at: datetime) -> None:
    """Set the owner's own password; it replaces the first one that was given on paper."""
    if first_password_is_over(user, at=at):
        raise RuleViolation(OVER)
    if not SHORTEST <= len(password) <= LONGEST:
        raise RuleViolation(TOO_SHORT if len(password) < SHORTEST else TOO_LONG, field="new_password1")
    user.set_password(password)
    user.must_set_password, user.password_ends_at = False, None
    user.save(update_fields=["password", "must_set_password", "password_ends_at"])
    trace(user, "set_password", at=at, by=user)


def require_another(user: User, by: User) -> None:
    """Raise :class:`NotPermitted` if ``user`` is ``by``: only another person may let somebody in. Notes the attempt."""
    if user.pk == by.pk:
        note_attempt(by.pk, verb="let_oneself_in", on=f"account:{user.pk}")
        raise NotPermitted("不能给自己的账号办，请找管理您的机构或安全管理员。")


def raise_epoch(user: User) -> None:
    """End every earlier session; phones stay bound but must sign in again."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


def end_sessions(user: User, *, at: datetime) -> None:
    """End every earlier session and unbind every phone."""
    raise_epoch(user)
    user.devices.filter(removed_at=None).update(removed_at=at)


def trace(user: User, verb: str, *, at: datetime, by: User | None) -> None:
    """Append one entry to the account's own chain."""
    append_entry(f"account:{user.pk}", verb=verb, at=at, actor_id=by.pk if by else None, record={})
