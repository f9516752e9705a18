"""How an account is named in a box that takes an account name or a work telephone."""

from __future__ import annotations

from django.db.models import Q

from common.phones import normal_phone
from common.typed import code_in


def named_by(text: str) -> Q:
    """The accounts with this name or this work telephone, in whatever spelling they are typed."""
    names, phones = {text.strip(), code_in(text)}, {text.strip(), normal_phone(text)} - {""}
    return Q(username__in=names) | Q(phone__in=phones)
