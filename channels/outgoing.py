"""Sends one HTTP request to a gateway, and only to where a gateway may be.

The name is resolved once, every address that it has is checked, and the connection goes to one that was checked, so
that a name that answers differently the second time leads nowhere else. Redirections are not followed. Private
addresses are refused unless a setting allows them (server-side request forgery).
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Timer
from urllib.parse import quote_plus, urlsplit

from django.conf import settings

from common.errors import RuleViolation

LONGEST_ANSWER = 4096
WRONG_ADDRESS = "地址应是完整的 https 网址，不带账号密码，例如 https://sms.example.cn/send。"
PRIVATE = "这个地址在本机、内网或保留地址，不能用作通道；确需使用的，由部署的人设 GATEWAYS_MAY_BE_PRIVATE。"
UNKNOWN = "这个地址的主机名解析不到，请核对。"
# Addresses that carry another one inside, which the checks of the library do not look into.
TUNNELS = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
)


class Refused(Exception):
    """The gateway refused this message for good: the same message need not be tried again."""


@dataclass(frozen=True)
class Target:
    """Where a request goes: a checked address, and the name for TLS and for the head of the request."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str


@dataclass(frozen=True)
class Answer:
    """The status of an answer and the beginning of its text."""

    status: int
    text: str


def target_of(url: str) -> Target:
    """Returns where ``url`` leads. Raises :class:`RuleViolation` for what is no address of a gateway."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise RuleViolation(WRONG_ADDRESS, field="url") from None
    is_open = settings.GATEWAYS_MAY_BE_PRIVATE
    schemes = ("https", "http") if is_open else ("https",)
    host = parts.hostname or ""
    if parts.scheme not in schemes or not host or parts.username or parts.password or not url.isascii():
        raise RuleViolation(WRONG_ADDRESS, field="url")
    port = port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise RuleViolation(UNKNOWN, field="url") from None
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not is_open and not all(is_public(address) for address in addresses):
        raise RuleViolation(PRIVATE, field="url")
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return Target(parts.scheme, host, port, path, addresses[0])


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open network: not of this machine, a private one, reserved or a tunnel."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in tunnel for tunnel in TUNNELS):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


class _ToTheAddress(http.client.HTTPConnection):
    """A connection to a checked address, under the name of the host."""

    def __init__(self, target: Target, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self.target = target

    def connect(self) -> None:
        """Connects to the address that was checked, and to no other."""
        plain = socket.create_connection((self.target.ip, self.target.port), self.timeout)
        if self.target.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self.target.host)
        else:
            self.sock = plain


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Sends ``body`` and returns the answer. Raises OSError or HTTPException if none comes in time."""
    target = target_of(url)
    connection = _ToTheAddress(target, settings.GATEWAY_TIMEOUT)
    # Each wait has an end; so has the whole, against an answer that comes a byte at a time.
    alarm = Timer(settings.GATEWAY_LONGEST, _cut, [connection])
    alarm.daemon = True
    alarm.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(LONGEST_ANSWER).decode("utf-8", "replace"))
    finally:
        alarm.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Returns the HMAC-SHA256 over ``timestamp.body``, as the head ``X-Signature`` carries it."""
    found = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={found.hexdigest()}"


def signed_for_dingtalk(url: str, secret: str, timestamp: str) -> str:
    """Returns the address of a DingTalk robot with its signature (加签): milliseconds, and an HMAC over both."""
    moment = f"{timestamp}000"
    found = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    mark = "&" if "?" in url else "?"
    return f"{url}{mark}timestamp={moment}&sign={quote_plus(b64encode(found))}"
