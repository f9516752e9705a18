"""Who else has a case open, asked again and again by the page that shows it."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse

from accounts.requests import SignedInRequest
from common import clock
from workflow.models import Case
from workflow.presence import others_at


def presence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Returns who else has the case open. It is not opened by this: the page did that, and its look is on record."""
    case = Case.objects.visible_to(request.user).to_change().filter(pk=pk).first()
    if case is None:
        raise Http404
    return JsonResponse({"words": others_at(case, request.user, at=clock.now())})
