"""Which gateways a user sees, and which channels people have."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from personnel.scopes import authority_of

if TYPE_CHECKING:
    from accounts.models import User
    from channels.models import Gateway, PersonalChannel


class GatewayQuerySet(models.QuerySet["Gateway"]):
    """Gateways, with filters that can be chained."""

    def visible_to(self, user: User) -> GatewayQuerySet:
        """Returns all gateways to the administrator of the system, nothing to anybody else."""
        authority = authority_of(user)
        return self if authority.sees_all or authority.holds("administer_system") else self.none()

    def on(self) -> GatewayQuerySet:
        """Returns the gateways that send."""
        return self.filter(status="on").order_by("pk")


class PersonalChannelQuerySet(models.QuerySet["PersonalChannel"]):
    """The channels of people."""

    def in_use(self, users: Collection[int], *, email_is_on: bool) -> PersonalChannelQuerySet:
        """Returns the channels that these open accounts have switched on, of gateways that send."""
        sends = Q(gateway__status="on")
        if email_is_on:
            sends |= Q(gateway__isnull=True)
        return self.filter(sends, user__in=sorted(users), user__is_active=True, is_on=True).order_by("pk")
