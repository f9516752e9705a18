"""Who may do what with another person's account (Art. 20): one table refuses, shows the button and authorizes."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from accounts.models import User
from common.errors import NotPermitted
from grids.models import Division
from personnel.account_management import holds_over_all, places_of_authority
from personnel.models import GridPosting
from personnel.rules import Rule, Rules
from personnel.scopes import Authority, authority_of
from personnel.sessions import ADMINISTERS


@dataclass(frozen=True)
class Account:
    """The person whose account it is, and the day."""

    person: User
    day: date

    @property
    def key(self) -> str:
        """Return the account's name in the trace."""
        return f"account:{self.person.pk}"

    @cached_property
    def places(self) -> list[Division]:
        """Return every place on which the person has authority; read once for all rules."""
        return places_of_authority(self.person, day=self.day)


def has_charge(authority: Authority, account: Account) -> bool:
    """Whether the user manages every place on which the person has authority."""
    return holds_over_all(authority, "manage_staff", account.places)


def guards(authority: Authority, account: Account) -> bool:
    """Whether the user is security administrator over every such place."""
    return holds_over_all(authority, "administer_security", account.places)


def has_charge_or_guards(authority: Authority, account: Account) -> bool:
    """Whether the user is in charge or guards the account, because a lost phone must not wait."""
    return has_charge(authority, account) or guards(authority, account)


def lets_in(authority: Authority, account: Account) -> bool:
    """Whether the user is in charge; for an administrator's account only the system administrator.

    An administrator's password comes from the system administrator, the second factor from the security
    administrator, so that nobody alone can take over an administrator's account.
    """
    reach = authority_of(account.person)
    if reach.sees_all or (reach.holds(*ADMINISTERS) and not authority.holds("administer_system")):
        return False
    return has_charge(authority, account)


def binds_phone(authority: Authority, account: Account) -> bool:
    """Whether the person works in a grid and the user may let the person in."""
    works = GridPosting.objects.current(account.day).filter(user=account.person).exists()
    return works and lets_in(authority, account)


def owner(account: Account) -> tuple[int]:
    """Return the account of the owner."""
    return (account.person.pk,)


BY_CHARGE = "只有管理这名人员全部岗位的机构才能办；他在别处还有岗位或权限的，请共同的上级办理。"
ACCOUNT_VERBS: Rules[Account] = Rules(
    {
        "password": Rule(lets_in, BY_CHARGE, owner),
        "device": Rule(
            binds_phone, "绑定码只能发给在任的网格长、网格指导员、网格员，而且其全部岗位都由您管理。", owner
        ),
        "sign_out": Rule(has_charge_or_guards, BY_CHARGE, owner),
        "unbind": Rule(has_charge_or_guards, BY_CHARGE, owner),
        "reopen": Rule(has_charge, BY_CHARGE, owner),
        "reset": Rule(guards, "双重验证由安全管理员重置。", owner),
    }
)


def require_known(verb: str, known: Container[str]) -> None:
    """Raise :class:`NotPermitted` if there is no such verb of an account."""
    if verb not in known:
        raise NotPermitted("没有这件事可办。", verb=verb)
