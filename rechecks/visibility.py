"""One draw or re-check for one user: visible or not there at all (Art. 20)."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from accounts.models import User
from rechecks.models import Draw, Recheck


def draw_in_sight(user: User, pk: int) -> Draw:
    """Return a draw. Raises Http404 if it does not exist or the user may not see it."""
    return get_object_or_404(Draw.objects.visible_to(user).select_related("division", "drawn_by"), pk=pk)


def recheck_in_sight(user: User, pk: int) -> Recheck:
    """Return a re-check. Raises Http404 if it does not exist or the user may not see it."""
    return get_object_or_404(Recheck.objects.visible_to(user).to_change(), pk=pk)
