"""The request types behind the door: one for pages, one for the API."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A request that the door has let in: its user is an account, never anonymous.

    No object of this class is made. Views and their helpers name it; the door (``common.web.doors``) has refused
    anonymous users before a view runs.
    """

    user: User


class SignedInCall(Request):
    """A call of the API that the door has let in; see :class:`SignedInRequest`."""

    user: User
