"""Signing in and out, and the user's own account."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts import sessions
from accounts.actions import set_own_password, sign_out_everywhere, unbind_device
from accounts.actions.devices import bound_devices, token_digest
from accounts.actions.factor import has_second_factor
from accounts.attempt_limits import (
    TooManyAttempts,
    forgive_sign_ins,
    note_failed_sign_in,
    note_failure,
    refusal_at,
    take_turn,
    take_turn_at,
)
from accounts.forms import PasswordForm, PreferenceForm, SignInForm, account_named
from accounts.guessing import is_known, refusal_among_many, refusal_among_names, remember_network
from accounts.handing_in import handing_in
from accounts.models import User
from accounts.one_click import personas_on_offer
from accounts.requests import SignedInRequest
from common import clock
from common.web.client_address import client_network
from common.web.doors import page_in_hand
from common.web.next_page import next_page

log = structlog.get_logger()
BACKEND = "accounts.backends.AccountBackend"


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form and the demo's people; after success start a fresh session."""
    if request.headers.get("HX-Request"):
        address = f"{resolve_url('accounts:sign_in')}?{urlencode({'next': page_in_hand(request)})}"
        return HttpResponseClientRedirect(address)
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    if request.method == "POST":
        return _signed_in(request)
    return _sign_in_page(request, SignInForm(request=request), status=200)


def _signed_in(request: HttpRequest) -> HttpResponse:
    name = account_named(request.POST.get("username", "").strip()[:40])
    address, at = client_network(request), clock.now()
    with transaction.atomic():
        take_turn_at(name, address)
        sentence = _refusal_for(request, name, address, at=at)
        form = SignInForm(request.POST, request=request)
        is_right = not sentence and form.is_valid() and form.user is not None
        if not sentence and form.non_field_errors():
            note_failed_sign_in(name, address, at=at)
            sentence = refusal_at(name, address, at=at)
            log.warning("sign_in_failed", is_stopped=bool(sentence))
    if sentence:
        return _refused_page(request, sentence)
    if is_right and form.user is not None:
        forgive_sign_ins(name, address)
        remember_network(form.user, address, at=at)
        _enter(request, form.user)
        return HttpResponseRedirect(_next(request))
    return _sign_in_page(request, form, status=422)


def _refusal_for(request: HttpRequest, name: str, address: str, *, at: datetime) -> str:
    """Return why this name may not be tried from here now; the owner does not wait because of strangers."""
    if sentence := refusal_among_names(address, at=at) or refusal_at(name, address, at=at):
        return sentence
    owner_is_near = is_known(name, address, at=at, phone=_holds_phone_of(request, name, at=at))
    return "" if owner_is_near else refusal_among_many(name, at=at)


def _holds_phone_of(request: HttpRequest, name: str, *, at: datetime) -> bool:
    """Whether this phone is bound to the account of this name."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    held = bound_devices(at=at).filter(user__username=name, token_hash=token_digest(token))
    return bool(token) and held.exists()


@require_POST
def sign_in_as(request: HttpRequest, username: str) -> HttpResponse:
    """Sign in to a demonstration account with one click; raises Http404 outside the demo."""
    user = User.objects.filter(username=username, is_demonstration=True, is_active=True).first()
    if user is None or username not in {person.username for person in personas_on_offer()}:
        raise Http404
    if request.user.is_authenticated:
        logout(request)
    _enter(request, user)
    return HttpResponseRedirect(_next(request))


def _enter(request: HttpRequest, user: User) -> None:
    """Open a fresh session and start its clocks."""
    login(request, user, backend=BACKEND)
    sessions.begin(request, user, at=clock.machine_now())


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; drafts stay on the device, bound to their account."""
    logout(request)
    messages.success(request, "已退出登录。没有上传的草稿还在这台设备上，同一账号登录后可继续。")
    return redirect("accounts:sign_in")


def _refused_page(request: HttpRequest, sentence: str) -> HttpResponse:
    form = SignInForm(request=request, initial={"username": request.POST.get("username", "")})
    return _sign_in_page(request, form, status=429, locked=sentence)


def _sign_in_page(request: HttpRequest, form: SignInForm, *, status: int, locked: str = "") -> HttpResponse:
    context = {
        "title": "登录",
        "form": form,
        "locked": locked,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "personas": personas_on_offer(),
        "handing_in": handing_in(request),
    }
    return render(request, "accounts/sign_in.html", context, status=status)


def _next(request: HttpRequest) -> str:
    return next_page(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def account(request: SignedInRequest) -> HttpResponse:
    """Show and save the user's account page: who the user is, and how the screens behave."""
    form = PreferenceForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "已保存。")
        answer = redirect("accounts:account")
        size = "large" if form.instance.prefers_large_text else ""
        answer.set_cookie("text_size", size, samesite="Lax", httponly=True, secure=request.is_secure())
        return answer
    return _account_page(request, form, PasswordForm(request.user))


@require_POST
@sensitive_post_parameters()
def change_password(request: SignedInRequest) -> HttpResponse:
    """Change the password; other devices are signed out, this one stays. Guesses of the old one are limited too."""
    user, at = request.user, clock.now()
    form = PasswordForm(user, request.POST)
    try:
        with transaction.atomic():
            take_turn(user, "password", at=at)
            if not form.is_valid() and "old_password" in form.errors:
                note_failure(user, "password", at=at)
    except TooManyAttempts as refusal:
        messages.error(request, refusal.sentence)
        return _account_page(
            request, PreferenceForm(instance=user), PasswordForm(user), status=refusal.status
        )
    if form.is_valid():
        update_session_auth_hash(request, set_own(request, form.cleaned_data["new_password1"]))
        messages.success(request, "密码已更换，其他设备上的登录已失效。")
        return redirect("accounts:account")
    return _account_page(request, PreferenceForm(instance=user), form, status=422)


@require_POST
def sign_out_devices(request: SignedInRequest) -> HttpResponse:
    """End every session of the user, this one too, and unbind the phones."""
    sign_out_everywhere(request.user, at=clock.now(), by=request.user)
    logout(request)
    messages.success(request, "所有设备上的登录都已退出，绑定的手机也已解绑。")
    return redirect("accounts:sign_in")


@require_POST
def unbind(request: SignedInRequest, pk: int) -> HttpResponse:
    """Unbind one of the user's own phones; this session continues."""
    user, at = request.user, clock.now()
    phone = get_object_or_404(bound_devices(at=at), pk=pk, user=user)
    unbind_device(phone, at=at, by=user)
    user.refresh_from_db(fields=["session_epoch"])
    sessions.keep(request, user)
    messages.success(request, f"{phone.name}已解绑，别处的登录都要重新登录。")
    return redirect("accounts:account")


def set_own(request: SignedInRequest, password: str) -> User:
    """Set the password that the owner chose."""
    set_own_password(request.user, password, at=clock.now())
    return request.user


def _account_page(
    request: SignedInRequest,
    preferences: PreferenceForm,
    password: PasswordForm,
    *,
    status: int = 200,
) -> HttpResponse:
    user = request.user
    context = {
        "title": "我的账号",
        "form": preferences,
        "password_form": password,
        "devices": bound_devices(at=clock.now()).filter(user=user).order_by("-bound_at"),
        "began": sessions.began(request),
        "ends": sessions.ending_of(request),
        "has_factor": has_second_factor(user),
        "codes_left": user.recovery_codes.filter(used_at=None).count(),
    }
    return render(request, "accounts/account.html", context, status=status)
