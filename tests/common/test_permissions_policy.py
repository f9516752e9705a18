"""A page may ask for the camera, the position and the clipboard, and for nothing else of the device."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from common.web.permissions_policy import OFF, OURS, POLICY
from puyang_grid.addresses import BASE_DIR
from tests.doors import Visitor
from tests.town import Town

# What our scripts ask the browser for, and the feature that allows it.
ASKED_FOR = {"geolocation": "geolocation", "clipboard": "clipboard-write"}
FREE = {"storage", "locks", "onLine", "permissions", "serviceWorker", "userAgent"}


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/nowhere/", "/livez", "/public/", "/api/v1/cases/", "/static/css/base.css"]
)
def test_every_answer_carries_the_policy(db: None, path: str) -> None:
    assert Client().get(path)["Permissions-Policy"] == POLICY


def test_a_page_of_somebody_signed_in_carries_it_too(town: Town) -> None:
    assert Visitor(town.zhao).get("/")["Permissions-Policy"] == POLICY


def test_the_camera_and_the_position_are_for_this_site_alone() -> None:
    policy = dict(part.split("=") for part in POLICY.split(", "))
    assert policy["camera"] == policy["geolocation"] == "(self)"
    assert {name for name, who in policy.items() if who != "()"} == {
        "camera",
        "geolocation",
        "clipboard-write",
    }
    assert policy["microphone"] == policy["payment"] == policy["usb"] == "()"
    assert len(policy) == len(OFF) + len(OURS)


def test_what_our_scripts_ask_for_is_allowed() -> None:
    asked = set()
    for path in (BASE_DIR / "static/js").rglob("*.js"):
        asked |= set(re.findall(r"navigator\.(\w+)", path.read_text(encoding="utf-8")))
    assert asked - FREE == set(ASKED_FOR)
    assert set(ASKED_FOR.values()) <= set(OURS)
