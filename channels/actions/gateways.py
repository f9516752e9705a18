"""Gateways are added, changed, switched on and off by the administrator of the system; each act is in the trace."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from accounts.models import User
from channels import policies, states
from channels.models import Gateway
from channels.outgoing import target_of
from common.errors import NotPermitted, RuleViolation
from personnel.life import Life, write_step

LIFE = Life(Gateway.objects.all, policies.WHO_MAY, states.GATEWAY_MOVES)


@dataclass(frozen=True)
class GatewayDraft:
    """A gateway as it was entered; an empty address or secret stays as it is."""

    name: str
    kind: str
    url: str = ""
    secret: str = ""
    template: str = ""


@transaction.atomic
def add_gateway(draft: GatewayDraft, *, by: User, at: datetime) -> Gateway:
    """Adds a gateway, switched off. Raises :class:`RuleViolation` for its address or its body."""
    if not policies.KEEPERS.admits(by):
        raise NotPermitted(policies.BY_ADMINISTRATOR)
    if draft.kind not in states.KINDS:
        raise RuleViolation("请选择通道的类别。", field="kind")
    gateway = Gateway(kind=draft.kind, entered_by=by, entered_at=at, version=0)
    _fill(gateway, draft)
    return write_step(gateway, "add_gateway", by=by, at=at)


@transaction.atomic
def change_gateway(gateway: Gateway, *, draft: GatewayDraft, by: User, at: datetime) -> Gateway:
    """Changes a gateway; its kind stays, and an empty address or secret keeps the sealed one."""
    gateway = LIFE.begin(gateway, "change_gateway", by=by)
    _fill(gateway, draft)
    return write_step(gateway, "change_gateway", by=by, at=at)


@transaction.atomic
def switch_on(gateway: Gateway, *, by: User, at: datetime) -> Gateway:
    """Lets a gateway send from now on; its address is checked again."""
    gateway = LIFE.begin(gateway, "switch_on", by=by)
    target_of(gateway.unseal("url"))
    return LIFE.move(gateway, "switch_on", by=by, at=at)


@transaction.atomic
def switch_off(gateway: Gateway, *, by: User, at: datetime) -> Gateway:
    """Lets a gateway send nothing any more; what waits for it is dropped when its turn comes."""
    gateway = LIFE.begin(gateway, "switch_off", by=by)
    return LIFE.move(gateway, "switch_off", by=by, at=at)


def _fill(gateway: Gateway, draft: GatewayDraft) -> None:
    name = draft.name.strip()
    if not name or Gateway.objects.filter(name=name).exclude(pk=gateway.pk).exists():
        raise RuleViolation("请填写名称，不能与别的通道同名。", field="name")
    if draft.url.strip():
        target_of(draft.url)
        gateway.seal(url=draft.url.strip())
        gateway.host = urlsplit(draft.url.strip()).hostname or ""
    elif not gateway.url:
        raise RuleViolation("请填写通道的地址。", field="url")
    if draft.secret:
        gateway.seal(secret=draft.secret)
    gateway.name, gateway.template = name, _sound_template(draft.template or states.TEMPLATES[gateway.kind])


def _sound_template(template: str) -> str:
    """Returns a body that is JSON with a place for the text. Raises :class:`RuleViolation` for any other."""
    try:
        shape = json.loads(template)
    except ValueError:
        raise RuleViolation("正文模板应是 JSON，例如平台给的那一份。", field="template") from None
    if not isinstance(shape, dict) or states.TEXT not in json.dumps(shape, ensure_ascii=False):
        raise RuleViolation(f"正文模板里要有 {states.TEXT}，消息放在那里。", field="template")
    return template.strip()
