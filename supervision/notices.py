"""The notices about supervision orders. Of a clue only the number of the order is told."""

from __future__ import annotations

from datetime import datetime

from notifications.actions import tell
from personnel.scopes import audience
from supervision.models import SupervisionOrder


def tell_addressee(order: SupervisionOrder, words: str, *, at: datetime) -> None:
    """Tells the unit's staff, or the person."""
    to = audience("handle", "organization", order.unit_id) if order.unit_id else f"user:{order.person_id}"
    _tell(order, to, words, at=at)


def tell_deciders(order: SupervisionOrder, words: str, *, at: datetime) -> None:
    """Tells the institution and the authority where the order stands now."""
    for verb in ("dispatch", "supervise"):
        _tell(order, audience(verb, "division", order.division_id), words, at=at)


def _tell(order: SupervisionOrder, to: str, words: str, *, at: datetime) -> None:
    about = "" if order.case.confidential else f"：{order.case.title}（{order.case.number}）"
    tell(to, topic="supervise", subject=order.chain_key, sentence=f"{words} {order.number}{about}", at=at)
