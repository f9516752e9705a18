"""Decides who may sign in and whose session continues."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.passwords import LONGEST


class AccountBackend(ModelBackend):
    """Accounts with a password. Demonstration accounts, open sessions included, work in demo mode only."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> Any:
        """Return the account with this password, or None; a password that is too long is never hashed."""
        if password is not None and len(password) > LONGEST:
            return None
        return super().authenticate(request, username=username, password=password, **credentials)

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether the account is open; called at every sign-in and at every request of a session."""
        is_open = settings.DEMO_MODE or not getattr(user, "is_demonstration", False)
        return bool(super().user_can_authenticate(user) and is_open)
