"""Pages for signed-in users are not stored on any disk."""

from __future__ import annotations

import pytest

from tests.cases import reported
from tests.doors import Visitor
from tests.town import Town


@pytest.mark.parametrize("path", ["/", "/account/", "/mine/", "/messages/", "/cases/{}/", "/api/v1/cases/"])
def test_what_a_signed_in_person_sees_is_kept_nowhere(town: Town, path: str) -> None:
    answer = Visitor(town.chen).get(path.format(reported(town).pk))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")


def test_what_anybody_may_see_may_be_kept(town: Town) -> None:
    assert "Cache-Control" not in Visitor().get("/help/").headers
    assert "no-store" not in Visitor(town.chen).get("/static/js/poll.js").headers["Cache-Control"]
