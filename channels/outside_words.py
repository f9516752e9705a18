"""What a message outside the platform says: number, matter, step, the address to open; never a word of a resident.

The sentence of the inbox may quote what people wrote, so it is never sent. An app registers how it describes the
subjects that are its own; any other subject is described by the address of the inbox alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings

from common.numbers import whole_number
from notifications.models import Outbox

INBOX = "/messages/"
ANYTHING = "您有新的消息，请打开平台查看"


@dataclass(frozen=True)
class Outside:
    """A subject in words for the outside; of a secret one nothing but its number, and only to a person by name."""

    words: str
    path: str
    is_secret: bool = False


Describe = Callable[[Collection[int]], Mapping[int, Outside]]
_describers: dict[str, Describe] = {}


def register_outside(kind: str, describe: Describe) -> None:
    """Registers how subjects such as ``case:7`` are described; called with their numbers, one statement for all."""
    _describers[kind] = describe


def described(subjects: Iterable[str]) -> dict[str, Outside]:
    """Returns each subject in words for the outside."""
    wanted = set(subjects)
    found = {subject: Outside(ANYTHING, INBOX) for subject in wanted}
    numbers: dict[str, set[int]] = defaultdict(set)
    for subject in wanted:
        kind, _, text = subject.partition(":")
        number = whole_number(text)
        if kind in _describers and number is not None:
            numbers[kind].add(number)
    for kind, asked in numbers.items():
        found |= {f"{kind}:{number}": outside for number, outside in _describers[kind](sorted(asked)).items()}
    return found


def text_of(row: Outbox, outside: Outside) -> str:
    """Returns the text of one message."""
    head = "【紧急】请马上接：" if row.is_urgent else "【濮阳网格】"
    return f"{head}{outside.words}。打开 {address_of(outside.path)}"


def address_of(path: str) -> str:
    """Returns the whole address of a page; without a public address of the installation its path."""
    return f"{settings.PUBLIC_ADDRESS}{path}"
