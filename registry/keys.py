"""Keyed digests under which sealed values are found: whole values, readings of names, parts of addresses (Art. 26).

Every digest is an HMAC with a key that the database does not have (:func:`common.privacy.sealing.blind_indexes`), cut
to 128 bits. Names, telephones and addresses carry the township in the digest, so that a name that is frequent in one
township cannot be compared with another; numbers of documents and organizations are found in the whole city.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from common.initials import person_readings, place_readings
from common.phones import normal_phone
from common.privacy.sealing import blind_indexes
from common.typed import identity_in, plain
from registry.documents import born_by
from registry.fields import BY_KEY

BYTES = 16
# Only these are looked for; a key of anything else would be a copy of personal data without a use.
SEARCHED = ("name", "number", "born", "phone", "contact", "title", "credit_code", "address", "site", "place")
WHOLE_CITY = ("number", "credit_code")
READ_AS_PERSON = ("name",)
READ_AS_PLACE = ("title", "place")
ADDRESSES = ("address", "site")
# Sounds that people of the Central Plains and typists confuse: each is spelled like the second one.
ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"), ("l", "n"))
NUMBERS = re.compile(r"\d+|[一二三四五六七八九十百]+(?=[号栋楼组单室门排])")
CHINESE_DIGITS = {sign: str(place) for place, sign in enumerate("零一二三四五六七八九")}
LONGEST_NAME = 12  # characters of a name that are read; longer ones are found by their whole text


def key_texts(field: str, text: str) -> Iterator[tuple[str, str]]:
    """Yields (what it is, text) for every digest of a value: ``("sound", "wang xiao ming")``. Pure.

    A text is normalised first; an empty one yields nothing.
    """
    normal = normalised(field, text)
    if not normal or field not in SEARCHED:
        return
    yield "whole", normal
    if field in READ_AS_PERSON:
        yield from _of_person(normal)
    elif field in READ_AS_PLACE:
        yield from _of_title(normal)
    elif field in ADDRESSES:
        yield from _of_address(normal)
    elif field == "number" and (born := born_by(normal)) is not None:
        yield "born", born.isoformat()
    elif field == "born":
        yield "born", normal


def normalised(field: str, text: str) -> str:
    """Returns a value in the spelling in which it is compared."""
    entry = BY_KEY[field].entry
    if entry in ("document", "code"):
        return identity_in(text)
    if entry == "phone":
        return normal_phone(text)
    if field in ADDRESSES:
        return plain(text).replace(" ", "").lower()
    return plain(text).replace("·", "").replace("•", "").replace(" ", "").lower()


def _of_person(name: str) -> Iterator[tuple[str, str]]:
    if len(name) > LONGEST_NAME:
        return
    for reading in person_readings(name):
        yield "sound", reading.together
        yield "alike", "".join(map(alike, reading.syllables))
        yield "letters", reading.letters
    if len(name) > 2:
        for left_out in range(1, len(name)):
            yield "part", name[:left_out] + name[left_out + 1 :]


def _of_title(name: str) -> Iterator[tuple[str, str]]:
    if len(name) > LONGEST_NAME * 2:
        return
    for reading in place_readings(name):
        yield "sound", reading.together
        yield "letters", reading.letters
    for start in range(len(name) - 1):
        yield "part", name[start : start + 2]


def _of_address(address: str) -> Iterator[tuple[str, str]]:
    words, numbers = address_parts(address)
    if numbers:
        yield "door", f"{words}|{'-'.join(numbers)}"
        yield "house", f"{words}|{numbers[0]}"
        yield "numbers", "-".join(numbers)
    if words:
        yield "street", words


def address_parts(address: str) -> tuple[str, tuple[str, ...]]:
    """Returns the words before the first number of an address, and its numbers: ``("京东小区", ("3", "2", "501"))``."""
    found = list(NUMBERS.finditer(address))
    words = address[: found[0].start()] if found else address
    return words, tuple(_digits(match[0]) for match in found)


def _digits(text: str) -> str:
    if text.isdecimal():
        return text.lstrip("0") or "0"
    tens, _, ones = text.rpartition("十")
    if "十" in text:
        return str(
            (int(CHINESE_DIGITS.get(tens, "1")) if tens else 1) * 10 + int(CHINESE_DIGITS.get(ones, "0"))
        )
    return "".join(CHINESE_DIGITS.get(sign, "") for sign in text)


def alike(syllable: str) -> str:
    """Returns a syllable without the differences that are often confused: ``zhang`` and ``zan`` sound alike."""
    for sound, spelled in ALIKE:
        if syllable.startswith(sound) and sound[0] in "zcsl":
            syllable = spelled + syllable[len(sound) :]
        elif syllable.endswith(sound):
            syllable = syllable[: -len(sound)] + spelled
    return syllable


def digests(field: str, text: str, *, township: int) -> list[bytes]:
    """Returns the digests under which a value is stored, each once."""
    return list(
        dict.fromkeys(digest(field, what, word, township=township) for what, word in key_texts(field, text))
    )


def digest(field: str, what: str, word: str, *, township: int) -> bytes:
    """Returns the digest of one text under the newest key."""
    return lookups(field, what, word, township=township)[0]


def lookups(field: str, what: str, word: str, *, township: int) -> list[bytes]:
    """Returns every digest under which a text may be stored: one for each key that is still in use."""
    scope = 0 if field in WHOLE_CITY and what == "whole" else township
    column = f"registry.{_family(field)}.{what}:{scope}"
    return [bytes.fromhex(each)[:BYTES] for each in blind_indexes(word, column=column)]


def _family(field: str) -> str:
    """Fields that are compared with each other share their digests: the number tells the date of birth."""
    return {"born": "number", "contact": "phone", "site": "address"}.get(field, field)
