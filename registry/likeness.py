"""How much two persons of the register look like one, and in what: the weights are those of evidence (Fellegi-Sunter).

A weight is the logarithm (base 2) of how much more often an agreement is seen between two records of one person than
between two persons of a township: a number agrees by chance never, initials for one in two hundred. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from common.initials import person_readings
from registry.keys import alike, normalised

SHOWN_FROM = 5.0  # while one types: worth a look
PROPOSED_FROM = 14.0  # by the nightly run: a person decides, and is nearly always right to merge
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """The sum of the evidence, and its words: what agrees and what differs."""

    weight: float
    agrees: tuple[str, ...]
    differs: tuple[str, ...]

    @property
    def words(self) -> str:
        """What a person reads beside the two."""
        same = f"{'、'.join(self.agrees)}相同" if self.agrees else ""
        other = f"{'、'.join(self.differs)}不同" if self.differs else ""
        return "；".join(filter(None, (same, other)))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an agreement of a field says, what a near agreement says, and what a difference says."""

    label: str
    same: float
    near: float
    other: float
    is_near: Callable[[str, str], bool]


def _one_sign(one: str, other: str) -> bool:
    """Whether two numbers of one length differ in one sign, or in two neighbours that were exchanged."""
    if len(one) != len(other):
        return False
    places = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) == 1:
        return True
    return (
        len(places) == 2
        and places[1] == places[0] + 1
        and one[places[0]] == other[places[1]]
        and one[places[1]] == other[places[0]]
    )


def _sounds_alike(one: str, other: str) -> bool:
    return bool(_sounds(one) & _sounds(other)) or _one_left_out(one, other)


def _sounds(name: str) -> set[str]:
    return {"".join(map(alike, reading.syllables)) for reading in person_readings(name)}


def _one_left_out(one: str, other: str) -> bool:
    """Whether a character of a name was replaced or left out."""
    if len(one) == len(other) > 2:
        return one[0] == other[0] and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) != 1 or len(short) < 2:
        return False
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


EVIDENCE = {
    "number": Evidence("证件号码", 20.0, 12.0, -9.0, _one_sign),
    "name": Evidence("姓名", 8.0, 5.5, -5.0, _sounds_alike),
    "born": Evidence("出生日期", 7.0, 3.0, -6.0, _one_sign),
    "phone": Evidence("电话", 7.0, 4.0, -0.5, _one_sign),
    "sex": Evidence("性别", 1.0, 0.0, -4.0, lambda one, other: False),
}


def likeness(one: Values, other: Values) -> Likeness:
    """Returns how much two persons look like one, by what is known of both. Values are as they are stored."""
    weight, agrees, differs = 0.0, [], []
    for field, evidence in EVIDENCE.items():
        mine, theirs = normalised(field, one.get(field, "")), normalised(field, other.get(field, ""))
        if not mine or not theirs:
            continue
        if mine == theirs:
            weight += evidence.same
            agrees.append(evidence.label)
        elif evidence.is_near(mine, theirs):
            weight += evidence.near
            differs.append(f"{evidence.label}略有")
        else:
            weight += evidence.other
            differs.append(evidence.label)
    return Likeness(weight, tuple(agrees), tuple(differs))
