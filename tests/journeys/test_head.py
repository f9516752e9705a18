"""The head of every page holds its menu, its search and its tools, whoever looks and however wide the screen is."""

from __future__ import annotations

import pytest

from tests.browser import Watched
from tests.journeys.test_field_worker import enter

pytestmark = pytest.mark.journey
WIDTHS = (320, 390, 768, 1024, 1279, 1280, 1366, 1920)


@pytest.mark.parametrize("persona", ["county_admin", "dispatcher", "desk_head", "city", "handler"])
def test_the_head_never_runs_off_the_screen_and_always_leads_to_the_search(
    pages: Watched, persona: str
) -> None:
    page = enter(pages.open("desk"), persona)
    page.goto("/help/")
    too_wide, without = [], []
    for large in (False, True):
        page.evaluate("large => { if (large) document.documentElement.dataset.size = 'large' }", large)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
                too_wide.append((width, large))
            if page.locator(".head-search input:visible, .head-find:visible").count() != 1:
                without.append((width, large))
    assert (too_wide, without) == ([], [])
