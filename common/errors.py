"""The typed refusals of the house. Each carries a Chinese sentence that the refused person reads."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """Something was asked that the platform will not do; ``sentence`` says why and what to do next."""

    code = "refused"
    status = 400

    def __init__(self, sentence: str, **details: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details: Mapping[str, object] = details


class IllegalMove(Refusal):
    """The right person at the wrong moment: the state table has no such move from here."""

    code = "illegal_move"
    status = 409


class NotPermitted(Refusal):
    """The wrong person: the posts held do not allow this verb here."""

    code = "not_permitted"
    status = 403


class RuleViolation(Refusal):
    """The content breaks a rule; ``field`` names the input to mend, where there is one."""

    code = "rule_violation"
    status = 422

    def __init__(self, sentence: str, *, field: str = "", **details: object) -> None:
        super().__init__(sentence, **details)
        self.field = field


class StaleVersion(Refusal):
    """Somebody changed the record after it was read; nothing was overwritten."""

    code = "stale_version"
    status = 409


class KeyReused(Refusal):
    """An idempotency key came again with another body."""

    code = "key_reused"
    status = 422
