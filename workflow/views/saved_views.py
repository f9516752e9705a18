"""Saving and removing the views of the desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from common import clock
from common.errors import RuleViolation
from common.web.next_page import next_page
from workflow.actions.saved_views import remove_view, save_view
from workflow.filters import Filters
from workflow.saved_views import views_for

HERE = "workflow:desk"
REFUSED_NAME, MOST_KEPT = "refused_name_of_view", 200


@require_POST
def save(request: SignedInRequest) -> HttpResponse:
    """Save the list that is open under a name, and return to it."""
    posted = request.POST
    try:
        view = save_view(
            name=posted.get("name", "").replace("\x00", "").strip(),
            queue=posted.get("queue", ""),
            filters=Filters.read(posted),
            is_shared=posted.get("shared") == "on",
            by=request.user,
            at=clock.now(),
        )
        messages.success(request, f"已保存视图“{view.name}”。")
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
        request.session[REFUSED_NAME] = posted.get("name", "")[:MOST_KEPT]
    return redirect(next_page(request) or HERE)


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove one's own view. Raises Http404 for a view that the desk does not offer the user."""
    view = next((each for each in views_for(request.user) if each.pk == pk), None)
    if view is None:
        raise Http404
    remove_view(view, by=request.user)
    messages.success(request, f"已删除视图“{view.name}”。")
    return redirect(next_page(request) or HERE)
