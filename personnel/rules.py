"""Tables of rules: the same rule refuses, shows the button, and stops users from deciding about themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
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
    """Who may run a verb, and the sentence for a refused user.

    ``about`` returns the accounts that gain something by the verb or about which it decides: none of them may run
    it, whatever posts they hold (Art. 11, 20). A refusal of such a verb is recorded in the trace.
    """

    may: Callable[[Authority, Subject], bool]
    sentence: str
    about: Callable[[Subject], Collection[int | None]] | None = None
    own: str = OWN

    def allows(self, authority: Authority, subject: Subject) -> bool:
        """Whether the posts allow it and the user is not among the accounts that the verb is about."""
        return not self.is_own(authority, subject) and self.may(authority, subject)

    def is_own(self, authority: Authority, subject: Subject) -> bool:
        """Whether the verb would give something to the user or decide about the user."""
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
    """The rule of each verb of a noun. The same table refuses and shows the button."""

    def __init__(
        self,
        table: Mapping[str, Rule[Subject]],
        *,
        moves: MoveTable | None = None,
        is_time: Callable[[str, Subject], bool] | None = None,
        without_button: Collection[str] = (),
    ) -> None:
        """``moves`` or ``is_time`` decide whether the state allows a verb; ``without_button`` are never offered."""
        super().__init__(table)
        self.is_time = is_time or (lambda verb, row: moves is None or moves.allows(verb, status=row.status))
        self.without_button = frozenset(without_button)

    def may(self, verb: str, user: User, subject: Subject) -> bool:
        """Whether the user's posts allow the verb, in any state."""
        return self[verb].allows(authority_of(user), subject)

    def require(self, verb: str, by: User | None, subject: Subject) -> None:
        """Raise :class:`NotPermitted` with the rule's sentence; the platform itself (None) may do everything."""
        if by is not None:
            self[verb].require(authority_of(by), subject, verb=verb)

    def open_to(self, user: User, subject: Subject, *, among: Iterable[str] | None = None) -> list[str]:
        """Return the verbs that the user may run now, in the order of the table: the page's buttons.

        A list of many rows asks only for the verbs that it offers, in its own order: ``among``.
        """
        return self.open_under(authority_of(user), subject, among=among)

    def open_under(
        self, authority: Authority, subject: Subject, *, among: Iterable[str] | None = None
    ) -> list[str]:
        """Return the same as :meth:`open_to` for an authority that has already been read."""
        return [
            verb
            for verb in (self if among is None else among)
            if verb not in self.without_button
            and self.is_time(verb, subject)
            and self[verb].allows(authority, subject)
        ]


Found = TypeVar("Found")


@dataclass(frozen=True)
class Entrance(Generic[Found]):
    """Who may open a page: ``opens`` returns the page's data for a user; if empty, the user gets the sentence."""

    opens: Callable[[User], Found | None]
    sentence: str

    def require(self, user: User) -> Found:
        """Return the page's data for the user. Raises :class:`NotPermitted` if it is empty."""
        found = self.opens(user)
        if not found:
            raise NotPermitted(self.sentence)
        return found

    def admits(self, user: User) -> bool:
        """Whether the user may open the page."""
        return bool(self.opens(user))


def holding(*verbs: str) -> Callable[[User], bool]:
    """Return a test whether a user holds any of the verbs anywhere or sees everything."""

    def holds(user: User) -> bool:
        authority = authority_of(user)
        return authority.sees_all or authority.holds(*verbs)

    return holds


def _refuse(sentence: str, authority: Authority, subject: Any, *, verb: str) -> None:
    if authority.user_id is not None:
        note_attempt(authority.user_id, verb=verb, on=key_of(subject))
    raise NotPermitted(sentence, verb=verb)


def key_of(subject: Any) -> str:
    """Return the subject's name in the trace: ``proposal:7``."""
    return str(getattr(subject, "key", "")) or f"{subject._meta.model_name}:{subject.pk or ''}"
