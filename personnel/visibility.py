"""Which pages a user may open: their own, and those of people and bodies whom they manage (Art. 11, 20)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import User
from grids.models import Division
from grids.querysets import DivisionQuerySet
from personnel.account_management import REMEMBERED, holds_over_person
from personnel.models import GridPosting, OfficePosting, Organization, PostRequest, StaffImport
from personnel.policies import Staffing, manages_bodies
from personnel.scopes import Authority, authority_of, may_over


def divisions_within(held: frozenset[int]) -> DivisionQuerySet:
    """Return the divisions of ``held`` and those below them."""
    return Division.objects.filter(
        Q(pk__in=held) | Q(parent__in=held) | Q(parent__parent__in=held) | Q(parent__parent__parent__in=held)
    )


def person_in_sight(user: User, pk: int, *, day: date) -> User:
    """Return the person, if it is the user or the user manages the person; raises :class:`Http404` otherwise."""
    found = User.objects.filter(pk=pk).first()
    if found is None or (
        found.pk != user.pk and not holds_over_person(authority_of(user), "manage_staff", found.pk, day=day)
    ):
        raise Http404
    return found


def people_managed(user: User, *, day: date) -> Q:
    """Return the condition for people whom ``user`` manages, including those who left within a year."""
    held = authority_of(user).places("division", "manage_staff")
    within = divisions_within(held).values("pk")
    lately = Q(ends_on=None) | Q(ends_on__gte=day - REMEMBERED)
    in_grids = GridPosting.objects.filter(lately, village__in=within).values("user")
    in_offices = OfficePosting.objects.filter(lately, organization__division__in=within).values("user")
    return Q(pk__in=in_grids) | Q(pk__in=in_offices)


def choosable(user: User, *, day: date) -> QuerySet[User]:
    """Return the people whom ``user`` manages and may choose for something: open accounts other than their own."""
    return User.objects.filter(people_managed(user, day=day), is_active=True).exclude(pk=user.pk)


def post_requests_in_sight(user: User, *, day: date) -> QuerySet[PostRequest]:
    """Return applications for posts by the user, about the user, or about people whom the user manages."""
    mine = Q(asked_by=user) | Q(user=user) | Q(user__in=User.objects.filter(people_managed(user, day=day)))
    return PostRequest.objects.filter(mine)


def places_managed(user: User) -> DivisionQuerySet:
    """Return the divisions whose staff the user manages, with everything below them."""
    return divisions_within(authority_of(user).places("division", "manage_staff"))


def first_place_managed(user: User) -> Division:
    """Return the division on which the user was first given the right to manage staff."""
    return Division.objects.defer("outline").get(
        pk=min(authority_of(user).places("division", "manage_staff"))
    )


def place_managed(user: User, code: str) -> Division:
    """Return a place whose staff ``user`` manages; raises :class:`Http404` otherwise."""
    place = (
        Division.objects.select_related("parent__parent__parent").defer("outline").filter(code=code).first()
    )
    if place is None or not may_over(authority_of(user), "manage_staff", place):
        raise Http404
    return place


def post_managed(user: User, pk: int) -> GridPosting:
    """Return a grid post in a place whose staff ``user`` manages; raises :class:`Http404` otherwise."""
    posts = GridPosting.objects.select_related("user", "grid", "village__parent__parent__parent")
    post = posts.defer("grid__boundary").filter(pk=pk).first()
    if post is None:
        raise Http404
    place_managed(user, post.village.code)
    return post


def body_in_sight(user: User, pk: int, *, day: date) -> Organization:
    """Return a body, if the user belongs to it or manages bodies of its place; raises :class:`Http404` otherwise."""
    found = Organization.objects.select_related("division__parent__parent__parent", "parent", "merged_into")
    body = found.defer("division__outline").filter(pk=pk).first()
    authority = authority_of(user)
    if body is None or not (
        authority.sees_all
        or manages_bodies(authority, Staffing(body.division))
        or authority.may("handle", "organization", body.pk)
        or authority.may("oversee", "organization", body.pk)
        or OfficePosting.objects.current(day).filter(user=user, organization=body).exists()
    ):
        raise Http404
    return body


def counties_within(authority: Authority, *verbs: str) -> DivisionQuerySet:
    """Return counties where any of ``verbs`` is held on the county or its city, in register order, without outlines."""
    counties = Division.objects.of_level("county").defer("outline")
    if authority.sees_all:
        return counties
    held = authority.places("division", *verbs)
    return counties.filter(pk__in=held) | counties.filter(parent__in=held)


def person_guarded(user: User, pk: int, *, day: date) -> User:
    """Return another person whom the user manages or whose account the user guards; raises Http404 otherwise."""
    found = User.objects.filter(pk=pk).exclude(pk=user.pk).first()
    if found is not None and holds_over_person(authority_of(user), "administer_security", found.pk, day=day):
        return found
    person = person_in_sight(user, pk, day=day)
    if person.pk == user.pk:
        raise Http404
    return person


def roster_in_sight(user: User, pk: int) -> StaffImport:
    """Return a file that the user has uploaded; raises :class:`Http404` for any other."""
    found = StaffImport.objects.select_related("by").filter(pk=pk, by=user).first()
    if found is None or not authority_of(user).holds("manage_staff"):
        raise Http404
    return found
