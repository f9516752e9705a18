"""The sentences about posts that the township and the county are told."""

from __future__ import annotations

from datetime import datetime

from notifications.actions import tell
from personnel.models import Vacancy
from personnel.scopes import audience

VACANT = "vacancy"


def vacant(vacancy: Vacancy, *, at: datetime) -> None:
    """A post that the law asks for is held by nobody: the township must fill it, the county knows (Art. 10)."""
    township = vacancy.village.parent
    sentence = f"{vacancy.grid or vacancy.village}缺{vacancy.get_role_display()}，请尽快配备（条例第十条）。"
    for place in (township, township.parent if township else None):
        if place is not None:
            to = audience("manage_staff", "division", place.pk)
            tell(to, topic=VACANT, subject=f"staffing:{place.pk}", sentence=sentence, at=at)
