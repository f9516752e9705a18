"""How long a session lasts, and what it stores: when it began, when it was last used, what the user has proved.

Kinds: ``office`` and ``administrator`` end after some idle minutes and after twelve hours in any case; ``phone`` is
a bound field phone, which stays signed in for thirty days and asks for the password before any personal data.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

from accounts.models import User

BEGAN, SEEN, EPOCH, KIND = "began_at", "seen_at", "epoch", "kind"
# Whether the account had an authenticator at the last check: enrolling and resetting end the other sessions.
HAS_FACTOR = "has_factor"
VERIFIED, CONFIRMED = "second_factor", "confirmed_at"
PHONE = "phone"
NOTED_EVERY = timedelta(minutes=1)  # the last use is recorded at most this often
CONFIRMED_FOR = timedelta(minutes=5)


def begin(request: HttpRequest, user: User, *, at: datetime) -> None:
    """Start the clocks of a new session; its kind is decided at its first use."""
    session = request.session
    session[BEGAN] = session[SEEN] = at.timestamp()
    keep(request, user)


def keep(request: HttpRequest, user: User) -> None:
    """Keep this session after the account's other sessions have ended; its clocks run on."""
    request.session[EPOCH] = user.session_epoch
    request.session.pop(KIND, None)


def needs_its_kind(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the kind must be read again: at first, and after a minute, because posts and bound phones change."""
    return KIND not in request.session or _since_use(request, at) > NOTED_EVERY


def become(request: HttpRequest, kind: str) -> None:
    """Set the kind of the session and the lifetime of its cookie."""
    if request.session.get(KIND) == kind:
        return
    request.session[KIND] = kind
    hours = settings.DEVICE_DAYS * 24 if kind == PHONE else settings.SESSION_LONGEST_HOURS
    request.session.set_expiry(hours * 3600)


def why_over(request: HttpRequest, user: User, *, at: datetime) -> str:
    """Return why the session is over, as a sentence; empty while it continues."""
    session = request.session
    if session.get(EPOCH) != user.session_epoch:
        return "这个登录已失效，请重新登录。没有提交的草稿还在这台设备上。"
    age = at.timestamp() - session[BEGAN]
    kind = session[KIND]
    if kind == PHONE:
        over = age > settings.DEVICE_DAYS * 86_400
        return f"绑定已满 {settings.DEVICE_DAYS} 天，请重新登录。草稿还在这台设备上。" if over else ""
    if age > settings.SESSION_LONGEST_HOURS * 3600:
        return f"登录已满 {settings.SESSION_LONGEST_HOURS} 小时，请重新登录。草稿还在这台设备上。"
    idle = settings.SESSION_IDLE_MINUTES[kind]
    if at.timestamp() - session[SEEN] > idle * 60:
        return f"{idle} 分钟没有操作，已退出。没有提交的草稿还在这台设备上。"
    return ""


def note_use(request: HttpRequest, *, at: datetime) -> None:
    """Record that the session is in use, at most once a minute."""
    if _since_use(request, at) > NOTED_EVERY:
        request.session[SEEN] = at.timestamp()


def _since_use(request: HttpRequest, at: datetime) -> timedelta:
    return timedelta(seconds=at.timestamp() - request.session[SEEN])


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the password was proved recently; always true for an office session within its idle limit."""
    if request.session.get(KIND) != PHONE:
        return True
    return has_confirmed(request, at=at)


def has_confirmed(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the password was asked again in this session and proved within the last five minutes."""
    return at.timestamp() - request.session.get(CONFIRMED, 0.0) <= CONFIRMED_FOR.total_seconds()


def note_confirmation(request: HttpRequest, *, at: datetime) -> None:
    """Remember that the password has just been proved."""
    request.session[CONFIRMED] = at.timestamp()
    request.session.cycle_key()


def ending_of(request: HttpRequest) -> str:
    """Return when this session ends by itself, as a sentence."""
    kind = request.session[KIND]
    if kind == PHONE:
        return f"这部手机绑定后 {settings.DEVICE_DAYS} 天内不用再登录；看个人信息以前要再输一次密码。"
    idle = settings.SESSION_IDLE_MINUTES[kind]
    return f"{idle} 分钟没有操作，或登录满 {settings.SESSION_LONGEST_HOURS} 小时，会自动退出。"


def began(request: HttpRequest) -> datetime:
    """When this session began."""
    return datetime.fromtimestamp(request.session[BEGAN], UTC)
