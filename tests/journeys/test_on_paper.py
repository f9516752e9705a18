"""What is folded on the screen is open on paper: how a time was counted is part of the case (Art. 18)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import Watched
from tests.journeys.test_field_worker import enter

pytestmark = pytest.mark.journey


@pytest.mark.article(18)
def test_how_a_time_is_counted_is_open_in_print_and_folded_again_on_the_screen(pages: Watched) -> None:
    page = enter(pages.open("desk"), "dispatcher")
    rows = page.request.get("/api/v1/cases/").json()["rows"]
    page.goto(f"/cases/{next(row['id'] for row in rows if row['due_at'])}/")
    folded = page.locator("details.why", has_text="时限怎么算")
    words = folded.locator("li").first
    expect(words).to_be_hidden()
    page.emulate_media(media="print")
    expect(words).to_be_visible()
    assert not folded.evaluate("each => each.open"), "by its style alone, without scripts too"
    page.emulate_media(media="screen")
    expect(words).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("[...document.querySelectorAll('details:not(.no-print)')].every(each => each.open)")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(words).to_be_hidden()
