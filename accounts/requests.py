"""The account of a request."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """Return the account of a request; the door has already refused anonymous users."""
    assert isinstance(request.user, User)
    return request.user
