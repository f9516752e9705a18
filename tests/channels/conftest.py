"""Gateways, people with channels, and the receivers behind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from channels.actions import GatewayDraft, Preference, add_gateway, keep_settings, switch_on
from channels.models import Gateway
from personnel.actions import appoint_to_office
from personnel.models import Organization
from tests.channels.receivers import Hook, MailServer, hook_server, mail_server
from tests.town import FOUNDED, MONDAY, Town


@pytest.fixture
def hook(settings: Any) -> Iterator[Hook]:
    """An HTTP receiver on this machine, which gateways may reach in this test."""
    settings.GATEWAYS_MAY_BE_PRIVATE = True
    with hook_server() as found:
        yield found


@pytest.fixture
def mail(settings: Any, tmp_path: Path) -> Iterator[MailServer]:
    """A mail server on this machine, and Django's own backend that sends to it."""
    with mail_server(tmp_path) as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        yield found


@pytest.fixture
def keeper(town: Town) -> User:
    """The administrator of the system."""
    return administrator()


def administrator() -> User:
    person = User.objects.create(username="system", name="System")
    body = Organization.objects.get(code="auth-city")
    appoint_to_office(person, role="system_admin", organization=body, on=FOUNDED, at=MONDAY, by=None)
    return person


def gateway_to(
    hook: Hook, keeper: User, *, kind: str = "webhook", secret: str = "s3cret", name: str = ""
) -> Gateway:
    """A gateway that leads to the receiver and is on."""
    draft = GatewayDraft(name or f"通道 {Gateway.objects.count()}", kind, hook.url, secret)
    return switch_on(add_gateway(draft, by=keeper, at=MONDAY), by=keeper, at=MONDAY)


def wants(user: User, *channels: str, ordinary: str = "each", address: str = "", **more: Any) -> None:
    """A person who has these channels on."""
    usual = {"quiet_from": time(22), "quiet_until": time(7), "digest_hour": 8}
    to = {"email": f"{user.username}@example.cn"}
    keep_settings(
        Preference(
            ordinary,
            **{**usual, **more},
            channels=dict.fromkeys(channels, True),
            addresses={name: address or to.get(name, "19900000007") for name in channels},
        ),
        by=user,
        at=MONDAY,
    )
