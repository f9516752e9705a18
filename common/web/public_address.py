"""The address at which residents reach the platform: for QR codes, links on paper and links that are handed on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def public_url(request: HttpRequest, path: str) -> str:
    """The whole address of ``path``: under PUBLIC_ADDRESS, or without it under the name that this request uses."""
    base: str = settings.PUBLIC_ADDRESS
    return base + path if base else request.build_absolute_uri(path)


def is_public_address_set() -> bool:
    """Whether the setting names the public address; without it a code may lead to a name of the inner network."""
    return bool(settings.PUBLIC_ADDRESS)
