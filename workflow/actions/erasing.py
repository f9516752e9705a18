"""Which data of a case is erased when its retention time ends: the reporter's contact, and photos (Art. 20, 26).

The case stays, so every count stays. The sealed columns are emptied. The name, number and address are masked in the
texts of the case as well, with every other personal number. A link ``erase`` records the new state in the chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from audit.actions import append_entry
from common.privacy.ciphers import SealBroken
from common.privacy.redaction import without
from workflow.contacts import CONTACT_NAMES
from workflow.models import Attachment, Case, CaseContact

TEXTS = ("title", "description", "place", "result")


def empty_contacts(numbers: Sequence[Any], at: datetime) -> Collection[Any]:
    """Erases the contacts of these cases. Returns which were erased. A locked case waits until the next night."""
    asked = CaseContact.objects.filter(pk__in=numbers).values_list("case_id", flat=True)
    cases = {case.pk: case for case in _locked(asked)}
    found = list(CaseContact.objects.filter(case__in=cases).select_related("case"))
    for contact in found:
        case = cases[contact.case_id]
        changed = _mask_texts(case, list(known_of(contact)))
        for name in CONTACT_NAMES:
            setattr(contact, name, b"")
        contact.save(update_fields=list(CONTACT_NAMES))
        _trace(case, {"contact": True, "texts": changed}, at=at)
    return [contact.pk for contact in found]


def known_of(contact: CaseContact) -> Iterator[str]:
    """Yields the sealed data of a resident. Yields nothing if the key is gone, because then nobody can read it."""
    for name in CONTACT_NAMES:
        with suppress(SealBroken):
            yield contact.unseal(name)


def _mask_texts(case: Case, known: Sequence[str]) -> list[str]:
    """Masks in the texts of the case what is known of the resident. Returns which texts changed."""
    masked = {name: without(getattr(case, name), known) for name in TEXTS}
    answers = [[label, without(answer, known)] for label, answer in case.answers]
    changed = [name for name, text in masked.items() if text != getattr(case, name)]
    for name in changed:
        setattr(case, name, masked[name])
    if answers != [list(pair) for pair in case.answers]:
        case.answers = answers
        changed.append("answers")
    if changed:
        case.save(update_fields=changed)
    return [*changed, *_mask_shares(case, known)]


def _mask_shares(case: Case, known: Sequence[str]) -> list[str]:
    """Masks what is known of the resident in the tasks and results of the units that assisted."""
    changed = False
    for share in case.assignments.filter(is_lead=False):
        share.case, before = case, (share.task, share.result)
        share.task, share.result = without(share.task, known), without(share.result, known)
        if (share.task, share.result) != before:
            share.save(update_fields=["task", "result"])
            changed = True
    return ["shares"] if changed else []


def drop_case_photos(numbers: Sequence[Any], at: datetime) -> Collection[Any]:
    """Deletes photos of ended cases with their files. The chain of the case records how many."""
    asked = Attachment.objects.filter(pk__in=numbers).values_list("case_id", flat=True)
    cases = {case.pk: case for case in _locked(pk for pk in asked if pk is not None)}
    photos = Attachment.objects.select_for_update(of=("self",), skip_locked=True)
    by_case: dict[int, list[Attachment]] = defaultdict(list)
    for photo in photos.filter(pk__in=numbers, case__in=cases):
        by_case[photo.case_id or 0].append(photo)
    gone = [photo.pk for found in by_case.values() for photo in found]
    for pk, found in by_case.items():
        _drop(found)
        _trace(cases[pk], {"photos": len(found)}, at=at)
    return gone


def drop_unused_photos(numbers: Sequence[Any], at: datetime) -> Collection[Any]:
    """Deletes photos that were uploaded and never used, with their files. Returns which."""
    free = Attachment.objects.select_for_update(skip_locked=True)
    found = list(free.filter(pk__in=numbers, case__isnull=True))
    gone = [photo.pk for photo in found]
    _drop(found)
    return gone


def _drop(photos: Iterable[Attachment]) -> None:
    for photo in photos:
        file = photo.file
        photo.delete()
        transaction.on_commit(partial(file.storage.delete, str(file.name)))  # after a rollback the file stays


def _locked(numbers: Iterable[int]) -> list[Case]:
    """Returns those of these cases that have ended, locked in the order of their numbers."""
    free = Case.objects.select_for_update(of=("self",), skip_locked=True)
    return list(free.filter(pk__in=list(numbers), ended_at__isnull=False).order_by("pk"))


def _trace(case: Case, record: Mapping[str, Any], *, at: datetime) -> None:
    append_entry(f"case:{case.pk}", verb="erase", at=at, actor_id=None, record=record)
