"""Compare a roster with the register: new and known people, posts already held, and the faults of each line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NotRequired, TypedDict

from django.db.models import Q

from accounts.models import User
from common.days import day_in
from common.typed import plain
from exchange.named import Row
from grids.models import Division, Grid
from personnel.identity import PersonDraft, tidied, why_not_person
from personnel.models import GridPosting, IdentityRecord, Organization
from personnel.policies import NO_OWN_POST
from personnel.post_compatibility import Held, lies_within, posts_of, why_not_together
from personnel.posts import SOURCES, why_not_first_day, why_not_source
from personnel.visibility import divisions_within

Outcome = Literal["create", "appoint", "same", "fault"]
ROLES = {label: role for role, label in GridPosting.Role.choices}
ROLE_NAMES = dict(GridPosting.Role.choices)
SOURCE_NAMES = {plain(source): source for sources in SOURCES.values() for source in sources}
WIDE = str.maketrans("()", "（）")  # the form of brackets in the names of bodies
OURS = "，或不归您管理，请核对编码。"


@dataclass(slots=True)
class Arrival:
    """A line after the comparison: what it would do, for whom and where."""

    row: Row
    draft: PersonDraft
    role: str = ""
    village_id: int | None = None
    village: Division | None = None
    grid_id: int | None = None
    appointed_by_id: int | None = None
    on: date | None = None
    user_id: int | None = None
    holds: bool = False

    @property
    def outcome(self) -> Outcome:
        """Return the outcome of the line."""
        if self.row.faults:
            return "fault"
        if self.user_id is None:
            return "create"
        return "same" if self.holds else "appoint"


@dataclass
class Known:
    """Everything that is read from the register for one file, in a fixed number of statements."""

    villages: dict[str, Division]
    grids: dict[str, Grid]
    by_phone: dict[str, list[User]]
    by_username: dict[str, User]
    by_identity: dict[str, User]
    identities: dict[int, str]
    bodies: dict[str, list[Organization]]
    posts_of: dict[int, list[GridPosting]] = field(default_factory=lambda: defaultdict(list))
    leaders_of: dict[int, list[GridPosting]] = field(default_factory=lambda: defaultdict(list))


def examine(
    rows: Iterable[Row], *, held: frozenset[int], today: date, reader_id: int | None = None
) -> list[Arrival]:
    """Compare every line; ``held`` are the places whose staff the reader manages.

    The same number of statements for any number of lines.
    """
    found = [_arrival(row) for row in rows]
    known = _known(found, held=held)
    for arrival in found:
        for key, sentence in why_not_person(arrival.draft, today=today):
            arrival.row.refuse(key, sentence)
        _place(arrival, known)
        _post(arrival, known, today=today)
        _person(arrival, known)
        if arrival.user_id is not None and arrival.user_id == reader_id:
            arrival.row.refuse("name", NO_OWN_POST)
    _read_posts(found, known)
    for arrival in found:
        _held_already(arrival, known)
    _go_together(found, held=held, today=today)
    _repeated(found)
    return found


def _arrival(row: Row) -> Arrival:
    values = row.values
    names = ("name", "phone", "username", "home_address", "private_phone")
    fields = {name: values.get(name, "") for name in (*names, "id_number")}
    return Arrival(row, tidied(PersonDraft(**fields)))


def _known(found: list[Arrival], *, held: frozenset[int]) -> Known:
    def texts_in(key: str) -> set[str]:
        return {text for arrival in found if (text := arrival.row.values.get(key))}

    ours = divisions_within(held).filter(level="village").values("pk")
    villages = Division.objects.select_related("parent__parent__parent").defer("outline")
    grids = Grid.objects.in_force().filter(code__in=texts_in("grid_code"), village__in=ours).defer("boundary")
    phones, accounts = texts_in("phone"), texts_in("username")
    names = Q(username__in=accounts | phones) | Q(phone__in=phones)
    users = list(User.objects.filter(names))
    numbers = (arrival.draft.id_number for arrival in found)
    indexes = {index for number in numbers for index in IdentityRecord.indexes_of("id_number", number)}
    records = list(IdentityRecord.objects.filter(id_number_index__in=indexes).select_related("user"))
    numbered = IdentityRecord.objects.filter(user__in=users).exclude(id_number_index="")
    bodies: dict[str, list[Organization]] = {}
    appointers = texts_in("appointed_by")
    appointers |= {text.translate(WIDE) for text in appointers}
    for body in Organization.objects.filter(Q(name__in=appointers) | Q(code__in=appointers), is_active=True):
        for name in {plain(body.name), body.code}:
            bodies.setdefault(name, []).append(body)
    by_phone: dict[str, list[User]] = {}
    for user in users:
        if user.phone:
            by_phone.setdefault(user.phone, []).append(user)
    return Known(
        villages={one.code: one for one in villages.filter(code__in=texts_in("village_code"), pk__in=ours)},
        grids={one.code: one for one in grids.select_related("village__parent__parent__parent")},
        by_phone=by_phone,
        by_username={user.username: user for user in users},
        by_identity={record.id_number_index: record.user for record in records},
        identities=dict(numbered.values_list("user", "id_number_index")),
        bodies=bodies,
    )


def _place(arrival: Arrival, known: Known) -> None:
    """Find the grid or the village of a line, in territory that the reader manages."""
    row, values = arrival.row, arrival.row.values
    arrival.role = ROLES.get(values.get("role", ""), "")
    if not arrival.role:
        row.refuse("role", f"岗位应是{'、'.join(ROLES)}之一。")
        return
    in_grid = arrival.role in ("full_time", "part_time")
    grid, village = (
        known.grids.get(values.get("grid_code", "")),
        known.villages.get(values.get("village_code", "")),
    )
    if values.get("village_code") and village is None:
        row.refuse("village_code", f"没有这个村（社区）{OURS}")
    if in_grid and grid is None:
        missing = "网格员要填网格编码。" if not values.get("grid_code") else f"没有这个网格{OURS}"
        row.refuse("grid_code", missing)
    elif not in_grid and values.get("grid_code"):
        row.refuse("grid_code", "网格长、网格指导员任命到村（社区），网格编码不填。")
    elif not in_grid and not values.get("village_code"):
        row.refuse("village_code", "网格长、网格指导员要填村社区编码。")
    elif in_grid and grid is not None and village is not None and grid.village_id != village.pk:
        row.refuse("grid_code", "这个网格不在所填的村（社区）。")
    place = grid.village if in_grid and grid else village
    arrival.village, arrival.village_id = place, place.pk if place else None
    arrival.grid_id = grid.pk if in_grid and grid else None
    if place is not None:
        _body(arrival, place, known)


def _body(arrival: Arrival, village: Division, known: Known) -> None:
    name = arrival.row.values.get("appointed_by")
    if not name:
        return
    above: list[int] = []
    step: Division | None = village
    while step is not None:
        above.append(step.pk)
        step = step.parent
    found = [body for body in known.bodies.get(name, []) if body.division_id in above]
    if len(found) == 1:
        arrival.appointed_by_id = found[0].pk
    else:
        arrival.row.refuse("appointed_by", "本地没有这个机构；请填机构的全名或编码，或先登记机构。")


def _post(arrival: Arrival, known: Known, *, today: date) -> None:
    row, values = arrival.row, arrival.row.values
    if arrival.role:
        source = SOURCE_NAMES.get(plain(values.get("source", "")), "")
        values["source"] = source or values.get("source", "")
        if fault := why_not_source(arrival.role, source, name=ROLE_NAMES[arrival.role]):
            row.refuse("source", fault)
    if any(key == "starts_on" for key, _ in row.faults):
        return
    typed = values.get("starts_on", "")
    if not typed:
        row.refuse("starts_on", "请填写到岗日期。")
        return
    try:
        arrival.on = day_in(typed)
    except ValueError as error:
        row.refuse("starts_on", str(error))
        return
    if fault := why_not_first_day(arrival.on, today=today):
        row.refuse("starts_on", fault)


def _person(arrival: Arrival, known: Known) -> None:
    """Recognise the person by identity number, else by work telephone and name."""
    row, draft = arrival.row, arrival.draft
    indexes = IdentityRecord.indexes_of("id_number", draft.id_number)
    user = next((known.by_identity[index] for index in indexes if index in known.by_identity), None)
    if user is not None and user.name != draft.name:
        row.refuse("id_number", "这个身份证号登记在别人名下，请核对姓名和号码。")
        return
    with_phone = known.by_phone.get(draft.phone, [])
    if user is None:
        same = [one for one in with_phone if one.name == draft.name]
        if with_phone and len(same) != 1:
            row.refuse("phone", "这个工作电话已有人用，请核对。")
            return
        user = same[0] if same else None
        if user is not None and indexes and known.identities.get(user.pk, indexes[0]) not in indexes:
            row.refuse("id_number", "与这个人已登记的身份证号不一致，请核对。")
            return
    elif any(one.pk != user.pk for one in with_phone):
        row.refuse("phone", "这个工作电话已有别人用，请核对。")
    if user is None:
        taken = known.by_username.get(draft.username or draft.phone)
        if taken is not None:
            row.refuse("username" if draft.username else "phone", "这个账号已有人用，请换一个。")
    elif not user.is_active:
        row.refuse("name", "这个人的账号已停用；重新启用后才能任命。")
    else:
        arrival.user_id = user.pk


def _read_posts(found: list[Arrival], known: Known) -> None:
    """Read the posts of the people in the file, and the leaders of its villages."""
    people = {arrival.user_id for arrival in found if arrival.user_id}
    villages = {arrival.village_id for arrival in found if arrival.village_id}
    leads = Q(village__in=villages, role="leader", stands_in_for=None)
    for post in GridPosting.objects.filter(Q(user__in=people) | leads):
        known.posts_of[post.user_id].append(post)
        if post.role == "leader" and post.stands_in_for_id is None:
            known.leaders_of[post.village_id].append(post)


def _held_already(arrival: Arrival, known: Known) -> None:
    """Set whether the person already holds the post; refuse a second leader of a village or leader elsewhere."""
    on = arrival.on
    if on is None or not arrival.village_id:
        return

    def later(posts: list[GridPosting]) -> list[GridPosting]:
        return [post for post in posts if post.ends_on is None or post.ends_on >= on]

    place = (arrival.role, arrival.village_id, arrival.grid_id)
    mine = later(known.posts_of[arrival.user_id]) if arrival.user_id else []
    arrival.holds = any((post.role, post.village_id, post.grid_id) == place for post in mine)
    if arrival.role != "leader" or arrival.holds:
        return
    if later(known.leaders_of[arrival.village_id]):
        arrival.row.refuse("role", "这个村（社区）已有在任网格长，请先办理离任。")
    elif any(post.role == "leader" and post.stands_in_for_id is None for post in mine):
        arrival.row.refuse("role", "这个人已是别的村（社区）的网格长。")


def _go_together(found: list[Arrival], *, held: frozenset[int], today: date) -> None:
    """Refuse a post that another post of the person excludes, and a person who serves outside the managed places."""
    people = {arrival.user_id for arrival in found if arrival.user_id and not arrival.holds}
    posts = posts_of(people, since=min((arrival.on for arrival in found if arrival.on), default=today))
    for arrival in found:
        if arrival.user_id not in posts or arrival.on is None or arrival.village is None:
            continue
        post = Held(arrival.role, arrival.village, arrival.on)
        if fault := why_not_together(post, posts[arrival.user_id]):
            arrival.row.refuse("role", fault)
        elif any(not lies_within(other.place, held) for other in posts[arrival.user_id]):
            arrival.row.refuse("name", "这个人在别处任职，请在任命页单独申请，由其现任上级确认。")


def _repeated(found: list[Arrival]) -> None:
    """Refuse duplicates within the file: persons, telephones, accounts, the leader of a village."""
    seen: dict[tuple[str, object], int] = {}
    for arrival in found:
        draft = arrival.draft
        marks: list[tuple[str, object, str]] = [
            ("id_number", draft.id_number, "身份证号与第 {} 行相同；一人两岗的，第二个岗位另行任命。"),
            ("phone", draft.phone, "工作电话与第 {} 行相同；一人两岗的，第二个岗位另行任命。"),
            ("username", draft.username, "账号与第 {} 行相同。"),
        ]
        if arrival.role == "leader" and arrival.village_id:
            marks.append(("role", arrival.village_id, "第 {} 行已是这个村（社区）的网格长。"))
        for key, value, sentence in marks:
            if not value:
                continue
            first = seen.setdefault((key, value), arrival.row.number)
            if first != arrival.row.number:
                arrival.row.refuse(key, sentence.format(first))


# --- Stored and read again ------------------------------------------------------------------------------------


class StoredLine(TypedDict):
    """A line as a waiting roster stores it, sealed; faults are (column, sentence)."""

    row: int
    values: dict[str, str]
    faults: list[tuple[str, str]]
    outcome: str
    notes: NotRequired[list[str]]  # lines that were stored before there were notes have none


def stored(arrivals: Iterable[Arrival]) -> list[StoredLine]:
    """Return the lines in the form that is sealed."""
    return [
        {
            "row": arrival.row.number,
            "values": arrival.row.values,
            "faults": arrival.row.faults,
            "outcome": arrival.outcome,
            "notes": arrival.row.notes,
        }
        for arrival in arrivals
    ]


def row_of(kept: StoredLine) -> Row:
    """Return a stored line with its faults."""
    faults = [(key, sentence) for key, sentence in kept["faults"]]
    return Row(kept["row"], dict(kept["values"]), faults, list(kept.get("notes", ())))


def counts_of(arrivals: Iterable[Arrival]) -> dict[str, int]:
    """Return how many lines have each outcome."""
    counted = Counter(arrival.outcome for arrival in arrivals)
    return {outcome: counted[outcome] for outcome in ("create", "appoint", "same", "fault")}
