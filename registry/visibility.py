"""One record, value or activity for one user: in sight or not there at all (Art. 20)."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from registry.models import Activity, PeopleImport, Record, Relation
from registry.policies import KEEPING


def record_in_sight(user: User, pk: int) -> Record:
    """Returns a record. Raises Http404 if it does not exist or the user may not see it."""
    return get_object_or_404(Record.objects.visible_to(user).with_place(), pk=pk)


def relation_in_sight(user: User, pk: int) -> Relation:
    """Returns a relation. Raises Http404 if it does not exist or the user does not see both ends."""
    return get_object_or_404(Relation.objects.visible_to(user).select_related("source", "target"), pk=pk)


def activity_in_sight(user: User, pk: int) -> Activity:
    """Returns an activity. Raises Http404 if it does not exist or the user may not see it."""
    return get_object_or_404(Activity.objects.visible_to(user).with_names(), pk=pk)


def people_import_in_sight(user: User, pk: int) -> PeopleImport:
    """Returns a file that the user has uploaded. Raises Http404 for any other."""
    found = PeopleImport.objects.select_related("by").filter(pk=pk, by=user).first()
    if found is None or not KEEPING.admits(user):
        raise Http404
    return found
