"""What several journeys begin with."""

from __future__ import annotations

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.browser import Watched
from tests.journeys.editor import Editor, empty_draft
from tests.journeys.test_field_worker import enter
from tests.live import LiveCity


@pytest.fixture
def plan(live_city: LiveCity, django_db_blocker: DjangoDbBlocker) -> int:
    with django_db_blocker.unblock():
        return empty_draft(live_city)


@pytest.fixture
def editor(pages: Watched, plan: int) -> Editor:
    editor = Editor(enter(pages.open("desk"), "county_admin"), plan)
    editor.measure()
    return editor
