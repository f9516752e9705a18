"""Stop the erasure of a subject while a lawsuit or an inspection needs it, and allow it again (Art. 20, 25)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.actions import append_entry, hold
from audit.models import Entry
from common.errors import IllegalMove, RuleViolation
from common.privacy.datasets import SUBJECT, data_sets
from retention.models import LegalHold
from retention.policies import require_holder

LONGEST_REASON = 200


@transaction.atomic
def place_hold(subject: str, *, reason: str, by: User, at: datetime) -> LegalHold:
    """Stop all erasure of a subject (``case:7``) until the hold is lifted."""
    require_holder(by, verb="place_hold")
    subject, words = subject.strip(), _reason(reason)
    kinds = {kind for each in data_sets().values() for kind in each.held_by if kind != SUBJECT}
    if subject.partition(":")[0] not in kinds:
        raise RuleViolation(f"对象应写成 case:7 这样，可以是 {'、'.join(sorted(kinds))}。", field="subject")
    if not Entry.objects.filter(subject=subject, seq=1).exists():
        raise RuleViolation("没有这个对象，请核对编号。", field="subject")
    hold(f"legal_hold_of:{subject}")
    if LegalHold.objects.filter(subject=subject, lifted_at=None).exists():
        raise IllegalMove("这个对象已经暂停清除。")
    made = LegalHold.objects.create(subject=subject, reason=words, placed_by=by, placed_at=at)
    append_entry(
        f"legal_hold:{made.pk}", verb="hold", at=at, actor_id=by.pk, record={"of": subject}, first=True
    )
    return made


@transaction.atomic
def lift_hold(found: LegalHold, *, reason: str, by: User, at: datetime) -> LegalHold:
    """Lift a hold; expired data of the subject is erased the next night."""
    require_holder(by, verb="lift_hold")
    words = _reason(reason)
    locked = LegalHold.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if locked.lifted_at is not None:
        raise IllegalMove("这一条已经解除。")
    locked.lifted_by, locked.lifted_at, locked.lift_reason = by, at, words
    locked.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    append_entry(f"legal_hold:{locked.pk}", verb="lift", at=at, actor_id=by.pk, record={"of": locked.subject})
    return locked


def _reason(text: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_REASON:
        raise RuleViolation(f"请写明原因，最多 {LONGEST_REASON} 字。", field="reason")
    return words
