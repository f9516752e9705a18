"""Who is in charge of a person: only somebody who manages every place of the person's authority (Art. 11, 20)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from accounts.models import User
from grids.models import Division, Grid
from personnel.models import GridPosting, OfficePosting, Organization
from personnel.scopes import Authority, authority_of, may_over

REMEMBERED = timedelta(days=366)  # a manager can see a person for one more year after the person has left


def places_of(user_id: int, *, day: date) -> list[Division]:
    """Return where a person is posted, or was within a year before ``day``: villages and territories of bodies."""
    lately = Q(ends_on=None) | Q(ends_on__gte=day - REMEMBERED)
    villages = GridPosting.objects.filter(lately, user=user_id).values("village")
    bodies = OfficePosting.objects.filter(lately, user=user_id).values("organization__division")
    return _read(Q(pk__in=villages) | Q(pk__in=bodies))


def places_to_come(user_id: int, *, day: date, of_before: bool = False) -> list[Division]:
    """Return where a person is posted on ``day`` or later; ``of_before`` leaves out posts that came by a request."""
    wanted = (Q(ends_on=None) | Q(ends_on__gte=day)) & Q(user=user_id)
    if of_before:
        wanted &= Q(request=None)
    villages = GridPosting.objects.filter(wanted).values("village")
    bodies = OfficePosting.objects.filter(wanted).values("organization__division")
    return _read(Q(pk__in=villages) | Q(pk__in=bodies))


def places_outside(
    authority: Authority, user_id: int, *, day: date, verb: str = "manage_staff"
) -> list[Division]:
    """Return the person's places (recent ones, if none is current) that lie outside what the account manages."""
    held = places_to_come(user_id, day=day) or places_of(user_id, day=day)
    return [place for place in held if not may_over(authority, verb, place)]


def holds_over_person(authority: Authority, verb: str, user_id: int, *, day: date) -> bool:
    """Whether ``verb`` is held over one of the places where the person is posted or was within a year."""
    return any(may_over(authority, verb, place) for place in places_of(user_id, day=day))


def places_of_authority(person: User, *, day: date) -> list[Division]:
    """Return every place of the person's present or future authority; without any, the places of earlier posts."""
    reach = authority_of(person)
    verbs = {verb for verb, _, _ in reach.grants}
    not_over = Q(ends_on=None) | Q(ends_on__gte=day)
    offices = OfficePosting.objects.filter(not_over, user=person).values("organization")
    bodies = Q(pk__in=reach.places("organization", *verbs)) | Q(pk__in=offices)
    grids = Grid.objects.filter(pk__in=reach.places("grid", *verbs))
    return _read(
        Q(pk__in=reach.places("division", *verbs))
        | Q(pk__in=Organization.objects.filter(bodies).values("division"))
        | Q(pk__in=grids.values("village"))
        | Q(pk__in=GridPosting.objects.filter(not_over, user=person).values("village"))
    ) or places_of(person.pk, day=day)


def holds_over_all(authority: Authority, verb: str, places: list[Division]) -> bool:
    """Whether ``verb`` is held over every one of the places; False if there are none."""
    return bool(places) and all(may_over(authority, verb, place) for place in places)


def has_charge_of(authority: Authority, person: User, *, day: date) -> bool:
    """Whether the account manages staff over every place on which the person has authority.

    Somebody who manages only one of the person's posts must not get the rights of the other posts by a password.
    """
    return holds_over_all(authority, "manage_staff", places_of_authority(person, day=day))


def _read(wanted: Q) -> list[Division]:
    places = Division.objects.filter(wanted).select_related("parent__parent__parent")
    return list(places.defer("outline"))
