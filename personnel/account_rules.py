"""Who may do what with the account of another (Art. 20): one table refuses, shows the button and authorizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from personnel.charge import has_charge_of
from personnel.models import GridPosting
from personnel.rules import Rule
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


def has_charge(authority: Authority, account: Account) -> bool:
    """Who manages every place on which the person has authority."""
    return has_charge_of(authority, account.person, day=account.day)


def guards(authority: Authority, account: Account) -> bool:
    """Who guards the accounts of every such place."""
    return has_charge_of(authority, account.person, day=account.day, verb="administer_security")


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
ACCOUNT_VERBS: dict[str, Rule[Account]] = {
    "password": Rule(lets_in, BY_CHARGE, owner),
    "device": Rule(
        binds_phone, "绑定码只能发给在任的网格长、网格指导员、网格员，而且其全部岗位都由您管理。", owner
    ),
    "sign_out": Rule(has_charge_or_guards, BY_CHARGE, owner),
    "unbind": Rule(has_charge_or_guards, BY_CHARGE, owner),
    "reopen": Rule(has_charge, BY_CHARGE, owner),
    "reset": Rule(guards, "双重验证由安全管理员重置。", owner),
}


def may(verb: str, by: User, person: User, *, day: date) -> bool:
    """Whether ``by`` may do ``verb`` with the account of ``person``."""
    return ACCOUNT_VERBS[verb].allows(authority_of(by), Account(person, day))


def require(verb: str, by: User, person: User, *, day: date) -> None:
    """Raise :class:`NotPermitted` with the rule's sentence unless ``by`` may."""
    ACCOUNT_VERBS[verb].require(authority_of(by), Account(person, day), verb=verb)
