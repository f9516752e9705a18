"""Values whose time of keeping is over lose their text and their keys; who gave them and when stays (Art. 20, 26)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from audit.actions import append_entries
from registry.models import Record, SearchKey, Value


def erase_values(numbers: Sequence[Any], at: datetime) -> Collection[Any]:
    """Erases these values; returns which. Those of a record that is locked wait until the next night."""
    asked = Value.objects.filter(pk__in=numbers).values_list("record", flat=True)
    free = Record.objects.select_for_update(skip_locked=True).filter(pk__in=list(asked)).order_by("pk")
    records = {record.pk: record for record in free}
    found = list(Value.objects.filter(pk__in=numbers, record__in=records))
    by_record: defaultdict[int, list[str]] = defaultdict(list)
    for value in found:
        by_record[value.record_id].append(value.field)
        if value.until is None:
            SearchKey.objects.filter(record=value.record_id, field=value.field).delete()
    gone = [value.pk for value in found]
    Value.objects.filter(pk__in=gone).update(text=b"", shown="", erased_at=at)
    append_entries(
        {records[pk].chain_key: {"fields": sorted(fields)} for pk, fields in by_record.items()},
        verb="erase",
        at=at,
        actor_id=None,
    )
    return gone
