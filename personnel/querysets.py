"""Querysets of postings by day and of grants by moment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast, Now

if TYPE_CHECKING:
    from personnel.models import Grant, Organization


OF_THE_BASE = ("committee", "service_team", "provider")


class PostingQuerySet(models.QuerySet[Any]):
    """Postings with ``starts_on`` and an open or dated ``ends_on`` (the last day of the post)."""

    def current(self, day: date) -> PostingQuerySet:
        """Postings held on ``day``."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Organizations: authorities, institutions, departments, units."""

    def serving(self, division_ids: list[int]) -> OrganizationQuerySet:
        """Active organizations whose territory is one of these divisions."""
        return self.filter(division_id__in=division_ids, is_active=True)

    def resolvers(self) -> OrganizationQuerySet:
        """Organizations that can receive cases (Art. 17: departments, units and the institutions themselves).

        A village committee, a service team and a provider receive them once an account can act for them (Art. 6).
        """
        acting = (
            apps.get_model("personnel", "Grant")
            .objects.in_effect()
            .filter(
                permission__codename="handle",
                content_type__model="organization",
                object_pk=Cast(OuterRef("pk"), models.CharField()),
            )
        )
        return self.exclude(kind="authority").filter(~Q(kind__in=OF_THE_BASE) | Exists(acting))


class GrantQuerySet(models.QuerySet["Grant"]):
    """Object permissions with a purpose and an end."""

    def in_effect(self) -> GrantQuerySet:
        """Grants that have not expired by the database's clock."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=Now()))


class GrantManager(models.Manager.from_queryset(GrantQuerySet)):  # type: ignore[misc]
    """The querysets, without guardian's methods to assign: grants follow from posts and approved requests."""
