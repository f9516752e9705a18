"""The retention of the addresses of people who have left: erased, and nothing is sent there any more (Art. 20)."""

from __future__ import annotations

from channels.models import PersonalChannel
from common.privacy.datasets import DataSet, Rows, delete_rows, register
from personnel.retention import of_leavers


def _addresses() -> Rows:
    return of_leavers(PersonalChannel.objects.all())


register(
    DataSet(
        "channels.addresses",
        "离岗人员的接收地址",
        _addresses,
        {"left": "left_on"},
        delete_rows(PersonalChannel),
        {"account": "user_id"},
    )
)
