"""The channels of the installation, for the system administrator: what sends, and what was given up."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from channels import states
from channels.actions import add_gateway, change_gateway, switch_off, switch_on
from channels.actions.gateways import LIFE
from channels.actions.sending import drop_parked, try_parked_again
from channels.forms import AddGatewayForm, ChangeGatewayForm
from channels.models import Gateway
from channels.policies import KEEPERS, WHO_MAY
from channels.visibility import gateway_in_sight
from common import clock
from common.web.verb_page import Verb, VerbPage, form_page, given
from notifications.models import Outbox

SHOWN = 50
log = structlog.get_logger(__name__)


def gateways(request: SignedInRequest) -> HttpResponse:
    """What sends and what does not, and the messages that were given up."""
    user = request.user
    KEEPERS.require(user)
    given_up = Outbox.objects.exclude(channel=Outbox.INBOX).filter(parked_at__isnull=False)
    context = {
        "title": "消息通道",
        "email": f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if settings.EMAIL_HOST else "",
        "sender": settings.DEFAULT_FROM_EMAIL,
        "public_address": settings.PUBLIC_ADDRESS,
        "rows": [
            (row, [(verb, states.VERBS[verb]) for verb in WHO_MAY.open_to(user, row)]) for row in all_of(user)
        ],
        "parked": given_up.order_by("-parked_at")[:SHOWN],
        "parked_count": given_up.count(),
    }
    return render(request, "channels/gateways.html", context)


def all_of(user: Any) -> Any:
    """Returns the gateways that the user sees, the oldest first."""
    return Gateway.objects.visible_to(user).order_by("pk")


def add(request: SignedInRequest) -> HttpResponse:
    """Add a gateway; it sends nothing until it is switched on."""
    user = request.user
    KEEPERS.require(user)
    form = AddGatewayForm(given(request))
    return form_page(
        request,
        form,
        lambda: add_gateway(form.draft(form.cleaned_data["kind"]), by=user, at=clock.now()),
        done=lambda gateway: (f"已登记“{gateway.name}”，启用以后才发消息。", reverse("channels:gateways")),
        context={
            "title": "登记通道",
            "consequence": "登记后是停用的，核对无误再启用。地址不能在本机或内网；消息里没有群众的个人信息。",
            "word": "登记",
            "back": reverse("channels:gateways"),
        },
    )


@require_POST
def parked_rows(request: SignedInRequest) -> HttpResponse:
    """Try what was given up again, or drop it."""
    KEEPERS.require(request.user)
    again = request.POST.get("act") == "again"
    count = try_parked_again(at=clock.now()) if again else drop_parked()
    log.info("outside_messages_parked", act="again" if again else "drop", count=count, by=request.user.pk)
    messages.success(request, f"{count} 条消息{'马上再试' if again else '不再发送'}。")
    return redirect("channels:gateways")


class GatewayVerb(VerbPage):
    """A verb of a gateway."""

    life = LIFE
    verbs = {
        "change_gateway": Verb(
            change_gateway,
            states.VERBS["change_gateway"],
            "改完马上用新的；空着的地址和密钥不变。",
            ChangeGatewayForm,
        ),
        "switch_on": Verb(switch_on, states.VERBS["switch_on"], "选了它的人马上开始收到消息。"),
        "switch_off": Verb(
            switch_off,
            states.VERBS["switch_off"],
            "不再发消息，等着发的也不发；平台内的消息照常。",
            is_dangerous=True,
        ),
    }

    def find(self, pk: int) -> Gateway:
        """Returns a gateway in sight."""
        return gateway_in_sight(self.user, pk)

    def form_options(self) -> dict[str, Any]:
        """Returns the gateway for the form that shows it."""
        return {"gateway": self.row} if self.verb == "change_gateway" else {}

    def sentence(self, result: Gateway) -> str:
        """Returns what was done with which gateway."""
        return f"已{self.declaration.word}：{result.name}"

    def back(self) -> str:
        """Returns the page of all channels."""
        return reverse("channels:gateways")

    def context(self) -> dict[str, Any]:
        """Returns the title, and which gateway it is."""
        return {
            "title": f"{self.declaration.word} {self.row.name}",
            "heading": self.declaration.word,
            "under": f"{self.row.name} · {self.row.get_kind_display()} · {self.row.host}",
        }
