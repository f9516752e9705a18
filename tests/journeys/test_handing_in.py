"""A worker whose account closed with the last post hands in what the phone kept, at the page of signing in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from accounts.actions import bind_device, issue_device_code
from accounts.models import User
from common import clock
from personnel.actions import relieve
from tests.browser import Watched, assert_accessible
from tests.databases import connected_to
from tests.journeys.test_field_worker import enter
from tests.journeys.test_no_word_lost import CUT, MAIN, new_words, opened, reported, wait_for_report, write
from tests.live import LiveCity
from worktime.clocks import day_of

pytestmark = pytest.mark.journey


def bind_phone(city: LiveCity) -> str:
    """The token of a phone that the county has just bound to the worker."""
    with connected_to(city.database):
        worker, head = (User.objects.get(username=name) for name in ("worker", "county_admin"))
        code = issue_device_code(worker, at=clock.now(), by=head)
        return bind_device(worker, code, name="手机", at=clock.now())[1]


def relieve_worker(city: LiveCity) -> None:
    """The worker's last post ends today, and the account with it."""
    with connected_to(city.database):
        worker, head, at = (
            User.objects.get(username="worker"),
            User.objects.get(username="county_admin"),
            clock.now(),
        )
        for post in worker.grid_postings.current(day_of(at)):
            relieve(post, on=day_of(at), at=at, by=head)
        worker.refresh_from_db()
        assert not worker.is_active


@pytest.fixture
def city(new_live_city: Callable[..., LiveCity]) -> LiveCity:
    return new_live_city("web")


@pytest.fixture
def own_pages(browser: Browser, city: LiveCity) -> Iterator[Watched]:
    watched = Watched(browser, city)
    yield watched
    assert not watched.close()


def phone_of(pages: Watched, city: LiveCity) -> Page:
    """The worker's phone, bound, with the form of a report open."""
    page = pages.open("phone")
    pages.excuse(page, f"{CUT}|status of 401")  # the closing is met by the page that is open
    enter(page, "worker")
    cookie = {"name": settings.DEVICE_COOKIE_NAME, "value": bind_phone(city), "url": city.url}
    page.context.add_cookies([cookie])
    return opened(page)


@pytest.mark.article(18)
def test_what_waited_goes_by_itself_and_what_was_begun_goes_as_it_stands(
    city: LiveCity, own_pages: Watched, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        page = phone_of(own_pages, city)
    waiting, begun = new_words(), new_words()
    page.context.set_offline(True)
    write(page, waiting)
    page.locator(MAIN).tap()
    page.get_by_role("button", name="先报下一件").tap()
    write(page, begun)
    page.wait_for_timeout(1500)  # it is saved within a second
    with django_db_blocker.unblock():
        relieve_worker(city)
    page.context.set_offline(False)
    page.goto("/report/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    wait_for_report(page, city, waiting)
    outbox = page.locator("[data-outbox]")
    expect(outbox).to_contain_text("您的账号已于")
    expect(outbox).to_contain_text("您写这份上报时的岗位已经结束，内容已按写的时候收下")
    assert reported(city, begun) == 0, "what was not handed over waits for the press"
    assert_accessible(page)
    page.get_by_role("button", name="照原样上报").tap()
    wait_for_report(page, city, begun)
    expect(page.locator(".draft[data-state=sent]")).to_have_count(2)
    page.reload()
    expect(page.locator("[data-outbox]")).to_be_hidden()
