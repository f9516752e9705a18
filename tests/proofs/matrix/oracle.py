"""The oracle: who may open which address, written again from the law, without the product's policies.

A person is a set of (authority, place); a place is a path in the tree; an address has one rule. ``expected`` gives
one of five outcomes: ``in`` (the page or a form that objects), ``no`` (403), ``hidden`` (404, exactly as what does
not exist), ``late`` (409, the right person at the wrong moment) and ``away`` (sent to sign in).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

IN, NO, HIDDEN, LATE, AWAY = "in", "no", "hidden", "late", "away"

# --- Places: a tree by paths ------------------------------------------------------------------------------------

ROAD, VICTORY, GATE = "city/hualong/road", "city/hualong/victory", "city/qingfeng/gate"
JINGDONG, YUBEI, SHENGLI, CHENGGUAN = (
    f"{ROAD}/jingdong",
    f"{ROAD}/yubei",
    f"{VICTORY}/shengli",
    f"{GATE}/village",
)
GRIDS = {
    "410902001001001": f"{JINGDONG}/1",
    "410902001001002": f"{JINGDONG}/2",
    "410902001002001": f"{YUBEI}/1",
    "410902002001001": f"{SHENGLI}/1",
    "410922100201001": f"{CHENGGUAN}/1",
}
TOWNSHIPS = {"410902001": ROAD, "410902002": VICTORY, "410922100": GATE}

# --- People: what each post brings, from Art. 5, 10, 11, 18 -------------------------------------------------------

DESK = ("dispatch",)
HEAD = ("dispatch", "supervise", "staff", "conduct")
COUNTY = ("supervise", "grids", "lists", "staff", "conduct")
PEOPLE: dict[str, frozenset[tuple[str, str]]] = {
    "stranger": frozenset(),
    "disabled": frozenset(),
    "nobody": frozenset(),
    "chen": frozenset({("work", f"{JINGDONG}/1")}),
    "lin": frozenset({("work", f"{JINGDONG}/2")}),
    "mei": frozenset({("work", f"{YUBEI}/1")}),
    "shi": frozenset({("work", f"{CHENGGUAN}/1")}),
    "wang": frozenset({("lead", JINGDONG)}),
    "li": frozenset({("guide", JINGDONG)}),
    "zhao": frozenset({("dispatch", ROAD), ("clues", ROAD), ("unit", "desk-zyl")}),
    "duan": frozenset({("dispatch", VICTORY), ("unit", "desk-sll")}),
    "hua": frozenset({("dispatch", "city/hualong"), ("clues", "city/hualong"), ("unit", "desk-hlq")}),
    "feng": frozenset({("dispatch", "city"), ("clues", "city"), ("unit", "desk-city")}),
    "tang": frozenset({*((verb, ROAD) for verb in HEAD), ("unit", "desk-zyl")}),
    "xu": frozenset({*((verb, VICTORY) for verb in HEAD), ("unit", "desk-sll")}),
    "sun": frozenset({("unit", "chengguan"), ("clue unit", "chengguan")}),
    "qian": frozenset({("unit", "gongan"), ("clue unit", "gongan")}),
    "wu": frozenset((verb, "city/hualong") for verb in COUNTY),
    "gu": frozenset((verb, "city/qingfeng") for verb in COUNTY),
    "zheng": frozenset({("supervise", "city"), ("grids", "city"), ("lists", "city")}),
    "jiang": frozenset({("law", "city/hualong")}),
    "shen": frozenset({("guard", "city"), ("decide", "city")}),
    "xia": frozenset({("audit", "city")}),
}


# Those who differ from another only by their place; the short run leaves them out.
ALIKE = ("lin", "mei", "li", "duan", "hua", "feng", "xu", "qian", "gu", "zheng", "xia")


@dataclass(frozen=True)
class Thing:
    """What an address is about: a case, a grid, a person … with the facts that decide. ``is_there`` False: missing."""

    kind: str = ""
    place: str = ""
    is_there: bool = True
    status: str = ""
    secret: bool = False
    keeper: str = ""
    unit: str = ""
    about: str = ""
    asked_by: str = ""
    reviewers: tuple[str, ...] = ()


MISSING = Thing(is_there=False)


def holds(person: str, verb: str, place: str) -> bool:
    """Whether a verb is held on exactly this place."""
    return (verb, place) in PEOPLE[person]


def over(person: str, verb: str, place: str) -> bool:
    """Whether a verb is held on the place or above it."""
    return any(
        held == verb and (place == where or place.startswith(f"{where}/")) for held, where in PEOPLE[person]
    )


def anywhere(person: str, *verbs: str) -> bool:
    """Whether one of the verbs is held at all."""
    return any(held in verbs for held, _ in PEOPLE[person])


# --- Cases (Art. 17, 18, 20) ---------------------------------------------------------------------------------------


def sees_case(person: str, case: Thing) -> bool:
    """Territory for what is open to it; a clue only for its keeper at work there and for named persons."""
    works = holds(person, "work", case.place)
    if case.secret:
        named = over(person, "clues", case.place) or (
            bool(case.unit) and holds(person, "clue unit", case.unit)
        )
        return named or (case.keeper == person and works)
    return (
        (case.keeper == person and bool(PEOPLE[person]))
        or works
        or any(over(person, verb, case.place) for verb in ("lead", "guide", "dispatch", "supervise"))
        or (bool(case.unit) and holds(person, "unit", case.unit))
    )


def township_of(case: Thing) -> str:
    """The township of a grid's path."""
    return case.place.rsplit("/", 2)[0]


def at_desk(person: str, case: Thing) -> bool:
    """A dispatcher of the township, where all cases of the matrix stand; of a clue a named one."""
    named = not case.secret or over(person, "clues", case.place)
    return holds(person, "dispatch", township_of(case)) and named


def leads(person: str, case: Thing) -> bool:
    """The leader of the village."""
    return not case.secret and holds(person, "lead", case.place.rsplit("/", 1)[0])


def keeps(person: str, case: Thing) -> bool:
    """The caretaker of the report, if they hold a post."""
    return case.keeper == person and bool(PEOPLE[person])


def in_unit(person: str, case: Thing) -> bool:
    """Staff of the unit; of a clue named ones."""
    return bool(case.unit) and holds(person, "clue unit" if case.secret else "unit", case.unit)


def handles(person: str, case: Thing) -> bool:
    """The leader, in every status of the matrix."""
    return leads(person, case)


def holds_first(person: str, case: Thing) -> bool:
    """The leader while the leader has it, then the desk."""
    return leads(person, case) if case.status == "awaiting_leader" else at_desk(person, case)


def verifies(person: str, case: Thing) -> bool:
    """A worker or the instructor; for a clue its keeper or the desk. No case of the matrix has been handled yet."""
    if case.secret:
        return keeps(person, case) or at_desk(person, case)
    return holds(person, "work", case.place) or holds(person, "guide", case.place.rsplit("/", 1)[0])


def acted(person: str, case: Thing) -> bool:
    """Users who may have run a verb that can be undone: the desk, a verifier, the reporter."""
    return at_desk(person, case) or verifies(person, case) or keeps(person, case)


OPEN = ("awaiting_leader", "awaiting_acceptance", "in_hand")


def supplements(person: str, case: Thing) -> bool:
    """The reporter, and whose turn it is."""
    turn = {
        "awaiting_leader": leads,
        "awaiting_acceptance": at_desk,
        "in_hand": in_unit,
    }
    return keeps(person, case) or turn[case.status](person, case)


def presses(person: str, case: Thing) -> bool:
    """An institution at the township or above it, unless it is that one's own turn; of a clue a named one."""
    named = not case.secret or over(person, "clues", case.place)
    above = any(over(person, verb, township_of(case)) for verb in ("dispatch", "supervise"))
    turn = {"awaiting_leader": leads, "awaiting_acceptance": at_desk, "in_hand": in_unit}
    own = case.status in turn and turn[case.status](person, case)
    return named and above and not own


def goes_on(person: str, case: Thing) -> bool:
    """The unit that shelved it, or the institution of its level."""
    return in_unit(person, case) or at_desk(person, case)


VERB_RULES: dict[str, tuple[Callable[[str, Thing], bool], tuple[str, ...]]] = {
    "settle": (handles, ()),
    "pass_to_leader": (handles, ()),
    "take_up": (leads, ("awaiting_leader",)),
    "send_up": (leads, ("awaiting_leader",)),
    "return_for_correction": (holds_first, ("awaiting_leader", "awaiting_acceptance")),
    "resubmit": (keeps, ()),
    "withdraw": (keeps, ("awaiting_leader", "awaiting_acceptance")),
    "accept": (at_desk, ("awaiting_acceptance",)),
    "refuse": (at_desk, ("awaiting_acceptance",)),
    "escalate": (at_desk, ("awaiting_acceptance",)),
    "assign": (at_desk, ("awaiting_acceptance",)),  # 受理交办 in one act
    "undo": (acted, ()),
    "sign": (in_unit, ()),
    "hand_back": (in_unit, ("in_hand",)),
    "convene": (at_desk, ()),
    "name_lead": (at_desk, ()),
    "reassign": (at_desk, ("in_hand",)),
    "ask_extension": (in_unit, ()),  # every case of the matrix was due long ago
    "grant_extension": (at_desk, ()),
    "refuse_extension": (at_desk, ()),
    "ask_shelving": (in_unit, ("in_hand",)),
    "grant_shelving": (at_desk, ()),
    "refuse_shelving": (at_desk, ()),
    "resume": (goes_on, ()),
    "press": (presses, OPEN),
    "take_charge": (lambda person, case: False, ()),  # nothing in the matrix is urgent
    "uphold_return": (at_desk, ()),
    "reject_return": (at_desk, ()),
    "feed_back": (in_unit, ("in_hand",)),
    "pass_check": (verifies, ()),
    "fail_check": (verifies, ()),
    "rate": (keeps, ()),
    "supplement": (supplements, OPEN),
    "unlink": (at_desk, ()),
    "join": (at_desk, ("in_hand",)),
    "ask_join": (in_unit, ("in_hand",)),
    "void": (at_desk, OPEN),
    "merge": (holds_first, ("awaiting_leader", "awaiting_acceptance")),
}


def case_seen(person: str, case: Thing) -> str:
    return IN if sees_case(person, case) else HIDDEN


def case_verb(verb: str) -> Callable[[str, Thing], str]:
    who, moments = VERB_RULES[verb]

    def rule(person: str, case: Thing) -> str:
        if not sees_case(person, case):
            return HIDDEN
        if not who(person, case):
            return NO
        return IN if case.status in moments else LATE

    return rule


# --- Places, people, bodies, boards, complaints, plans --------------------------------------------------------------


def posted(person: str, thing: Thing) -> str:
    return (IN if thing.is_there else HIDDEN) if PEOPLE[person] else NO


def board_seen(person: str, grid: Thing) -> str:
    """The people of the grid, and users who supervise it."""
    works = holds(person, "work", grid.place)
    watches = ("lead", "guide", "dispatch", "supervise", "staff", "grids")
    return IN if works or any(over(person, verb, grid.place) for verb in watches) else HIDDEN


def board_posted(person: str, grid: Thing) -> str:
    """Its own people and its township post; others who see it read why not."""
    if board_seen(person, grid) == HIDDEN:
        return HIDDEN
    village = grid.place.rsplit("/", 1)[0]
    own = (
        holds(person, "work", grid.place) or holds(person, "lead", village) or holds(person, "guide", village)
    )
    desk = holds(person, "dispatch", village.rsplit("/", 1)[0]) or over(person, "staff", grid.place)
    return IN if own or desk else NO


def staff_only(person: str, thing: Thing) -> str:
    return IN if anywhere(person, "staff") else NO


def staff_there(person: str, thing: Thing) -> str:
    """A manager of staff may open it; places that they do not manage do not exist for them."""
    if not anywhere(person, "staff"):
        return NO
    return IN if thing.is_there and over(person, "staff", thing.place) else HIDDEN


def post_managed(person: str, thing: Thing) -> str:
    return IN if thing.is_there and over(person, "staff", thing.place) else HIDDEN


def person_seen(person: str, other: Thing) -> str:
    return IN if other.about == person or over(person, "staff", other.place) else HIDDEN


def account_kept(person: str, other: Thing) -> str:
    if other.about == person:
        return HIDDEN
    return IN if over(person, "staff", other.place) or over(person, "guard", other.place) else HIDDEN


def post_request_verb(person: str, request: Thing) -> str:
    """The applicant, the person and the manager of the person see it; only that manager decides."""
    serves_under = over(person, "staff", request.place)
    if person in (request.asked_by, request.about):
        return NO
    return IN if serves_under else HIDDEN


def body_seen(person: str, body: Thing) -> str:
    return IN if over(person, "staff", body.place) or holds(person, "unit", body.unit) else HIDDEN


def body_changed(person: str, body: Thing) -> str:
    if body_seen(person, body) == HIDDEN:
        return HIDDEN
    return IN if over(person, "staff", body.place) else NO


def body_staffed(person: str, body: Thing) -> str:
    if not body.is_there:
        return HIDDEN
    return IN if over(person, "staff", body.place) else NO


def complaint_seen(person: str, complaint: Thing) -> str:
    """Users who handle complaints of exactly this place, but not the person concerned."""
    return IN if holds(person, "conduct", complaint.place) and complaint.about != person else HIDDEN


def complaint_registered(person: str, grid: Thing) -> str:
    there = over(person, "conduct", grid.place) or over(person, "dispatch", grid.place)
    return IN if grid.is_there and there else HIDDEN


def speaks(person: str, complaint: Thing) -> str:
    return IN if complaint.about == person and complaint.status == "hearing" else HIDDEN


def request_seen(person: str, request: Thing) -> str:
    mine = person in (request.asked_by, request.about)
    return (
        IN
        if mine or over(person, "decide", request.place) or over(person, "audit", request.place)
        else HIDDEN
    )


def request_decided(person: str, request: Thing) -> str:
    """A user who sees an application reads why they may not decide it; a second person who decides there may."""
    if request_seen(person, request) == HIDDEN:
        return HIDDEN
    mine = person in (request.asked_by, request.about)
    return IN if over(person, "decide", request.place) and not mine else NO


def contact_seen(person: str, record: Thing) -> str:
    return person_seen(person, record)


def plan_seen(person: str, plan: Thing) -> str:
    """County, townships and city: users who supervise grids or dispatch there."""
    watching = ("grids", "supervise", "dispatch")
    county = plan.place
    here = any(over(person, verb, county) for verb in watching)
    below = any(verb in watching and place.rsplit("/", 1)[0] == county for verb, place in PEOPLE[person])
    return IN if here or below else HIDDEN


def township_map(person: str, thing: Thing) -> str:
    return IN if thing.is_there else HIDDEN


def only(*verbs: str) -> Callable[[str, Thing], str]:
    return lambda person, thing: IN if anywhere(person, *verbs) else NO


# --- Requests to grids (Art. 14) ----------------------------------------------------------------------------------


def request_handed(person: str, thing: Thing) -> str:
    """Staff of a county's or township's body may hand tasks to grids; the city's own desk has no grids."""
    return IN if anywhere(person, "unit") and person != "feng" else NO


def request_answered(person: str, thing: Thing) -> str:
    """The workers of the grid; for everybody else the request does not exist."""
    return IN if thing.is_there and holds(person, "work", thing.place) else HIDDEN


def anybody(person: str, thing: Thing) -> str:
    return IN if thing.is_there else HIDDEN


def home(person: str, thing: Thing) -> str:
    """The public's first page, or one's own; a session that has ended leads to signing in."""
    return AWAY if person == "disabled" else IN


Rule = Callable[[str, Thing], str]


def expected(person: str, rule: Rule, thing: Thing, *, is_public: bool = False) -> str:
    """What the address must answer; strangers and disabled accounts are sent away from all that is not public."""
    if is_public:
        return rule(person, thing)
    if person in ("stranger", "disabled"):
        return AWAY
    if not thing.is_there and rule not in (posted, staff_there, body_staffed):
        return HIDDEN
    return rule(person, thing)
