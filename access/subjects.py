"""What personal data there is, and by which rule each piece may be opened: one registry for all apps (Art. 20).

An app that keeps sealed rows registers them in its room ``revealing.py``; nothing else ever shows them unmasked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from accounts.models import User
from common.privacy.masking import mask
from common.privacy.sealing import SealedField, SealedRow


@dataclass(frozen=True)
class Piece:
    """One sealed column: its label and its tier."""

    label: str
    tier: str


@dataclass(frozen=True)
class Subject:
    """One kind of sealed row.

    ``in_sight``: the person may know that the row is there, and sees it masked. ``refusal``: why the person may
    not open a column now, as a sentence, or nothing when it may be opened. ``tier_of``: the tier of this row where
    not every row of the kind is of the same.
    """

    kind: str
    model: type[SealedRow]
    pieces: Mapping[str, Piece]
    in_sight: Callable[[User, Any], bool]
    refusal: Callable[[User, Any, str], str]
    person_id: Callable[[Any], int | None]
    whose: Callable[[Any], str]
    back: Callable[[Any], str]
    tier_of: Callable[[Any], str] | None = None


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Make a kind of sealed row known."""
    _subjects[subject.kind] = subject


def subjects() -> Mapping[str, Subject]:
    """All kinds that are known."""
    return _subjects


@dataclass(frozen=True)
class Found:
    """One column of one row, in sight of the person who asked."""

    subject: Subject
    row: Any
    name: str

    @property
    def key(self) -> str:
        """How the trace names the row: ``contact:7``."""
        return f"{self.subject.kind}:{self.row.pk}"

    @property
    def piece(self) -> Piece:
        """What the column is."""
        return self.subject.pieces[self.name]

    @property
    def tier(self) -> str:
        """Of which tier the column is in this row."""
        return self.subject.tier_of(self.row) if self.subject.tier_of else self.piece.tier

    @property
    def masked(self) -> str:
        """The text as everybody sees it who sees the row."""
        field = self.row._meta.get_field(self.name)
        assert isinstance(field, SealedField)
        return mask(self.row.unseal(self.name), kind=field.kind)

    def plain(self) -> str:
        """The text itself; call it only after the look has been recorded."""
        text: str = self.row.unseal(self.name)
        return text


def find(user: User, key: str, name: str) -> Found:
    """The column that ``contact:7`` and ``private_phone`` name; out of sight is as missing (:class:`Http404`)."""
    kind, _, number = key.partition(":")
    subject = _subjects.get(kind)
    if subject is None or name not in subject.pieces or not number.isdecimal() or len(number) > 18:
        raise Http404
    row = subject.model._default_manager.filter(pk=int(number)).first()  # type: ignore[attr-defined]
    if row is None or not subject.in_sight(user, row):
        raise Http404
    return Found(subject, row, name)
