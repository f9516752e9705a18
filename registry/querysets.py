"""Which records, values and activities of the register a user sees (分级准入, Art. 20).

A worker sees the own grid, the leader and the instructor of a village that village, the desk of a township that
township; a county and the city see counts. Children, and what only named persons may know, are left out for everybody
else: from pages, searches and counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from personnel.scopes import Authority, authority_of
from registry.fields import FIELDS

if TYPE_CHECKING:
    from accounts.models import User
    from registry.models import Activity, Record, Relation, Value

AT_DESK = ("dispatch",)
IN_VILLAGE = ("coordinate", "guide")
CHILDREN = "view_minors"
PLACES = ("village", "township", "county", "county__parent")
SECRET = {
    verb: [each.key for each in FIELDS if each.verb == verb]
    for verb in {each.verb for each in FIELDS if each.verb}
}


def works_with(authority: Authority, path: str = "") -> Q:
    """Returns the condition that a record lies where the account works; ``path`` leads to the record."""
    if authority.sees_all:
        return Q()
    found = {
        "grid": authority.places("grid", "report"),
        "village": authority.places("division", *IN_VILLAGE),
        "township": authority.places("division", *AT_DESK),
    }
    seen = Q(pk__in=[])
    for column, places in found.items():
        if places:
            seen |= Q(**{f"{path}{column}__in": sorted(places)})
    return seen


def named_over(authority: Authority, verb: str, path: str = "") -> Q:
    """Returns the condition that the account is named with ``verb`` for the place of a record or a place above it."""
    places = sorted(authority.places("division", verb))
    if not places:
        return Q(pk__in=[])
    return Q(*((f"{path}{column}__in", places) for column in PLACES), _connector=Q.OR)


def may_see(user: User, path: str = "") -> Q:
    """Returns the condition under which the user sees a record; ``path`` leads to it (Art. 20)."""
    authority = authority_of(user)
    grown_up = Q(**{f"{path}guarded_until__isnull": True})
    return works_with(authority, path) & (grown_up | named_over(authority, CHILDREN, path))


class RecordQuerySet(models.QuerySet["Record"]):
    """Records, with filters that can be chained."""

    def visible_to(self, user: User) -> RecordQuerySet:
        """Returns the records that the user may see."""
        return self.filter(may_see(user))

    def current(self) -> RecordQuerySet:
        """Returns the records that are in the register now."""
        return self.filter(status="current")

    def with_place(self) -> RecordQuerySet:
        """Adds the places that a page names, without outlines."""
        places = ("grid", "village", "township", "county")
        found = self.select_related(*places)
        return found.defer("grid__boundary", *(f"{place}__outline" for place in places[1:]))


class RelationQuerySet(models.QuerySet["Relation"]):
    """Relations, with filters that can be chained."""

    def present(self) -> RelationQuerySet:
        """Returns the relations that have not ended."""
        return self.filter(until__isnull=True)

    def visible_to(self, user: User) -> RelationQuerySet:
        """Returns the relations both ends of which the user sees."""
        return self.filter(may_see(user, "source__"), may_see(user, "target__"))


class ValueQuerySet(models.QuerySet["Value"]):
    """Values, with filters that can be chained."""

    def visible_to(self, user: User) -> ValueQuerySet:
        """Returns the values that the user may know of: of records in sight, without what only named persons see."""
        authority = authority_of(user)
        seen = may_see(user, "record__")
        for verb, keys in SECRET.items():
            seen &= ~Q(field__in=keys) | named_over(authority, verb, "record__")
        return self.filter(seen)

    def present(self) -> ValueQuerySet:
        """Returns the values that hold now."""
        return self.filter(until__isnull=True)


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Activities, with filters that can be chained."""

    def visible_to(self, user: User) -> ActivityQuerySet:
        """Returns the activities where the user works; a confidential matter's only to who carries it out."""
        authority = authority_of(user)
        if authority.sees_all:
            return self.all()
        where = {
            "grid": authority.places("grid", "report"),
            "grid__village": authority.places("division", *IN_VILLAGE),
            "township": authority.places("division", *AT_DESK),
        }
        seen = Q(pk__in=[])
        for column, places in where.items():
            if places:
                seen |= Q(**{f"{column}__in": sorted(places)})
        return self.filter(seen & (Q(matter__confidential=False) | Q(by=authority.user_id)))

    def open(self) -> ActivityQuerySet:
        """Returns the activities that are going on."""
        return self.filter(status="begun")

    def with_names(self) -> ActivityQuerySet:
        """Adds what a row shows."""
        return self.select_related("matter", "grid", "by", "record").defer("grid__boundary")
