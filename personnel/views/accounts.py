"""The accounts of the people whom the user manages: password, phone, sign-out, second factor (Art. 20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts.actions.devices import bound_devices
from accounts.actions.factor import has_second_factor
from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.errors import NotPermitted, Refusal
from personnel import account_rules
from personnel.account_rules import ACCOUNT_VERBS, Account
from personnel.actions import (
    give_device_code,
    give_first_password,
    reopen,
    reset_factor,
    sign_person_out,
)
from personnel.views.frame import now_and_today
from personnel.visibility import person_guarded

Act = Callable[[User, datetime, User], str]


def _password(person: User, at: datetime, by: User) -> str:
    password = give_first_password(person, at=at, by=by)
    return f"初始密码 {password}，72 小时内有效，只显示这一次；对方第一次登录要改成自己的。"


def _code(person: User, at: datetime, by: User) -> str:
    code = give_device_code(person, at=at, by=by)
    return f"绑定码 {code[:4]} {code[4:]}，15 分钟内有效，只显示这一次；请当面告诉本人。"


def _sign_out(person: User, at: datetime, by: User) -> str:
    sign_person_out(person, at=at, by=by)
    return "所有设备上的登录都已退出，绑定的手机也已解绑。"


def _reopen(person: User, at: datetime, by: User) -> str:
    reopen(person, at=at, by=by)
    return "账号已重新启用；权限要任命以后才有。"


def _reset(person: User, at: datetime, by: User) -> str:
    reset_factor(person, at=at, by=by)
    return "双重验证已重置，对方下次登录重新绑定验证器。"


ACTS: dict[str, tuple[str, Act]] = {
    "password": ("发初始密码", _password),
    "device": ("发手机绑定码", _code),
    "sign_out": ("退出所有设备", _sign_out),
    "reopen": ("重新启用账号", _reopen),
    "reset": ("重置双重验证", _reset),
}
SHOWN_ONCE = ("password", "device")


@never_cache
def account(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show and run the acts on one person's account; a new secret is shown once, in the response itself."""
    user = request.user
    at, today = now_and_today()
    person = person_guarded(user, pk, day=today)
    secret = ""
    if request.method == "POST":
        verb = request.POST.get("verb", "")
        account_rules.require_known(verb, ACTS)
        try:
            with transaction.atomic():
                secret = ACTS[verb][1](person, clock.now(), user)
        except NotPermitted:
            raise
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("personnel:account", pk)
        if verb not in SHOWN_ONCE:
            messages.success(request, secret)
            return redirect("personnel:account", pk)
    may = ACCOUNT_VERBS.open_to(user, Account(person, today))
    context = {
        "title": f"{person.name}的账号",
        "person": person,
        "secret": secret,
        "acts": [
            (verb, words)
            for verb, (words, _) in ACTS.items()
            if verb in may and (verb == "reopen") != person.is_active
        ],
        "may_unbind": "unbind" in may,
        "devices": bound_devices(at=at).filter(user=person).order_by("-bound_at"),
        "has_factor": has_second_factor(person),
    }
    return render(request, "personnel/account.html", context)
