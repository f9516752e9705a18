"""Invented people in invented households, by a seed: for the demonstration and for the benchmarks.

Every given name begins with 演, every number is of the county 410999, which does not exist, every telephone begins with
19900: nobody can be meant.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from common.privacy.check_digits import check_digit

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
SECOND = (
    "文武海江明亮春秋冬夏平安福贵荣华富强国家建设红军东西南北金银玉石松柏梅兰竹菊"
    "云雨风雪山川河流星月光辉英雄杰俊才学礼义仁智信勇刚毅诚恳勤俭"
)
ESTATES = ("京东小区", "京开花园", "中原新村", "胜利家属院", "玉门小区", "建设新城")
OLDEST, YOUNGEST = date(1936, 1, 1), date(2024, 6, 1)
SOUNDS = {
    "文": "闻",
    "明": "名",
    "江": "姜",
    "平": "萍",
    "荣": "容",
    "华": "花",
    "国": "郭",
    "红": "洪",
    "星": "兴",
    "英": "瑛",
}


@dataclass(frozen=True, slots=True)
class Invented:
    """A person of nobody; ``role`` is that in the household."""

    name: str
    born: date
    sex: str
    number: str
    phone: str
    role: str

    def values(self) -> dict[str, str]:
        """What a worker would type."""
        return {"name": self.name, "number": self.number, "phone": self.phone}


@dataclass(frozen=True, slots=True)
class InventedHousehold:
    """A household at an address."""

    address: str
    members: tuple[Invented, ...]


def households(seed: int, count: int) -> Iterator[InventedHousehold]:
    """Yields so many households, the same ones for the same seed, at addresses that differ."""
    chance, taken = random.Random(seed), set[str]()
    for place in range(count):
        estate = ESTATES[place // 600 % len(ESTATES)]
        building, unit, room = place // 48 % 60 + 1, place // 12 % 4 + 1, place % 12
        address = f"{estate}{building}号楼{unit}单元{room // 2 + 1}0{room % 2 + 1}室"
        yield InventedHousehold(address, _family(chance, taken))


def _family(chance: random.Random, taken: set[str]) -> tuple[Invented, ...]:
    surname = chance.choice(SURNAMES)
    born = OLDEST + timedelta(days=chance.randrange(9_000, 24_000))
    head = invented(chance, taken, surname, born, "male" if chance.random() < 0.7 else "female", "head")
    others = [
        invented(
            chance,
            taken,
            chance.choice(SURNAMES),
            born + timedelta(days=chance.randrange(-1500, 1500)),
            "female" if head.sex == "male" else "male",
            "spouse",
        )
    ]
    for _ in range(chance.choice((0, 1, 1, 2))):
        later = born + timedelta(days=chance.randrange(8_000, min(12_000, (YOUNGEST - born).days)))
        others.append(invented(chance, taken, surname, later, chance.choice(("male", "female")), "child"))
    return head, *others


def invented(
    chance: random.Random, taken: set[str], surname: str, born: date, sex: str, role: str
) -> Invented:
    """Returns a person by chance, with a number that nobody has: ``taken`` are those that were given."""
    first = ""
    while not first or first in taken:
        serial = chance.randrange(500) * 2 + (sex == "male")
        first = f"410999{born:%Y%m%d}{serial:03d}"
    taken.add(first)
    return Invented(
        name=f"{surname}演{chance.choice(SECOND)}",
        born=born,
        sex=sex,
        number=first + check_digit(first),
        phone=f"19900{chance.randrange(1_000_000):06d}",
        role=role,
    )


def mistyped(person: Invented, chance: random.Random) -> Invented:
    """Returns the same person as somebody else would have typed them in a hurry: one field is a little wrong."""
    kind = chance.randrange(3)
    if kind == 0:
        last = person.name[-1]
        return replace(person, name=person.name[:-1] + SOUNDS.get(last, chance.choice(SECOND)))
    if kind == 1:
        digit = chance.randrange(5, 11)
        return replace(
            person, phone=person.phone[:digit] + str(chance.randrange(10)) + person.phone[digit + 1 :]
        )
    return replace(person, number="")
