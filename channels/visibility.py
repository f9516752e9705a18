"""One gateway for one user: visible or not there at all (Art. 20)."""

from __future__ import annotations

from django.http import Http404

from accounts.models import User
from channels.models import Gateway


def gateway_in_sight(user: User, pk: int) -> Gateway:
    """Returns a gateway. Raises :class:`Http404` if it does not exist or the user does not administer the system."""
    found = Gateway.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
