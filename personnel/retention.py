"""Retention for people who have left: private numbers are erased, posts and names stay on record (Art. 20)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import DateField, Exists, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from common import clock
from common.privacy.datasets import DataSet, Rows, register
from personnel.models import ContactRecord, GridPosting, IdentityRecord, OfficePosting
from worktime.clocks import day_of

LONG_AGO = Value(date(1900, 1, 1), output_field=DateField())


def of_leavers(rows: Rows) -> Rows:
    """Return rows of people without present or future posts, with the last day of their last post."""
    today = day_of(clock.now())
    for postings in (GridPosting, OfficePosting):
        held = postings.objects.filter(user=OuterRef("user")).filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=today)
        )
        rows = rows.exclude(Exists(held))
    last = {
        name: Coalesce(
            Subquery(
                postings.objects.filter(user=OuterRef("user"))
                .order_by()
                .values("user")
                .annotate(last=Max("ends_on"))
                .values("last")
            ),
            LONG_AGO,
        )
        for name, postings in (("grid", GridPosting), ("office", OfficePosting))
    }
    left = rows.annotate(left_on=Greatest(last["grid"], last["office"]))
    return left.exclude(left_on=LONG_AGO)  # a person who never held a post has not left, only been entered


def _contacts() -> Rows:
    return of_leavers(ContactRecord.objects.exclude(private_phone=b"", home_address=b""))


def _identities() -> Rows:
    return of_leavers(IdentityRecord.objects.exclude(id_number=b""))


def _empty_contacts(numbers: Sequence[Any], at: datetime) -> Collection[Any]:
    free = ContactRecord.objects.select_for_update(skip_locked=True).filter(pk__in=numbers)
    found = list(free.values_list("pk", flat=True))
    empty = {"private_phone": b"", "private_phone_index": "", "home_address": b""}
    ContactRecord.objects.filter(pk__in=found).update(**empty)
    return found


def _empty_identities(numbers: Sequence[Any], at: datetime) -> Collection[Any]:
    free = IdentityRecord.objects.select_for_update(skip_locked=True).filter(pk__in=numbers)
    found = list(free.values_list("pk", flat=True))
    IdentityRecord.objects.filter(pk__in=found).update(id_number=b"", id_number_index="")
    return found


register(
    DataSet(
        "personnel.contacts",
        "离岗人员的私人联系方式",
        _contacts,
        {"left": "left_on"},
        _empty_contacts,
        {"account": "user_id"},
    ),
    DataSet(
        "personnel.identities",
        "离岗人员的身份证号",
        _identities,
        {"left": "left_on"},
        _empty_identities,
        {"account": "user_id"},
    ),
)
