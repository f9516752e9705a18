"""The steps beside the password: own password, second factor, bound phone, password once more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import sessions
from accounts.actions import bind_device, confirm_password, set_own_password, use_code
from accounts.actions.account import OVER, first_password_is_over
from accounts.actions.factor import address_for, begin_enrolment, confirm_enrolment, has_second_factor
from accounts.attempt_limits import forgive, note_failure, take_turn
from accounts.forms import CodeForm, ConfirmForm, DeviceCodeForm, FirstCodeForm, OwnPasswordForm
from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.drawing.qr import qr_path
from common.errors import Refusal, RuleViolation
from common.web.next_page import next_page

FORM = "accounts/step.html"
TO_ACCOUNT = {"leave": reverse_lazy("accounts:account"), "leave_word": "不办了，返回我的账号"}
OR_AUTHENTICATOR = {"other": reverse_lazy("accounts:enrol"), "other_word": "没有绑定码，改用验证器"}
TO_HOME = {"leave": reverse_lazy("frame:home"), "leave_word": "不看了，回首页"}
Act = Callable[[], Any]


def tried(request: SignedInRequest, form: forms.Form, act: Act, *, kind: str) -> tuple[Any, int]:
    """Run ``act``; returns (its result or None, HTTP status). A wrong code is counted and shown in the form."""
    user, at = request.user, clock.now()
    try:
        with transaction.atomic():
            take_turn(user, kind, at=at)
            return _counted(form, act, user, kind, at=at)
    except Refusal as refusal:
        return _refused(form, refusal)


def _counted(form: forms.Form, act: Act, user: User, kind: str, *, at: datetime) -> tuple[Any, int]:
    try:
        with transaction.atomic():
            given = act()
    except RuleViolation as refusal:
        note_failure(user, kind, at=at)
        return _refused(form, refusal)
    forgive(user, kind)
    return given, 200


def _refused(form: forms.Form, refusal: Refusal) -> tuple[None, int]:
    field = getattr(refusal, "field", "")
    form.add_error(field if field in form.fields else None, refusal.sentence)
    return None, refusal.status


@never_cache
@sensitive_post_parameters()
def set_password(request: SignedInRequest) -> HttpResponse:
    """Ask for the user's own password before anything else."""
    user = request.user
    if not user.must_set_password:
        return redirect("frame:home")
    form = OwnPasswordForm(user, request.POST or None)
    if first_password_is_over(user, at=clock.now()):
        logout(request)
        messages.error(request, OVER)
        return redirect("accounts:sign_in")
    if form.is_valid():
        set_own_password(user, form.cleaned_data["new_password1"], at=clock.now())
        update_session_auth_hash(request, user)
        messages.success(request, "密码已设好，下次用它登录。")
        return HttpResponseRedirect(_next(request))
    explanation = "这是您第一次登录。请设一个只有自己知道的密码，发给您的初始密码随即作废。"
    return _page(request, form, "设置密码", explanation, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
def second_factor(request: SignedInRequest) -> HttpResponse:
    """Ask for a code from the authenticator or a recovery code."""
    user = request.user
    if request.session.get(sessions.VERIFIED) or not has_second_factor(user):
        return redirect("frame:home")
    form = CodeForm(request.POST or None)
    status = 422 if form.errors else 200
    if form.is_valid():
        code = form.cleaned_data["code"]
        _, status = tried(request, form, lambda: use_code(user, code, at=clock.now()), kind="factor")
        if not form.errors:
            _verified(request)
            return HttpResponseRedirect(_next(request))
    explanation = "打开手机上的验证器，填写濮阳网格当前的 6 位数字。"
    return _page(request, form, "双重验证", explanation, status=status)


@never_cache
@sensitive_post_parameters()
def enrol(request: SignedInRequest) -> HttpResponse:
    """Bind an authenticator: scan, type the first code, keep the ten codes on paper."""
    user = request.user
    if has_second_factor(user):
        return redirect("accounts:account")
    if user.must_set_password:
        return redirect("accounts:set_password")
    if not sessions.has_confirmed(request, at=clock.machine_now()):
        return HttpResponseRedirect(to_confirm(request))
    form = FirstCodeForm(request.POST or None)
    secret = begin_enrolment(user)
    status = 422 if form.errors else 200
    if form.is_valid():
        code = form.cleaned_data["code"]
        codes, status = tried(
            request, form, lambda: confirm_enrolment(user, code, at=clock.now()), kind="factor"
        )
        if codes:
            sessions.keep(request, user)
            request.session[sessions.HAS_FACTOR] = True
            _verified(request)
            context = {"title": "恢复码", "codes": codes, "next": _next(request)}
            return render(request, "accounts/recovery_codes.html", context)
    more = {
        "qr": qr_path(address_for(user, secret)),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }
    explanation = (
        "登录时除了密码还要一个验证码；能看个人信息或管理平台的岗位必须启用。"
        "请用手机上的验证器扫码，填写数字。"
    )
    return _page(request, form, "启用双重验证", explanation, status=status, **more)


@never_cache
def device(request: SignedInRequest) -> HttpResponse:
    """Bind this phone with the code that the township gave to the user."""
    user, at = request.user, clock.now()
    form = DeviceCodeForm(request.POST or None)
    status = 422 if form.errors else 200
    if form.is_valid():
        phone = {
            "name": _phone_name(request),
            "instead_of": request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
        }
        code = form.cleaned_data["code"]
        bound, status = tried(request, form, lambda: bind_device(user, code, at=at, **phone), kind="device")
        if bound:
            return _bound(request, user, bound[1])
    explanation = (
        f"绑定以后这部手机 {settings.DEVICE_DAYS} 天内不用再登录；看个人信息以前要再输一次密码。"
        "手机丢了，马上请乡镇街道解绑。"
    )
    more = TO_ACCOUNT if has_second_factor(user) else {**TO_ACCOUNT, **OR_AUTHENTICATOR}
    return _page(request, form, "绑定这部手机", explanation, status=status, **more)


def _bound(request: HttpRequest, user: User, token: str) -> HttpResponse:
    sessions.begin(request, user, at=clock.machine_now())
    request.session.cycle_key()
    messages.success(request, f"已绑定，{settings.DEVICE_DAYS} 天内不用再登录。")
    answer = redirect("frame:home")
    answer.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=settings.DEVICE_DAYS * 86_400,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return answer


@never_cache
@sensitive_post_parameters()
def confirm(request: SignedInRequest) -> HttpResponse:
    """Ask for the password once more: before personal data on a bound phone, and before enrolling an authenticator."""
    user, at = request.user, clock.now()
    form = ConfirmForm(request.POST or None)
    status = 422 if form.errors else 200
    if form.is_valid():
        password = form.cleaned_data["password"]
        _, status = tried(request, form, lambda: confirm_password(user, password, at=at), kind="password")
        if not form.errors:
            sessions.note_confirmation(request, at=clock.machine_now())
            return HttpResponseRedirect(_next(request))
    explanation = "看个人信息、启用双重验证以前，请再输一次密码，5 分钟内有效。"
    leave = TO_HOME if request.session.get(sessions.KIND) == sessions.PHONE else {}
    return _page(request, form, "请再输一次密码", explanation, status=status, **leave)


def ask_for_password(request: HttpRequest) -> HttpResponse | None:
    """Return a redirect to the password page when the password was not proved recently; else None."""
    if sessions.is_fresh(request, at=clock.machine_now()):
        return None
    return HttpResponseRedirect(to_confirm(request))


def to_confirm(request: HttpRequest) -> str:
    """Return the address that asks for the password again and then leads back to this page."""
    return f"{resolve_url('accounts:confirm')}?{urlencode({'next': request.get_full_path()})}"


def _verified(request: HttpRequest) -> None:
    request.session[sessions.VERIFIED] = True
    request.session.cycle_key()


def _phone_name(request: HttpRequest) -> str:
    """Return the kind of phone by its user agent; never anything that identifies a single phone."""
    agent = request.headers.get("User-Agent", "")
    known = (("Android", "安卓手机"), ("iPhone", "iPhone"), ("HarmonyOS", "鸿蒙手机"), ("Windows", "电脑"))
    return next((name for word, name in known if word in agent), "手机")


def _next(request: HttpRequest) -> str:
    return next_page(request) or resolve_url("frame:home")


def _page(
    request: HttpRequest, form: forms.Form, title: str, explanation: str, *, status: int, **more: Any
) -> HttpResponse:
    back = request.POST.get("next") or request.GET.get("next", "")
    context = {"title": title, "form": form, "explanation": explanation, "next": back, **more}
    return render(request, FORM, context, status=status)
