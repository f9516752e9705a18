"""Who may sign in, and whose session goes on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.passwords import LONGEST


class AccountBackend(ModelBackend):
    """Accounts with a password. Demonstration accounts exist in demo mode only, open sessions included."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **said: Any,
    ) -> Any:
        """The account with this password; what is longer than any password can be is not hashed for anybody."""
        if password is not None and len(password) > LONGEST:
            return None
        return super().authenticate(request, username=username, password=password, **said)

    def user_can_authenticate(self, user: Any) -> bool:
        """Asked at every sign-in, and again at every request of a session."""
        is_open = settings.DEMO_MODE or not getattr(user, "is_demonstration", False)
        return bool(super().user_can_authenticate(user) and is_open)
