"""The registry of personal data for all apps: which pieces exist, and by which rule each may be opened (Art. 20).

An app that has sealed rows registers them in its module ``revealing.py``; nothing else ever shows them unmasked.
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

    ``in_sight``: whether the user may know that the row exists, and sees it masked. ``refusal``: why the user may
    not open a column now, as a sentence, or an empty string when it may be opened. ``tier_of``: the tier of this row,
    if not all rows of the kind have the same one. ``piece_of``, ``mask_of`` and ``words_of``: the same for the label,
    for how the text is masked, and for how it is read.
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
    piece_of: Callable[[Any], Piece] | None = None
    mask_of: Callable[[Any], str] | None = None
    words_of: Callable[[Any, str], str] | None = None


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Register a kind of sealed row."""
    _subjects[subject.kind] = subject


def subjects() -> Mapping[str, Subject]:
    """Return all registered kinds."""
    return _subjects


@dataclass(frozen=True)
class Found:
    """One column of one row that the user may see masked."""

    subject: Subject
    row: Any
    name: str

    @property
    def key(self) -> str:
        """Return the row's name in the trace: ``contact:7``."""
        return f"{self.subject.kind}:{self.row.pk}"

    @property
    def piece(self) -> Piece:
        """Return the label and tier of the column, in this row."""
        return self.subject.piece_of(self.row) if self.subject.piece_of else self.subject.pieces[self.name]

    @property
    def tier(self) -> str:
        """Return the tier of the column in this row."""
        return self.subject.tier_of(self.row) if self.subject.tier_of else self.piece.tier

    @property
    def masked(self) -> str:
        """Return the masked text, as everybody sees it who may see the row."""
        field = self.row._meta.get_field(self.name)
        assert isinstance(field, SealedField)
        kind = self.subject.mask_of(self.row) if self.subject.mask_of else field.kind
        return mask(self.row.unseal(self.name), kind=kind)

    def plain(self) -> str:
        """Return the text itself; call it only after the look has been recorded."""
        text: str = self.row.unseal(self.name)
        return self.subject.words_of(self.row, text) if self.subject.words_of else text


def find(user: User, key: str, name: str) -> Found:
    """Return the column of ``contact:7`` and ``private_phone``; raises :class:`Http404` if missing or out of sight."""
    kind, _, number = key.partition(":")
    subject = _subjects.get(kind)
    if subject is None or name not in subject.pieces or not number.isdecimal() or len(number) > 18:
        raise Http404
    row = subject.model._default_manager.filter(pk=int(number)).first()
    if row is None or not subject.in_sight(user, row):
        raise Http404
    return Found(subject, row, name)
