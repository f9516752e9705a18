"""Who may do what with the account of another (Art. 20): one table refuses, shows the button and authorizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from accounts.models import User
from grids.models import Division
from personnel.account_management import holds_over_all, places_of_authority
from personnel.models import GridPosting
from personnel.rules import Rule, Rules
from personnel.scopes import Authority, authority_of
from personnel.sessions import ADMINISTERS


@dataclass(frozen=True)
class Account:
    """Whose account, and on which day."""

    person: User
    day: date

    @property
    def key(self) -> str:
        """How the trace names it."""
        return f"account:{self.person.pk}"

    @cached_property
    def places(self) -> list[Division]:
        """Every place on which the person has authority; read once, however many rules ask."""
        return places_of_authority(self.person, day=self.day)


def has_charge(authority: Authority, account: Account) -> bool:
    """Who manages every place on which the person has authority."""
    return holds_over_all(authority, "manage_staff", account.places)


def guards(authority: Authority, account: Account) -> bool:
    """Who guards the accounts of every such place."""
    return holds_over_all(authority, "administer_security", account.places)


def has_charge_or_guards(authority: Authority, account: Account) -> bool:
    """Either of them: a lost phone must not wait."""
    return has_charge(authority, account) or guards(authority, account)


def lets_in(authority: Authority, account: Account) -> bool:
    """Who has charge; of an administrator the system administrator alone.

    An administrator's password comes from the system administrator, the second factor from the security's, so
    nobody alone can take over an administrator's account.
    """
    reach = authority_of(account.person)
    if reach.sees_all or (reach.holds(*ADMINISTERS) and not authority.holds("administer_system")):
        return False
    return has_charge(authority, account)


def binds_phone(authority: Authority, account: Account) -> bool:
    """A phone is bound for people of the grids."""
    works = GridPosting.objects.current(account.day).filter(user=account.person).exists()
    return works and lets_in(authority, account)


def owner(account: Account) -> tuple[int]:
    """Whose account it is."""
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
