"""The accounts of the people one manages: a first password, a phone, sign-out, a new second factor (Art. 20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts import actions
from accounts.actions.devices import bound_devices
from accounts.actions.factor import has_second_factor
from accounts.models import User
from accounts.requests import signed_in
from common import clock
from common.errors import NotPermitted, Refusal
from personnel.models import GridPosting
from personnel.scopes import Authority, authority_of
from personnel.sessions import ADMINISTERS
from personnel.sight import has_charge_of, holds_over_person, person_in_sight
from personnel.views.frame import now_and_today

Act = Callable[[User, datetime, User], str]


def _password(person: User, at: datetime, by: User) -> str:
    password = actions.issue_first_password(person, at=at, by=by)
    return f"初始密码 {password}，只显示这一次；对方第一次登录要改成自己的。"


def _code(person: User, at: datetime, by: User) -> str:
    code = actions.issue_device_code(person, at=at, by=by)
    return f"绑定码 {code[:4]} {code[4:]}，15 分钟内有效，只显示这一次；请当面告诉本人。"


def _sign_out(person: User, at: datetime, by: User) -> str:
    actions.sign_out_everywhere(person, at=at, by=by)
    return "所有设备上的登录都已退出，绑定的手机也已解绑。"


def _reopen(person: User, at: datetime, by: User) -> str:
    actions.reopen_account(person, at=at, by=by)
    return "账号已重新启用；权限要任命以后才有。"


def _reset(person: User, at: datetime, by: User) -> str:
    actions.reset_second_factor(person, at=at, by=by)
    return "双重验证已重置，对方下次登录重新绑定验证器。"


# What would let one in as the other: only for who manages every post of theirs.
OPENS = ("password", "device")
ACTS: dict[str, tuple[str, str, Act]] = {
    "password": ("manage_staff", "发初始密码", _password),
    "device": ("manage_staff", "发手机绑定码", _code),
    "sign_out": ("manage_staff", "退出所有设备", _sign_out),
    "reopen": ("manage_staff", "重新启用账号", _reopen),
    "reset": ("administer_security", "重置双重验证", _reset),
}


@never_cache
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be done with one person's account; a secret that is made is shown once, on the answer itself."""
    user = signed_in(request)
    at, today = now_and_today()
    person = person_guarded(user, pk, day=today)
    secret = ""
    if request.method == "POST":
        verb = request.POST.get("verb", "")
        if verb not in open_to(user, person, today):
            raise NotPermitted("您不能对这个账号办这件事。")
        try:
            with transaction.atomic():
                secret = ACTS[verb][2](person, clock.now(), user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("personnel:account", pk)
        if verb not in ("password", "device"):
            messages.success(request, secret)
            return redirect("personnel:account", pk)
    context = {
        "title": f"{person.name}的账号",
        "person": person,
        "secret": secret,
        "acts": [(verb, ACTS[verb][1]) for verb in open_to(user, person, today)],
        "devices": bound_devices(at=at).filter(user=person).order_by("-bound_at"),
        "has_factor": has_second_factor(person),
    }
    return render(request, "personnel/account.html", context)


def person_guarded(user: User, pk: int, *, day: date) -> User:
    """The person, for whoever manages the person or guards the accounts there; nobody else, not oneself."""
    found = User.objects.filter(pk=pk).exclude(pk=user.pk).first()
    if found is not None and holds_over_person(authority_of(user), "administer_security", found.pk, day=day):
        return found
    person = person_in_sight(user, pk, day=day)
    if person.pk == user.pk:
        raise Http404
    return person


def open_to(user: User, person: User, today: date) -> list[str]:
    """The acts that ``user`` may do with the account of ``person``; a phone is bound for people of the grids only."""
    authority = authority_of(user)
    held = {
        verb: holds_over_person(authority, verb, person.pk, day=today)
        for verb in ("manage_staff", "administer_security")
    }
    guards = held["administer_security"]
    may_open = has_charge_of(authority, person, day=today) and not _outranks(authority_of(person), authority)
    return [
        verb
        for verb, (right, _, _) in ACTS.items()
        if (held[right] or (guards and verb == "sign_out"))
        and (verb == "reopen") != person.is_active
        and (may_open or verb not in OPENS)
        and (verb != "device" or GridPosting.objects.current(today).filter(user=person).exists())
    ]


def _outranks(person: Authority, manager: Authority) -> bool:
    """An administrator's password comes from the system administrator, the second factor from the security's.

    So nobody alone can take over an administrator's account.
    """
    return person.sees_all or (person.holds(*ADMINISTERS) and not manager.holds("administer_system"))
