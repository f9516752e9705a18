"""消息设置: over which channels a person is told, when it is quiet, and when what can wait is gathered."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from channels import states
from channels.actions import keep_settings
from channels.forms import MyNoticesForm
from channels.models import Gateway, NoticeSettings, PersonalChannel
from common import clock
from common.web.verb_page import form_page, given

OFFERED = "平台内的消息一直都有；这里设置另外发到哪里。叫到您的紧急事项不分时段，马上发到您的每个通道。"
NONE_OFFERED = "平台内的消息一直都有。现在没有开通平台以外的通道，开通后在这里选。"


def mine(request: SignedInRequest) -> HttpResponse:
    """Show and keep the user's own settings."""
    user = request.user
    channels = channels_offered()
    form = MyNoticesForm(
        given(request),
        wants=NoticeSettings.objects.filter(user=user).first() or NoticeSettings(user=user),
        channels=channels,
        mine=channels_of(user),
    )
    return form_page(
        request,
        form,
        lambda: keep_settings(form.preference(), by=user, at=clock.now()),
        done=lambda row: ("已保存消息设置。", reverse("channels:mine")),
        context={
            "title": "消息设置",
            "consequence": OFFERED if channels else NONE_OFFERED,
            "word": "保存",
            "back": reverse("accounts:account"),
            "back_word": "我的账号",
        },
    )


def channels_offered() -> list[tuple[str, str, Gateway | None]]:
    """Returns the channels that send: name, word, gateway; e-mail first."""
    found: list[tuple[str, str, Gateway | None]] = []
    if settings.EMAIL_HOST:
        found.append((states.EMAIL, "邮箱", None))
    return [*found, *((row.channel, row.name, row) for row in Gateway.objects.on())]


def channels_of(user: User) -> dict[str, PersonalChannel]:
    """Returns the user's own channels by name; one statement."""
    return {row.channel: row for row in PersonalChannel.objects.filter(user=user)}
