"""Whose request it is."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The account of a request; the door has turned strangers away."""
    assert isinstance(request.user, User)
    return request.user
