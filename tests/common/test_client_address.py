"""A client cannot choose the address under which its failures are counted."""

from __future__ import annotations

import pytest
from django.test import RequestFactory, override_settings

from common.web.client_address import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "10.2.3.4", "10.2.3.4"),
        (1, "6.6.6.6, 10.2.3.4", "10.2.3.4"),
        (2, "6.6.6.6, 10.2.3.4, 10.9.9.9", "10.2.3.4"),
        (2, "10.2.3.4", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(proxies: int, forwarded: str, expected: str) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    with override_settings(TRUSTED_PROXY_COUNT=proxies):
        assert client_address(request) == expected
