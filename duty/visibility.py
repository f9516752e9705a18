"""One roster or one shift for one user: visible or not there at all (Art. 20)."""

from __future__ import annotations

from django.http import Http404

from accounts.models import User
from duty.models import DutyShift
from duty.querysets import bodies_seen_by
from personnel.models import Organization


def roster_in_sight(user: User, pk: int) -> Organization:
    """Returns a body. Raises :class:`Http404` if it does not exist or the user may not read its roster."""
    found = bodies_seen_by(user).select_related("division").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def shift_in_sight(user: User, pk: int) -> DutyShift:
    """Returns a shift. Raises :class:`Http404` if it does not exist or the user may not read its roster."""
    found = DutyShift.objects.visible_to(user).to_change().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
