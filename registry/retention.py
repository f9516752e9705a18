"""Retention of the register: what is no longer true, or no longer confirmed, is erased; counts stay (Art. 20, 26)."""

from __future__ import annotations

from common.privacy.datasets import DataSet, Rows, register
from registry.actions.erasing import erase_values
from registry.fields import FIELDS, NAMED
from registry.models import Value

HELD_BY = {"record": "record_id"}


def _texts() -> Rows:
    """Personal values that still have their text."""
    return Value.objects.filter(erased_at=None).exclude(text=b"")


register(
    DataSet(
        "registry.earlier",
        "人地事组织：已被更新的居民信息",
        lambda: _texts().filter(until__isnull=False),
        {"replaced": "until"},
        erase_values,
        HELD_BY,
    ),
    DataSet(
        "registry.gone",
        "人地事组织：已注销对象的居民信息",
        lambda: _texts().filter(record__status="ended"),
        {"ended": "record__ended_on"},
        erase_values,
        HELD_BY,
    ),
    DataSet(
        "registry.sensitive",
        "人地事组织：不再核对的健康、救助和特定对象情况",
        lambda: _texts().filter(field__in=[each.key for each in FIELDS if each.verb == NAMED]),
        {"confirmed": "confirmed_at"},
        erase_values,
        HELD_BY,
    ),
)
