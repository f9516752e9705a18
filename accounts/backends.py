"""Who may sign in, and whose session goes on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class AccountBackend(ModelBackend):
    """Accounts with a password. Demonstration accounts exist in demo mode only, open sessions included."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Asked at every sign-in, and again at every request of a session."""
        is_open = settings.DEMO_MODE or not getattr(user, "is_demonstration", False)
        return bool(super().user_can_authenticate(user) and is_open)
