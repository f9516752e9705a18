"""Who has charge of somebody: only who manages every place on which he has authority (Art. 11, 20)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from accounts.models import User
from grids.models import Division, Grid
from personnel.models import GridPosting, OfficePosting, Organization
from personnel.scopes import Authority, authority_of, may_over

REMEMBERED = timedelta(days=366)  # a manager sees somebody who has left for another year


def places_of(user_id: int, *, day: date) -> list[Division]:
    """Where a person is posted, or was within a year of ``day``: the villages and the territories of the bodies."""
    lately = Q(ends_on=None) | Q(ends_on__gte=day - REMEMBERED)
    villages = GridPosting.objects.filter(lately, user=user_id).values("village")
    bodies = OfficePosting.objects.filter(lately, user=user_id).values("organization__division")
    return _read(Q(pk__in=villages) | Q(pk__in=bodies))


def places_to_come(user_id: int, *, day: date, of_before: bool = False) -> list[Division]:
    """Where a person is posted on ``day`` or later; ``of_before`` leaves out what came by another place's request."""
    wanted = (Q(ends_on=None) | Q(ends_on__gte=day)) & Q(user=user_id)
    if of_before:
        wanted &= Q(request=None)
    villages = GridPosting.objects.filter(wanted).values("village")
    bodies = OfficePosting.objects.filter(wanted).values("organization__division")
    return _read(Q(pk__in=villages) | Q(pk__in=bodies))


def places_outside(
    authority: Authority, user_id: int, *, day: date, verb: str = "manage_staff"
) -> list[Division]:
    """Where a person is posted, or was of late if nowhere, that lies outside what the account manages."""
    held = places_to_come(user_id, day=day) or places_of(user_id, day=day)
    return [place for place in held if not may_over(authority, verb, place)]


def holds_over_person(authority: Authority, verb: str, user_id: int, *, day: date) -> bool:
    """Whether ``verb`` is held over one of the places where the person is posted, or was within a year."""
    return any(may_over(authority, verb, place) for place in places_of(user_id, day=day))


def places_of_authority(person: User, *, day: date) -> list[Division]:
    """Every place on which the person has, or will have, authority; of who has no post now, where he had it before."""
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
    """Whether ``verb`` is held over every one of the places; over none it is not held."""
    return bool(places) and all(may_over(authority, verb, place) for place in places)


def has_charge_of(authority: Authority, person: User, *, day: date) -> bool:
    """Whether the person's staffing is managed over every place on which he has authority.

    Who manages one of somebody's posts may not, by a password, come by what the others bring.
    """
    return holds_over_all(authority, "manage_staff", places_of_authority(person, day=day))


def _read(wanted: Q) -> list[Division]:
    places = Division.objects.filter(wanted).select_related("parent__parent__parent")
    return list(places.defer("outline"))
