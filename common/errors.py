"""The typed refusals of the platform. Each has a Chinese sentence for the user who is refused."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """The platform refuses a request; ``sentence`` says why and what to do next."""

    code = "refused"
    status = 400

    def __init__(self, sentence: str, **details: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details: Mapping[str, object] = details


class IllegalMove(Refusal):
    """The user may do this, but not now: the state table has no such move from the current status."""

    code = "illegal_move"
    status = 409


class NotPermitted(Refusal):
    """The user may not do this: the posts held do not allow this verb here."""

    code = "not_permitted"
    status = 403


class RuleViolation(Refusal):
    """The content breaks a rule; ``field`` names the input to correct, if there is one."""

    code = "rule_violation"
    status = 422

    def __init__(self, sentence: str, *, field: str = "", **details: object) -> None:
        super().__init__(sentence, **details)
        self.field = field


class StaleVersion(Refusal):
    """Another user changed the record after it was read; nothing was overwritten."""

    code = "stale_version"
    status = 409


class KeyReused(Refusal):
    """An idempotency key was used again with a different body; ``answer`` is the first one's."""

    code = "key_reused"
    status = 422

    def __init__(self, answer: object = None, sentence: str = "", **details: object) -> None:
        super().__init__(sentence or "这一份先前已经提交成功，后来改动的内容没有收下。", **details)
        self.answer = answer
