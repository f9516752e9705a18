"""What a person wants to be told outside the platform: over which channels, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from channels import states
from channels.models import Gateway, NoticeSettings, PersonalChannel
from common.errors import RuleViolation
from common.phones import normal_phone, why_not_phone


@dataclass(frozen=True)
class Preference:
    """The whole page as it was sent. ``channels`` are on or off by name, ``addresses`` what was typed anew."""

    ordinary: str
    quiet_from: time
    quiet_until: time
    digest_hour: int
    channels: Mapping[str, bool] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def keep_settings(preference: Preference, *, by: User, at: datetime) -> NoticeSettings:
    """Keeps a person's own settings. Raises :class:`RuleViolation` for an address that is none.

    The first digest gathers what comes from now on.
    """
    row, _ = NoticeSettings.objects.select_for_update().get_or_create(
        user=by, defaults={"digested_until": at}
    )
    row.ordinary, row.digest_hour = preference.ordinary, preference.digest_hour
    row.quiet_from, row.quiet_until = preference.quiet_from, preference.quiet_until
    row.save()
    gateways = {gateway.channel: gateway for gateway in Gateway.objects.on()}
    for name, is_on in preference.channels.items():
        gateway = gateways.get(name)
        if gateway is None and name != states.EMAIL:
            continue
        _keep_channel(by, name, gateway, is_on=is_on, address=preference.addresses.get(name, "").strip())
    return row


def _keep_channel(user: User, name: str, gateway: Gateway | None, *, is_on: bool, address: str) -> None:
    row = PersonalChannel.objects.select_for_update().filter(user=user, gateway=gateway).first()
    if row is None and not is_on and not address:
        return
    row = row or PersonalChannel(user=user, gateway=gateway)
    if address:
        row.seal(address=_sound_address(name, gateway, address))
    if is_on and not row.address and (gateway is None or gateway.needs_address):
        raise RuleViolation("请填写接收的地址或者号码。", field=field_of(name))
    row.is_on = is_on
    row.save()


def _sound_address(name: str, gateway: Gateway | None, address: str) -> str:
    if gateway is None:
        try:
            validate_email(address)
        except ValidationError:
            raise RuleViolation("邮箱地址写得不对，例如 name@example.cn。", field=field_of(name)) from None
        return address
    if gateway.kind == "sms":
        if fault := why_not_phone(address):
            raise RuleViolation(fault, field=field_of(name))
        return normal_phone(address)
    return address[:200]


def field_of(name: str) -> str:
    """Returns the field of the page under which the address of a channel is typed."""
    return f"address_{name.replace(':', '_')}"
