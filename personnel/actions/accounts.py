"""The actions on the account of a person whom the user is in charge of: authorize, lock, act, notify (Art. 20)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import actions
from accounts.models import Device, User
from personnel.account_rules import ACCOUNT_VERBS, Account
from worktime.clocks import day_of


@transaction.atomic
def give_first_password(person: User, *, at: datetime, by: User) -> str:
    """Return a password for one sign-in, valid for 72 hours and shown once; the person is notified."""
    _begin(person, "password", at=at, by=by)
    return actions.issue_first_password(person, at=at, by=by)


@transaction.atomic
def give_device_code(person: User, *, at: datetime, by: User) -> str:
    """Return a code with which the person can bind a phone."""
    _begin(person, "device", at=at, by=by)
    return actions.issue_device_code(person, at=at, by=by)


@transaction.atomic
def sign_person_out(person: User, *, at: datetime, by: User) -> None:
    """End every session of the person and unbind the phones."""
    _begin(person, "sign_out", at=at, by=by)
    actions.sign_out_everywhere(person, at=at, by=by)


@transaction.atomic
def unbind_phone(device: Device, *, at: datetime, by: User) -> None:
    """Unbind the phone of the person."""
    _begin(device.user, "unbind", at=at, by=by)
    actions.unbind_device(device, at=at, by=by)


@transaction.atomic
def reopen(person: User, *, at: datetime, by: User) -> None:
    """Reopen the account of a person who comes back."""
    _begin(person, "reopen", at=at, by=by)
    actions.reopen_account(person, at=at, by=by)


@transaction.atomic
def reset_factor(person: User, *, at: datetime, by: User) -> None:
    """Delete the authenticator of a person who lost it."""
    _begin(person, "reset", at=at, by=by)
    actions.reset_second_factor(person, at=at, by=by)


def _begin(person: User, verb: str, *, at: datetime, by: User) -> None:
    """Lock the account and authorize; posts are given under the same lock."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)
    ACCOUNT_VERBS.require(verb, by, Account(person, day_of(at)))
