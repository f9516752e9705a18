"""Demonstration accounts outside the demo."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from accounts.models import User
from tests.doors import PASSWORD, Visitor
from tests.town import Town


@pytest.fixture
def actor(town: Town) -> User:
    return User.objects.create_user("worker", PASSWORD, name="陈", is_demonstration=True)


def sign_in() -> int:
    return Client().post("/sign-in/", {"username": "worker", "password": PASSWORD}).status_code


@override_settings(DEMO_MODE=False)
def test_outside_the_demo_its_accounts_do_not_open(actor: User) -> None:
    assert sign_in() == 422


@override_settings(DEMO_MODE=True)
def test_in_the_demo_they_open(actor: User) -> None:
    assert sign_in() == 302


def test_when_the_demo_ends_open_sessions_end_with_it(actor: User) -> None:
    visitor = Visitor(actor)
    with override_settings(DEMO_MODE=True):
        assert visitor.get("/account/").status_code == 200
        assert visitor.get("/api/v1/me/").status_code == 200
    with override_settings(DEMO_MODE=False):
        assert visitor.get("/account/").status_code == 302
        assert visitor.get("/api/v1/me/").status_code in (401, 403)
