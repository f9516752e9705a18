"""A browser without scripts: pages as a signed-in user sees them, and how many statements they cost."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.shapes import Sent
from workflow.rulebook import forget_rulebook

PASSWORD = "puyang-2026-网格"


def signed_in(user: User) -> Client:
    """A browser in which somebody came in by the sign-in page, with a password."""
    if not user.check_password(PASSWORD):
        user.set_password(PASSWORD)
        user.save()
    client = Client()
    assert client.post("/sign-in/", {"username": user.username, "password": PASSWORD}).status_code == 302
    return client


class Visitor:
    """A signed-in person, or a stranger."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client()
        if user is not None:
            self.client.force_login(user)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query or None)

    def post(self, path: str, fields: Sent | None = None) -> Any:
        return self.client.post(path, fields or {})

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.content.decode())

    def statements(self, path: str) -> int:
        """How many statements the page costs a process that has been running for a while."""
        forget_rulebook()  # else it might be read again in the middle of the counting
        self.get(path)
        with CaptureQueriesContext(connection) as captured:
            answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return len(captured)
