"""The mechanism of a table of rules: one rule refuses, and shows the button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from common.errors import NotPermitted
from personnel.scopes import Authority

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    """Whether somebody may, and the sentence a refused person reads."""

    allows: Callable[[Authority, Subject], bool]
    sentence: str

    def require(self, authority: Authority, subject: Subject, *, verb: str) -> None:
        """Raise :class:`NotPermitted` with the sentence unless the rule allows it."""
        if not self.allows(authority, subject):
            raise NotPermitted(self.sentence, verb=verb)
