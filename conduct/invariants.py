"""The chain of a complaint ends where the complaint stands (Art. 12, 25)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat

from audit.models import Entry
from common.invariants import Invariant
from conduct.models import Complaint


def complaints_besides_their_chain() -> Iterator[str]:
    """Complaints whose status or finding is not what the last link of their chain says."""
    subject = Concat(Value("complaint:"), Cast(OuterRef("pk"), CharField()))
    last = Entry.objects.filter(subject=subject).order_by("-seq")
    said = {key: last.values(text=KeyTextTransform(key, "record"))[:1] for key in ("status", "finding")}
    rows = Complaint.objects.annotate(
        chain_status=Subquery(said["status"], output_field=CharField()),
        chain_finding=Subquery(said["finding"], output_field=CharField()),
    )
    for row in rows.exclude(chain_status=F("status")) | rows.exclude(chain_finding=F("finding")):
        yield f"{row} 的现状与审计链不一致"


INVARIANTS = (Invariant("投诉的现状等于审计链所记", complaints_besides_their_chain),)
