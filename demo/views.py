"""The developers' page with all components of the pages."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from demo.specimens import specimens


def components(request: HttpRequest) -> HttpResponse:
    """Show every component in every state, for developers; outside the demo for technical staff only."""
    if not (settings.DEMO_MODE or getattr(request.user, "is_staff", False)):
        raise Http404
    return render(request, "demo/components.html", specimens())
