"""The oracle of lists and their filings (Art. 14, 16): published lists are public, drafts are the county's own."""

from __future__ import annotations

from tests.proofs.matrix.oracle import HIDDEN, IN, LATE, NO, PEOPLE, Thing, holds, over


def edition_seen(person: str, edition: Thing) -> str:
    """Everybody sees a published edition; only the county's list keepers see a draft."""
    return IN if edition.status == "published" or holds(person, "lists", edition.place) else HIDDEN


def edition_changed(person: str, edition: Thing) -> str:
    """The county's list keepers may change its draft; nobody may change a published edition."""
    if edition_seen(person, edition) == HIDDEN:
        return HIDDEN
    if not holds(person, "lists", edition.place):
        return NO
    return IN if edition.status == "draft" else LATE


def edition_begun(person: str, thing: Thing) -> str:
    """A county's authority; the city keeps no list of its own."""
    return IN if any(verb == "lists" and place != "city" for verb, place in PEOPLE[person]) else NO


def filing_seen(person: str, filing: Thing) -> str:
    """The county's authority and the city's, and who supervises there."""
    return IN if over(person, "lists", filing.place) or over(person, "supervise", filing.place) else HIDDEN


def filing_verb(person: str, filing: Thing) -> str:
    """The county sends; the city receives, once it has been sent."""
    if filing_seen(person, filing) == HIDDEN:
        return HIDDEN
    if filing.about == "send_filing":
        return IN if holds(person, "lists", filing.place) else NO
    return LATE if holds(person, "lists", "city") else NO
