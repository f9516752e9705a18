"""Answers Django's ``user.has_perm(verb, place)`` from the single reader of authority."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from personnel.scopes import authority_of

PLACES = ("grid", "division", "organization")


class AuthorityBackend(BaseBackend):
    """Permissions on places and bodies, as :func:`authority_of` reads them; without a place nothing is allowed.

    guardian's own backend would read the rows alone and keep allowing a grant that has expired.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether ``verb`` or ``app.verb`` is held on exactly this place now."""
        app, _, verb = perm.rpartition(".")
        if app and obj is not None and app != obj._meta.app_label:
            return False
        return verb in self.get_all_permissions(user_obj, obj)

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the verbs that are held on exactly this place now."""
        kind = obj._meta.model_name if obj is not None else ""
        if kind not in PLACES:
            return set()
        return {
            verb for verb, found, place in authority_of(user_obj).grants if (found, place) == (kind, obj.pk)
        }
