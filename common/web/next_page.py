"""Where to go next: an address in a form or a link is followed only if it is ours."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def own_address(request: HttpRequest, address: str) -> str:
    """The address if it is on this host, otherwise an empty text."""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else ""


def next_page(request: HttpRequest) -> str:
    """The page that the request names in ``next`` if it is ours, otherwise an empty text."""
    return own_address(request, request.POST.get("next") or request.GET.get("next", ""))
