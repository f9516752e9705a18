"""What the desk shows of saved views: name, address, number of cases."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from common.web.listing import address_with
from grids.models import Division
from personnel.scopes import authority_of
from workflow.filters import Filters
from workflow.models import SavedView
from workflow.queues import DESK_QUEUES
from workflow.searching import names_meant_by, words_of
from workflow.territory import desks_of

QUEUES_OF_DESK = {queue.key: queue for queue in DESK_QUEUES}
MOST_OFFERED = 30


def views_for(user: User) -> list[SavedView]:
    """Returns the views that the desk offers the user, in one statement."""
    return list(SavedView.objects.offered_to(user.pk, desks_of(user))[:MOST_OFFERED])


def may_remove(view: SavedView, user: User) -> bool:
    """Whether the user owns the view, or leads the desk that it is shared with: an owner may have left."""
    leads = view.desk_id is not None and authority_of(user).may("manage_staff", "division", view.desk_id)
    return view.owner_id == user.pk or leads


def key_of(view: SavedView) -> str:
    """Returns the name by which the number of a view is sent."""
    return f"view-{view.pk}"


def conditions_of(views: Iterable[SavedView], user: User) -> dict[str, Q]:
    """Returns by key what the cases of each counted view have in common.

    At most two statements for all of them: the places that they name, and the names that their words mean.
    """
    authority = authority_of(user)
    read = {view: Filters.read(view.filters) for view in views}
    words = sorted({word for filters in read.values() for word in words_of(filters.text)})
    names = names_meant_by(words) if words else []
    codes = {filters.division for filters in read.values() if filters.division}
    places = {place.code: place for place in Division.objects.filter(code__in=codes)} if codes else {}
    return {
        key_of(view): queue.condition(authority)
        & filters.condition(places.get(filters.division), names=names)
        for view, filters in read.items()
        if (queue := QUEUES_OF_DESK.get(view.queue)) is not None and queue.counted
    }


def address_of_view(view: SavedView) -> str:
    """Returns the address of the list that a view opens."""
    return address_with(reverse("workflow:desk"), queue=view.queue, **Filters.read(view.filters).address())
