"""One improvement task for one user: visible or not there at all (Art. 20)."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from accounts.models import User
from improvement.models import ImprovementTask


def task_in_sight(user: User, pk: int) -> ImprovementTask:
    """Returns a task. Raises Http404 if it does not exist or the user may not see it."""
    return get_object_or_404(ImprovementTask.objects.visible_to(user).to_change(), pk=pk)
