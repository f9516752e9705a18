"""Which complaint a user may see; each look is recorded (Art. 12, 20)."""

from __future__ import annotations

from django.http import Http404

from accounts.models import User
from audit.actions import record_access
from common import clock
from conduct.models import Complaint
from conduct.policies import registers
from grids.models import Grid
from personnel.scopes import authority_of


def complaint_in_sight(user: User, pk: int) -> Complaint:
    """Return a complaint that the user handles; the look is recorded. Raises :class:`Http404` for any other."""
    found = Complaint.objects.visible_to(user).with_names().filter(pk=pk).first()
    if found is None:
        raise Http404
    record_access(
        f"complaint:{pk}",
        at=clock.now(),
        actor_id=user.pk,
        fields=["complaint"],
        tier="T4",
        purpose="办理行为投诉",
    )
    return found


def grid_to_register(user: User, code: str) -> Grid:
    """Return a grid for which the user enters complaints made by telephone. Raises :class:`Http404` for any other."""
    grid = Grid.objects.in_force().with_place().filter(code=code).first()
    if grid is None or not registers(authority_of(user), grid):
        raise Http404
    return grid
