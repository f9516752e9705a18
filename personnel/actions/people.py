"""Enrol a person: an account and the sealed private records, which blind indexes can find (Art. 20)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audit.actions import append_entry
from common.errors import RuleViolation
from grids.models import Division
from personnel import policies
from personnel.identity import PersonDraft, tidied, why_not_person
from personnel.models import ContactRecord, IdentityRecord


@transaction.atomic
def enrol(draft: PersonDraft, *, place: Division, today: date, at: datetime, by: User | None) -> User:
    """Create the account of a new person and seal the private data; a known person is refused."""
    draft = tidied(draft)
    policies.require("enrol", by, place, by if by and is_oneself(by, draft) else None)
    for field, sentence in why_not_person(draft, today=today):
        raise RuleViolation(sentence, field=field)
    phone, number = draft.phone, draft.id_number
    if User.objects.filter(phone=phone).exists():
        raise RuleViolation("这个工作电话已有人用；如果是同一个人，任命时直接填这个电话。", field="phone")
    if number and known_by_identity(number) is not None:
        raise RuleViolation(
            "这个身份证号已经登记；如果是同一个人，任命时填他的账号或工作电话。", field="id_number"
        )
    username = draft.username or phone
    if User.objects.filter(username=username).exists():
        raise RuleViolation("这个账号已有人用，请换一个。", field="username")
    user = User(username=username, name=draft.name, phone=phone)
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    keep_records(user, private_phone=draft.private_phone, home_address=draft.home_address, id_number=number)
    append_entry(
        f"account:{user.pk}", verb="enrol", at=at, actor_id=by.pk if by else None, record={}, first=True
    )
    return user


def is_oneself(by: User, draft: PersonDraft) -> bool:
    """Whether the draft has a telephone or the identity number of ``by``, who must not enter themselves again."""
    own = IdentityRecord.objects.filter(user=by).values_list("id_number_index", flat=True).first()
    if own in IdentityRecord.indexes_of("id_number", draft.id_number):
        return True
    phones = {draft.phone, draft.private_phone} - {""}
    indexes = {index for phone in phones for index in ContactRecord.indexes_of("private_phone", phone)}
    return (
        by.phone in phones or ContactRecord.objects.filter(user=by, private_phone_index__in=indexes).exists()
    )


def keep_records(user: User, *, private_phone: str = "", home_address: str = "", id_number: str = "") -> None:
    """Seal the given values; empty ones stay as they are."""
    if private_phone or home_address:
        contact = ContactRecord.objects.filter(user=user).first() or ContactRecord(user=user)
        contact.seal(private_phone=private_phone, home_address=home_address.strip())
        contact.save()
    if id_number:
        identity = IdentityRecord.objects.filter(user=user).first() or IdentityRecord(user=user)
        identity.seal(id_number=id_number)
        identity.save()


def known_by_identity(number: str) -> User | None:
    """Return the account with this identity number, found only by the blind index, or None."""
    indexes = IdentityRecord.indexes_of("id_number", number)
    record = IdentityRecord.objects.filter(id_number_index__in=indexes).select_related("user").first()
    return record.user if record else None
