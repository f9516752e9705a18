"""Every sealed column is a piece that may be revealed by a rule, or is never revealed, for a reason (Art. 20)."""

from __future__ import annotations

import pytest
from django.apps import apps

from access.subjects import subjects
from access.tiers import TIERS
from common.privacy.sealing import SealedField

NEVER_REVEALED = {
    "channels.Gateway.secret": "only signs",
    "channels.Gateway.url": "a robot's address is its key; its host is shown",
    "channels.PersonalChannel.address": "messages are sent to it; shown to its owner alone, masked",
    "accounts.SecondFactor.secret": "only compared with what the person types",
    "registry.PeopleImport.lines": "read by who uploaded the file, on the import's own page, masked",
    "personnel.StaffImport.lines": "read by who uploaded the file, on the import's own page",
}


@pytest.mark.article(20)
def test_every_sealed_column_is_a_piece_of_a_subject_or_is_never_revealed() -> None:
    sealed = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    }
    pieces = {
        f"{subject.model._meta.label}.{name}" for subject in subjects().values() for name in subject.pieces
    }
    assert sealed - pieces == set(NEVER_REVEALED)
    assert pieces <= sealed
    assert {piece.tier for subject in subjects().values() for piece in subject.pieces.values()} <= set(TIERS)
