"""The client address of a request, trusting only our own proxies, and the network under which it is counted."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

ONE_HOUSEHOLD = 64  # bits of IPv6 prefix that one subscriber has at least; the subscriber chooses the rest


def client_address(request: HttpRequest | Request) -> str:
    """Return the client's address: the entry that our outermost proxy wrote, or the connection's own."""
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    count: int = settings.TRUSTED_PROXY_COUNT
    if 0 < count <= len(chain) and chain[-count]:
        return str(chain[-count])
    return str(request.META.get("REMOTE_ADDR", ""))


def client_network(request: HttpRequest | Request) -> str:
    """Return the network under which a request is counted wherever addresses are counted."""
    return network_of(client_address(request))


def network_of(address: str) -> str:
    """The IPv4 address itself, also if it is written as IPv6; for IPv6 the first address of its /64."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, ONE_HOUSEHOLD), strict=False).network_address)
