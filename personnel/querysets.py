"""Querysets of postings by day and of grants by moment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

if TYPE_CHECKING:
    from personnel.models import Grant, Organization


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
        """Organizations that can receive cases (Art. 17: departments, units and the institutions themselves)."""
        return self.exclude(kind="authority")


class GrantQuerySet(models.QuerySet["Grant"]):
    """Object permissions with a purpose and an end."""

    def in_effect(self) -> GrantQuerySet:
        """Grants that have not expired by the database's clock."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=Now()))


class GrantManager(models.Manager.from_queryset(GrantQuerySet)):  # type: ignore[misc]
    """The querysets, without guardian's methods to assign: grants follow from posts and approved requests."""
