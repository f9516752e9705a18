"""One supervision order for one user: visible or not there at all (Art. 20)."""

from __future__ import annotations

from django.http import Http404

from accounts.models import User
from supervision.models import SupervisionOrder
from workflow.visibility import trace_look


def order_in_sight(user: User, pk: int) -> SupervisionOrder:
    """Returns an order. Raises :class:`Http404` if it does not exist or the user may not see it.

    To open an order about a clue is to open the clue, which is recorded.
    """
    found = SupervisionOrder.objects.visible_to(user).to_change().filter(pk=pk).first()
    if found is None:
        raise Http404
    trace_look(found.case, user, fields=("supervision_order",))
    return found
