"""Every number of a pile or a queue equals the list behind it, for every person of the cast."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from accounts.actions import file_suggestion
from common.web.listing import Empty, Listing, Pile, page_of
from matters.models import Matter
from personnel.actions import appoint_to_office
from personnel.models import Organization
from tests.cases import case_in
from tests.proofs.matrix.world import things_of
from tests.town import FOUNDED, MONDAY, PEOPLE, Town
from workflow import actions
from workflow.models import Case
from workflow.queues import DESK_QUEUES, FIELD_QUEUES, QUEUES, TRAY_QUEUES, cases_in, counts_of

PAGES_OF_QUEUES = {
    "workflow:desk": DESK_QUEUES,
    "workflow:tray": TRAY_QUEUES,
    "workflow:village": FIELD_QUEUES,
}
PAGES_OF_PILES = (
    "access:grants",
    "boards:boards",
    "conduct:complaints",
    "frame:suggestions",
    "improvement:tasks",
    "matters:filings",
    "matters:proposals",
    "matters:requests",
    "personnel:organizations",
    "plans:filings",
    "plans:plans",
    "supervision:orders",
)


@pytest.fixture
def cases(town: Town) -> None:
    """A case in every status on the ordinary road, one of each light at each step, and one that is closed."""
    for status in ("awaiting_leader", "coordinating", "awaiting_acceptance", "awaiting_assignment"):
        case_in(status, town)
    for light in (Case.Light.NEAR, Case.Light.LATE, Case.Light.SUPERVISED):
        for status in ("awaiting_signature", "in_hand", "awaiting_verification"):
            case = case_in(status, town)
            Case.objects.filter(pk=case.pk).update(light=light)
    actions.pass_check(case, by=town.chen, at=MONDAY + timedelta(hours=2))


def browser_of(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(getattr(town, name))
    return client


def rows_behind(client: Client, address: str) -> int:
    """How many rows a list shows, all its pages together."""
    shown = 0
    while address:
        context = client.get(address.split("#")[0]).context
        shown += len(context["rows"] if "rows" in context else context["cards"])
        address = context["next_url"]
    return shown


@pytest.mark.usefixtures("cases")
def test_every_counted_queue_holds_as_many_as_its_number_says(town: Town) -> None:
    met = set()
    for name in PEOPLE:
        person = getattr(town, name)
        for key, number in counts_of(person, QUEUES.values()).items():
            assert number == cases_in(QUEUES[key], person).count(), (name, key)
            met |= {key} if number else set()
    assert met >= {
        "acceptance",
        "near",
        "late",
        "supervised",
        "to_sign",
        "unit_late",
        "to_take_up",
        "to_verify",
    }


def test_every_queue_stands_on_one_page_and_has_words_for_when_it_is_empty() -> None:
    together = [queue.key for queues in PAGES_OF_QUEUES.values() for queue in queues]
    assert sorted(together) == sorted(QUEUES)
    letters = [queue.go for queue in DESK_QUEUES]
    assert all(letters) and len(set(letters)) == len(letters)
    for queue in QUEUES.values():
        assert queue.empty.title and queue.empty.text, queue.key


@pytest.mark.slow
@pytest.mark.usefixtures("cases")
def test_every_number_on_a_page_of_queues_equals_the_list_that_it_opens(town: Town) -> None:
    opened = set()
    for name in PEOPLE:
        client = browser_of(town, name)
        for view in PAGES_OF_QUEUES:
            answer = client.get(reverse(view))
            if answer.status_code != 200:
                continue
            opened.add(view)
            for tab in answer.context["queues"]:
                if tab.count != "":
                    assert rows_behind(client, tab.url) == tab.count, (name, tab.url)
    assert opened == set(PAGES_OF_QUEUES)


@pytest.mark.slow
def test_every_number_of_a_pile_equals_the_list_that_it_opens(town: Town) -> None:
    things_of(town)
    city = Organization.objects.get(code="auth-city")
    appoint_to_office(town.nobody, role="system_admin", organization=city, on=FOUNDED, at=MONDAY, by=None)
    file_suggestion(town.chen, text="字太小", page="", at=MONDAY)
    listings, filled = {}, set()
    for name in PEOPLE:
        client = browser_of(town, name)
        for view in PAGES_OF_PILES:
            answer = client.get(reverse(view))
            if answer.status_code != 200:
                continue
            listings[view] = answer.context["listing"]
            for pile in answer.context["piles"]:
                assert rows_behind(client, pile.url) == pile.count, (name, pile.url)
                filled |= {view} if pile.count else set()
    assert set(listings) == set(PAGES_OF_PILES), "each of them opens for somebody"
    assert filled >= set(PAGES_OF_PILES) - {"plans:filings", "matters:filings"}
    assert [each.label for each in listings_with_piles() if each not in listings.values()] == []


def listings_with_piles() -> list[Listing]:
    """Every list with piles that some view declares."""
    assert get_resolver().url_patterns  # loads every view
    loaded = [
        module for name, module in sys.modules.items() if ".views" in name or name.startswith("filing.")
    ]
    found = [each for module in loaded for each in vars(module).values() if isinstance(each, Listing)]
    return [each for each in found if each.piles]


def asked(address: str) -> Any:
    return RequestFactory().get(address)


@pytest.mark.django_db
def test_links_keep_what_the_address_says_and_the_last_page_leads_no_further(town: Town) -> None:
    matters = Matter.objects.filter(edition__county__code="410922")
    first = page_of(asked("/somewhere/?q=a"), matters, size=50, query={"q": "a", "empty": ""}, part="#list")
    assert first.first_url == "" and first.next_url.startswith("/somewhere/?q=a&cursor=")
    assert first.next_url.endswith("#list") and "empty" not in first.next_url
    second = page_of(asked(first.next_url.split("#")[0]), matters, size=50, query={"q": "a"})
    assert second.first_url == "/somewhere/?q=a"
    assert {row.pk for row in first.rows}.isdisjoint({row.pk for row in second.rows})
    assert page_of(asked("/somewhere/"), matters.filter(pk=first.rows[0].pk)).next_url == ""


def test_a_list_cannot_be_declared_without_words_for_when_it_is_empty() -> None:
    with pytest.raises(ValueError, match="empty"):
        Listing(label="任务")
    with pytest.raises(TypeError):
        Pile("待办")  # type: ignore[call-arg]
    assert Listing(label="任务", empty=Empty("没有任务")).empty
