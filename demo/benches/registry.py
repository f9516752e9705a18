"""`bench registry`: the register of whole townships, filled by COPY with invented people, doubles and typing errors.

The load writes records, sealed values, keys and relations as the verbs do, but no chains. Measured are a household's
card, the search, the look-alikes while one types, the nightly proposals against the truth, and mergers taken back.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import cycle
from time import perf_counter
from typing import Any

from django.urls import reverse

from accounts.models import User
from common import clock
from common.records.copying import copy_rows
from demo.benches.measuring import Series, Visitor, as_owner, interleave, scratch_city, settings_of_server
from demo.cases import TOWNSHIP
from demo.population import Invented, InventedHousehold, households, mistyped
from grids.models import Division, Grid
from registry.actions import merge_records, propose_doubles, unmerge_records
from registry.cleaning import guarded_until
from registry.doubles import look_alikes
from registry.keys import digests
from registry.models import Pair, Record, Relation, SearchKey, Value
from worktime.clocks import day_of

Say = Callable[[str], object]
IN_A_TOWNSHIP = 42_700  # 3.8 million in 89 townships
EVERY_DOUBLE = 100  # one per cent
BATCH = 2000
SEED = 2026
CARD_MS, SEARCH_MS, ALIKE_MS = 50, 150, 150
RECALL, PRECISION = 0.95, 0.99
MERGERS = 1000
SEQUENCE = """SELECT setval(pg_get_serial_sequence('registry_record', 'id'), (SELECT max(id) FROM registry_record))"""


@dataclass
class Load:
    """The rows that wait to be copied, and the truth about doubles."""

    at: datetime
    next_id: int
    records: list[dict[str, Any]] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)
    keys: list[dict[str, Any]] = field(default_factory=list)
    relations: list[dict[str, Any]] = field(default_factory=list)
    doubles: set[tuple[int, int]] = field(default_factory=set)
    people: int = 0

    def add(self, kind: str, grid: Grid, values: dict[str, str], *, child_until: date | None = None) -> int:
        """Adds a record with its values and keys; returns its number."""
        number, self.next_id = self.next_id, self.next_id + 1
        township = grid.village.parent
        assert township is not None  # a village lies in a township
        self.records.append(
            {
                "id": number,
                "version": 1,
                "uid": uuid.uuid4(),
                "kind": kind,
                "status": "current",
                "grid_id": grid.pk,
                "village_id": grid.village_id,
                "township_id": township.pk,
                "county_id": township.parent_id,
                "guarded_until": child_until,
                "end_ground": "",
                "registered_at": self.at,
                "checked_at": self.at,
            }
        )
        for name, text in values.items():
            self._value(number, name, text, township=township.pk)
        return number

    def _value(self, number: int, name: str, text: str, *, township: int) -> None:
        value = Value(record_id=number, field=name, uid=uuid.uuid4())
        value.put(text)
        self.values.append(
            {
                "record_id": number,
                "uid": value.uid,
                "field": name,
                "text": bytes(value.text),
                "shown": value.shown,
                "source": "import",
                "supplier": "",
                "at": self.at,
                "confirmed_at": self.at,
            }
        )
        self.keys += [
            {"record_id": number, "field": name, "digest": each}
            for each in digests(name, text, township=township)
        ]

    def relate(self, source: int, target: int, kind: str, role: str = "") -> None:
        """Adds a relation."""
        self.relations.append(
            {
                "source_id": source,
                "target_id": target,
                "kind": kind,
                "role": role,
                "since": self.at.date(),
                "at": self.at,
            }
        )

    def write(self) -> None:
        """Copies what waits."""
        tables: tuple[tuple[type[Any], list[dict[str, Any]]], ...] = (
            (Record, self.records),
            (Value, self.values),
            (SearchKey, self.keys),
            (Relation, self.relations),
        )
        for model, rows in tables:
            copy_rows(model, rows)
            rows.clear()


def run(say: Say, *, people: int, rounds: int) -> None:
    """Fills whole townships with ``people`` and measures each path ``rounds`` times."""
    with scratch_city():
        say(f"服务器 {settings_of_server()}")
        started = perf_counter()
        load = fill(people)
        spent = perf_counter() - started
        as_owner(SEQUENCE)
        as_owner("ANALYZE")
        say(
            f"装入 {load.people:,} 人，{Record.objects.count():,} 条，{Value.objects.count():,} 项，"
            f"{SearchKey.objects.count():,} 个检索键，{spent:.0f} 秒（{load.people / spent:,.0f} 人/秒）"
        )
        _measure(say, rounds)
        _judge(say, load)
        _merge_and_undo(say)


def fill(people: int) -> Load:
    """Fills the demo township and as many others as are needed."""
    last = Record.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    load, chance = Load(at=clock.now() - timedelta(days=30), next_id=last + 1), random.Random(SEED)
    demo = Division.objects.get(code=TOWNSHIP)
    others = Division.objects.of_level("township").exclude(pk=demo.pk)
    for township in (demo, *others):
        if load.people >= people:
            break
        _fill_township(load, township, min(IN_A_TOWNSHIP, people - load.people), chance)
    load.write()
    return load


def _fill_township(load: Load, township: Division, people: int, chance: random.Random) -> None:
    grids = cycle(Grid.objects.in_force().with_place().filter(village__parent=township).order_by("code"))
    until = load.people + people
    for family in households(SEED + township.pk, people):
        if load.people >= until:
            return
        _settle(load, next(grids), family, chance)
        if len(load.records) >= BATCH:
            load.write()


def _settle(load: Load, grid: Grid, family: InventedHousehold, chance: random.Random) -> None:
    house = load.add("house", grid, {"address": family.address, "use": "lived_in"})
    home = load.add("household", grid, {"household": "family"})
    load.relate(home, house, "dwells")
    for member in family.members:
        number = load.add(
            "person", grid, whole(member), child_until=guarded_until(member.born, today=day_of(load.at))
        )
        load.relate(number, home, "member", member.role)
        load.people += 1
        if load.people % EVERY_DOUBLE == 0:
            again = mistyped(member, chance)
            load.doubles.add((number, load.add("person", grid, whole(again))))
            load.people += 1


def whole(person: Invented) -> dict[str, str]:
    """Everything that is known of a person, as the verbs would have stored it."""
    values = {**person.values(), "born": person.born.isoformat(), "sex": person.sex, "document": "citizen"}
    return {
        key: text for key, text in values.items() if text and not (key == "document" and not person.number)
    }


def _measure(say: Say, rounds: int) -> None:
    worker, desk = (User.objects.get(username=name) for name in ("worker", "dispatcher"))
    seen = Record.objects.visible_to(worker).current()
    homes = list(seen.filter(kind="household").order_by("pk").values_list("pk", flat=True)[:200])
    words = ["wyh", "王演海", "京东小区3号楼2单元101室", "19900012345", "liyanwen", "410999198001011234"]
    township = Division.objects.get(code=TOWNSHIP).pk
    sample = [whole(member) for family in households(SEED + 1, 50) for member in family.members]
    turn: dict[str, Iterator[Any]] = {"homes": cycle(homes), "words": cycle(words), "typed": cycle(sample)}
    by_worker, by_desk = Visitor(worker), Visitor(desk)
    say(by_worker.describe(reverse("registry:record", args=[homes[0]])))
    paths: dict[str, Callable[[], object]] = {
        "户的卡片": lambda: by_worker.get(reverse("registry:record", args=[next(turn["homes"])])),
        "网格的户": lambda: by_worker.get(reverse("registry:home")),
        "网格员查": lambda: _search(by_worker, next(turn["words"])),
        "街道查": lambda: _search(by_desk, next(turn["words"])),
        "登记前比对": lambda: look_alikes("person", next(turn["typed"]), township=township),
    }
    limits = {"户的卡片": CARD_MS, "网格员查": SEARCH_MS, "街道查": SEARCH_MS, "登记前比对": ALIKE_MS}
    for one in interleave(paths, rounds=rounds):
        say(_verdict(one, limits.get(one.name)))


def _search(visitor: Visitor, word: str) -> None:
    answer = visitor.client.post(reverse("registry:search"), {"q": word})
    if answer.status_code != 200:
        raise RuntimeError(f"search answers {answer.status_code}; nothing is reported.")


def _verdict(one: Series, limit: int | None) -> str:
    if limit is None:
        return one.line()
    return f"{one.line()}   {'达到' if one.p95 <= limit else '未达到'} p95 ≤ {limit}"


def _judge(say: Say, load: Load) -> None:
    """Compares the proposals of every filled township with the truth."""
    started, at = perf_counter(), clock.now()
    townships = list(
        Record.objects.filter(kind="person").order_by().values_list("township", flat=True).distinct()
    )
    for township in townships:
        propose_doubles(township, at=at)
    found = set(Pair.objects.values_list("first", "second"))
    demo = {pair for pair in found if pair[0] < min(first for first, _ in load.doubles)} - load.doubles
    found -= demo  # the demonstration's own doubles are not part of the truth
    right = len(found & load.doubles)
    recall, precision = right / len(load.doubles), right / max(len(found), 1)
    say(
        f"夜间比对 {len(townships)} 个乡镇街道 {perf_counter() - started:.0f} 秒：真重复 {len(load.doubles):,}，"
        f"提出 {len(found):,}，查全 {recall:.4f}（≥ {RECALL}），查准 {precision:.4f}（≥ {PRECISION}）"
    )


def _merge_and_undo(say: Say) -> None:
    """Merges pairs and takes them apart again; every relation must be where it was."""
    at, started = clock.now(), perf_counter()
    desk = User.objects.get(username="dispatcher")
    grown_up = {"first__guarded_until": None, "second__guarded_until": None}  # a child takes a grant by name
    pairs = Pair.objects.filter(first__township__code=TOWNSHIP, status="proposed", **grown_up).order_by("pk")
    done, wrong = 0, 0
    for pair in pairs.select_related("first", "second")[:MERGERS]:
        about = Relation.objects.filter(source__in=[pair.first_id, pair.second_id]).order_by("pk")
        before = list(about.values())
        merge_records(pair.second, pair.first, by=desk, at=at)
        unmerge_records(Record.objects.get(pk=pair.second_id), by=desk, at=at)
        wrong += list(about.values()) != before
        done += 1
    say(f"合并并撤销 {done:,} 次，关系没有复原的 {wrong}，{perf_counter() - started:.0f} 秒")
