"""Scripted faults on the report form: the network is cut, answers are dropped, pages end; no text is lost or doubled.

The run of all tests tries every fault with every ending. ``FAULTS=300`` tries that many other scripts, drawn with a
fixed seed: several faults one after the other, with and without a photo, written in one tab or moved to another.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from random import Random

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser import Watched, a_picture
from tests.journeys.test_field_worker import enter, number_of
from tests.journeys.test_no_word_lost import (
    CUT,
    MAIN,
    REPORTS,
    STATE,
    kill,
    new_words,
    opened,
    reported,
    wait_for_report,
    wait_until,
    write,
)
from tests.live import LiveCity

pytestmark = pytest.mark.journey

MORE = int(os.environ.get("FAULTS", "0"))
SEED = 20261130


def cut_before(route: Route) -> None:
    route.abort()


def drop_the_answer(route: Route) -> None:
    route.fetch()
    route.abort()


def busy(route: Route) -> None:
    route.fulfill(status=503, json={"code": "busy", "sentence": "服务器忙"})


def garbled(route: Route) -> None:
    route.fetch()
    route.fulfill(status=502, body="<html>bad gateway")


def cut_within(route: Route) -> None:
    route.fetch()
    route.abort("connectionreset")


def lost_on_the_way(route: Route) -> None:
    route.abort("timedout")


FAULTS: dict[str, Callable[[Route], None]] = {
    "cut before": cut_before,
    "answer dropped": drop_the_answer,
    "busy": busy,
    "garbled": garbled,
}
ALL_FAULTS = {**FAULTS, "cut within": cut_within, "lost on the way": lost_on_the_way}
ENDS = ("stays", "reloads", "closes")
ALL_ENDS = (*ENDS, "killed", "other tab", "offline first")


@dataclass(frozen=True)
class Script:
    """What happens to a report: these faults one after the other, then how the page goes on."""

    faults: tuple[str, ...]
    ends: str
    has_photo: bool = False

    def __str__(self) -> str:
        return f"{', '.join(self.faults)}; {self.ends}{' with a photo' if self.has_photo else ''}"


def fixed() -> list[Script]:
    """Every fault once and twice, with every ending."""
    return [Script((fault,) * times, ends) for fault, times, ends in product(FAULTS, (1, 2), ENDS)]


def drawn(number: int) -> Iterator[Script]:
    """As many different scripts, none of them fixed."""
    random, seen = Random(SEED), set(fixed())
    while len(seen) < number + len(fixed()):
        length = random.choice((1, 2, 2, 3, 3, 4))
        faults = tuple(random.choice(list(ALL_FAULTS)) for _ in range(length))
        script = Script(faults, random.choice(ALL_ENDS), random.random() < 0.4)
        if script not in seen:
            seen.add(script)
            yield script


@pytest.fixture
def worker(pages: Watched, phone_page: Page) -> Page:
    """A worker at the report form; what a cut network says in the console is excused."""
    pages.excuse(phone_page, f"{CUT}|ERR_TIMED_OUT|ERR_CONNECTION_RESET")
    return opened(enter(phone_page, "worker"))


@pytest.mark.parametrize("script", list(drawn(MORE)) if MORE else fixed(), ids=str)
def test_faults_lose_nothing_and_double_nothing(worker: Page, live_city: LiveCity, script: Script) -> None:
    page, context, text = worker, worker.context, new_words()
    left = list(script.faults)

    def act(route: Route) -> None:
        if left:
            ALL_FAULTS[left.pop()](route)
        else:
            route.continue_()

    write(page, text)
    if script.has_photo:
        page.locator("input[name=photos][multiple]").set_input_files([a_picture()])
        expect(page.locator("[data-photos] canvas")).to_be_visible()
    if script.ends == "offline first":
        context.set_offline(True)
        page.locator(MAIN).tap()
        expect(page.locator(STATE)).to_contain_text("待上传")
        context.route(REPORTS, act)
        context.set_offline(False)
    else:
        context.route(REPORTS, act)
        page.locator(MAIN).tap()
    if script.ends != "offline first":
        expect(page.locator(STATE)).to_contain_text("待上传")
    taps = 0
    while left and taps < 8:
        before, taps = len(left), taps + 1
        tap_again(page, sends_by_itself=script.ends == "offline first")
        wait_until(page, lambda before=before: len(left) < before)  # type: ignore[misc]
    assert not left, "every fault happened"
    if script.ends == "offline first":
        tap_again(page, sends_by_itself=True)
        number_of(page)
    elif script.ends == "stays":
        expect(page.locator(STATE)).to_contain_text("待上传")
        page.locator(MAIN).tap()
        number_of(page)
    elif script.ends == "reloads":
        page.goto("/mine/")
    else:
        page = gone_on(page, script.ends)
    wait_for_report(page, live_city, text)
    if script.ends not in ("stays", "offline first"):
        expect(page.locator("[data-outbox]")).to_contain_text("都已上传", timeout=20_000)
    opened(page, "/")
    expect(page.locator("[data-outbox]")).to_be_hidden()
    assert reported(live_city, text) == 1


def tap_again(page: Page, *, sends_by_itself: bool) -> None:
    """Press the button once more; a page whose network has returned may already be sending, or have gone on."""
    if not sends_by_itself:
        page.locator(MAIN).tap()
        return
    with suppress(Error):
        page.locator(MAIN).tap(timeout=2_000)


def gone_on(page: Page, ends: str) -> Page:
    """The next page after the first was closed or killed, or another tab beside it."""
    context = page.context
    if ends == "closes":
        page.close()
    elif ends == "killed":
        kill(page)
    return opened(context.new_page(), "/")
