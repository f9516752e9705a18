"""The mechanism of a table of rules: one rule refuses, shows the button, and keeps everybody from his own affairs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from accounts.models import User
from audit.attempts import note_attempt
from common.errors import NotPermitted
from common.records.moves import MoveTable
from personnel.scopes import Authority, authority_of

Subject = TypeVar("Subject")
OWN = "不能给自己办：自己的岗位、权限和审批，由别人办理。"


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    """Whether somebody may, and the sentence a refused person reads.

    ``about`` names the accounts to which the verb gives something, or about which it decides: none of them may say
    it, whatever posts he holds (Art. 11, 20). A refusal of such a verb is kept in the trace.
    """

    may: Callable[[Authority, Subject], bool]
    sentence: str
    about: Callable[[Subject], Collection[int | None]] | None = None
    own: str = OWN

    def allows(self, authority: Authority, subject: Subject) -> bool:
        """Whether the posts allow it, and the person does not speak about himself."""
        return not self.is_own(authority, subject) and self.may(authority, subject)

    def is_own(self, authority: Authority, subject: Subject) -> bool:
        """Whether the person would give to himself, or decide about himself."""
        if self.about is None or authority.user_id is None:
            return False
        return authority.user_id in self.about(subject)

    def require(self, authority: Authority, subject: Subject, *, verb: str) -> None:
        """Raise :class:`NotPermitted` with the sentence unless the rule allows it."""
        if self.is_own(authority, subject):
            _refuse(self.own, authority, subject, verb=verb)
        if not self.may(authority, subject):
            if self.about is None:
                raise NotPermitted(self.sentence, verb=verb)
            _refuse(self.sentence, authority, subject, verb=verb)


class Rules(dict[str, Rule[Subject]]):
    """Which rule each verb of a noun has. The same table answers the refusal and shows the button."""

    def __init__(
        self,
        table: Mapping[str, Rule[Subject]],
        *,
        moves: MoveTable | None = None,
        is_time: Callable[[str, Subject], bool] | None = None,
        without_button: Collection[str] = (),
    ) -> None:
        """``moves`` or ``is_time`` say whether a verb's moment has come; ``without_button`` are never offered."""
        super().__init__(table)
        self.is_time = is_time or (lambda verb, row: moves is None or moves.allows(verb, status=row.status))
        self.without_button = frozenset(without_button)

    def may(self, verb: str, user: User, subject: Subject) -> bool:
        """Whether the person's posts allow the verb, whatever the moment."""
        return self[verb].allows(authority_of(user), subject)

    def require(self, verb: str, by: User | None, subject: Subject) -> None:
        """Raise :class:`NotPermitted` with the rule's sentence; the platform itself (None) is not asked."""
        if by is not None:
            self[verb].require(authority_of(by), subject, verb=verb)

    def open_to(self, user: User, subject: Subject) -> list[str]:
        """The verbs that the person may do now, in the order of the table: the page's buttons."""
        return self.open_under(authority_of(user), subject)

    def open_under(self, authority: Authority, subject: Subject) -> list[str]:
        """The same for an authority that is at hand."""
        return [
            verb
            for verb, rule in self.items()
            if verb not in self.without_button
            and self.is_time(verb, subject)
            and rule.allows(authority, subject)
        ]


Found = TypeVar("Found")


@dataclass(frozen=True)
class Entrance(Generic[Found]):
    """Who may open a page: ``opens`` gives what the page is made of for a person, or nothing; then he reads why."""

    opens: Callable[[User], Found | None]
    sentence: str

    def require(self, user: User) -> Found:
        """What the page is made of for the person. Raises :class:`NotPermitted` where that is nothing."""
        found = self.opens(user)
        if not found:
            raise NotPermitted(self.sentence)
        return found


def holding(*verbs: str) -> Callable[[User], bool]:
    """Whoever holds any of the verbs anywhere, and who sees all."""

    def holds(user: User) -> bool:
        authority = authority_of(user)
        return authority.sees_all or authority.holds(*verbs)

    return holds


def _refuse(sentence: str, authority: Authority, subject: Any, *, verb: str) -> None:
    if authority.user_id is not None:
        note_attempt(authority.user_id, verb=verb, on=key_of(subject))
    raise NotPermitted(sentence, verb=verb)


def key_of(subject: Any) -> str:
    """How the trace names what a rule was asked about: ``proposal:7``."""
    return str(getattr(subject, "key", "")) or f"{subject._meta.model_name}:{subject.pk or ''}"
