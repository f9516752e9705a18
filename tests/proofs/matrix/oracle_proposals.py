"""The oracle of proposals: who sees one and who may run which verb, from Art. 14 and 16 (see oracle.py)."""

from __future__ import annotations

from tests.proofs.matrix.oracle import HIDDEN, IN, LATE, NO, Thing, anywhere, holds, over

PUBLIC = ("noticed", "adopted", "listed")
AUTHORITY = "authority"  # as the unit of a proposal: the county's own


def sees(person: str, proposal: Thing) -> bool:
    """Everybody from the public notice on; before it the applicant, the reviewers, the county and the city."""
    if proposal.status in PUBLIC or person == proposal.keeper or person in proposal.reviewers:
        return True
    if holds(person, "unit", proposal.unit):
        return True
    watches = any(over(person, verb, proposal.place) for verb in ("lists", "supervise", "dispatch", "law"))
    return watches and (proposal.status != "drafting" or proposal.unit == AUTHORITY)


def applies(person: str, proposal: Thing) -> bool:
    """Who works for the body that applies."""
    if proposal.unit == AUTHORITY:
        return holds(person, "lists", proposal.place)
    return holds(person, "unit", proposal.unit)


def proposal_seen(person: str, proposal: Thing) -> str:
    return IN if sees(person, proposal) else HIDDEN


def proposal_edited(person: str, proposal: Thing) -> str:
    """Its applicant, while it is a draft."""
    if not sees(person, proposal):
        return HIDDEN
    if not applies(person, proposal):
        return NO
    return IN if proposal.status == "drafting" else LATE


def proposal_verb(person: str, proposal: Thing) -> str:
    """The verb that is open in this status; each has one party that may run it."""
    if not sees(person, proposal):
        return HIDDEN
    may = {
        "drafting": applies(person, proposal),
        "formal_check": holds(person, "lists", proposal.place),
        "legal_review": holds(person, "law", proposal.place),
        "joint_review": person in proposal.reviewers,
        "noticed": holds(person, "lists", proposal.place),
    }[proposal.status]
    return IN if may else NO


def proposal_begun(person: str, thing: Thing) -> str:
    """Staff of a county's or township's body, and a county's authority; not the city's desk."""
    own = any(
        anywhere(person, "lists") and holds(person, "lists", f"city/{name}")
        for name in ("hualong", "qingfeng")
    )
    return IN if own or (anywhere(person, "unit") and not holds(person, "unit", "desk-city")) else NO


def comment_answered(person: str, comment: Thing) -> str:
    """The county's authority; everybody sees the proposal that the comment is about."""
    return IN if holds(person, "lists", comment.place) else NO
