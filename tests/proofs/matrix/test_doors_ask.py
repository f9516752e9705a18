"""Before an address answers a signed-in user, a rule that its door names was asked (Art. 20)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import product
from types import FunctionType
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from accounts.actions import bind_device, issue_device_code
from boards.models import PostedBoard
from common import clock
from common.web.doors import door_of
from matters.models import MatterList
from personnel.actions import take_roster
from personnel.rules import Entrance, Rule, Rules
from plans.actions.sectors import register_sector_grid
from plans.models import GridPlan
from tests.boards.test_boards import posted
from tests.cases import photo
from tests.faults import assert_none
from tests.matters.test_imports import NEW, taken
from tests.personnel.test_rosters import line, upload, workbook
from tests.plans.test_imports import feature
from tests.plans.test_imports import upload as upload_grids
from tests.plans.test_sectors import draft as sector_draft
from tests.proofs.matrix.addresses import PAGES
from tests.proofs.matrix.oracle import HIDDEN, IN, NO, PEOPLE, Thing, expected
from tests.proofs.matrix.test_permission_matrix import (
    BODY,
    FULL,
    ROUTES,
    answer_of,
    bodies_for,
    client_of,
    path_at,
)
from tests.proofs.matrix.world import things_of
from tests.town import MONDAY, Town
from workflow.models import Case

Made = tuple[dict[str, Any], str]  # how an address names a thing, and who may open it
BOTH = ("get", "post")
SIGNED_IN = [person for person in PEOPLE if person not in ("stranger", "disabled")]


# --- the things that the oracle's world lacks: files on their way, a bound phone, a board that hangs -----------------


def matter_file(town: Town) -> Made:
    edition = MatterList.objects.get(county__code="410902", published_at=None)
    return {"pk": taken(town, edition, NEW).pk}, "wu"


def grid_file(town: Town) -> Made:
    plan = GridPlan.objects.filter(county__code="410902").get()
    return {"pk": plan.pk, "job": upload_grids(plan, town.wu, feature("新", 0)).pk}, "wu"


def roster(town: Town) -> Made:
    file = upload(workbook([line(1)]))
    return {"pk": take_roster(file, name=file.name, size=file.size, by=town.tang, at=MONDAY).pk}, "tang"


def phone(town: Town) -> Made:
    code = issue_device_code(town.chen, at=clock.now(), by=town.tang)
    device, _ = bind_device(town.chen, code, name="手机", at=clock.now())
    return {"pk": device.pk}, "tang"


def hanging_board(town: Town) -> Made:
    posted(town)
    return {"code": town.grid.code, "pk": PostedBoard.objects.get().pk}, "chen"


def uploaded_photo(town: Town) -> Made:
    return {"uid": str(photo(town.chen))}, "chen"


def sector_grid(town: Town) -> Made:
    return {"pk": register_sector_grid(sector_draft(town), by=town.wu, at=MONDAY).pk}, "wu"


def drawing(town: Town) -> Made:
    return {"pk": GridPlan.objects.get(county__code="410902").pk, "verb": "rename"}, "zhao"


def by(person: str) -> Callable[[Town], Made]:
    return lambda town: ({}, person)


MADE: dict[str, Callable[[Town], Made]] = {
    **{
        f"matters:{name}": matter_file
        for name in ("import_job", "import_faults", "import_confirm", "import_discard")
    },
    **{
        f"plans:{name}": grid_file
        for name in (
            *("import_job", "import_progress", "import_faults"),
            *("import_system", "import_confirm", "import_discard"),
        )
    },
    **{
        f"personnel:{name}": roster
        for name in ("roster", "roster_faults", "roster_confirm", "roster_discard")
    },
    "personnel:unbind": phone,
    "plans:sector_grid_merge": sector_grid,
    "plans:sector_grid_keep": sector_grid,
    "plans:change": drawing,
    "api:plan_change": drawing,
    **dict.fromkeys(("workflow:list", "workflow:village"), by("wang")),
    "workflow:many": by("zhao"),
    **dict.fromkeys(("matters:lists", "matters:requests"), by("wu")),
    "boards:check": hanging_board,
    "boards:take_down": hanging_board,
    "boards:photo": hanging_board,
    "workflow:photo": uploaded_photo,
    "workflow:small_photo": uploaded_photo,
}


def step_of(town: Town) -> dict[str, Any]:
    return {
        "verb": "rename",
        "key": f"g{town.grid.pk}",
        "name": "新名",
        "version": 1,
        "township": "410902001",
    }


def named(case: Case) -> str:
    return f"{case.pk}:{case.version}"


# What an address must be told beside its path, so that it comes to speak of anything.
ASKED: dict[str, Callable[[Town], dict[str, Any]]] = {
    "workflow:similar": lambda town: {"grid_id": town.grid.pk, "matter_id": town.matter("路灯故障").pk},
    "workflow:many": lambda town: {
        "verb": "accept",
        "case": named(Case.objects.filter(status="awaiting_acceptance", grid=town.grid)[0]),
    },
    "personnel:enrol": lambda town: {"place": "410902001"},
    **dict.fromkeys(("plans:change", "api:plan_change"), step_of),
    "workflow:search": lambda town: {"q": "楼道"},
    "api:suggest": lambda town: {"grid": town.grid.code},
}


# --- listening ------------------------------------------------------------------------------------------------------


Question = Callable[[tuple[Any, ...]], bool]


def functions_of(owner: type, *names: str) -> list[FunctionType]:
    return [getattr(owner, name) for name in names]


def questions_of(rule: Any) -> dict[FunctionType, Question]:
    """Return the functions that ask a door's rule, each with a test of its arguments whether this rule was asked."""
    if isinstance(rule, Entrance):
        return dict.fromkeys(functions_of(Entrance, "require", "admits"), lambda given: given[0] is rule)
    if isinstance(rule, Rules):
        rows = {id(row) for row in rule.values()}
        return {
            **dict.fromkeys(
                functions_of(Rules, "may", "require", "open_under"), lambda given: given[0] is rule
            ),
            **dict.fromkeys(functions_of(Rule, "allows", "require"), lambda given: id(given[0]) in rows),
        }
    asked = rule.visible_to if isinstance(rule, type) and issubclass(rule, QuerySet) else rule
    return {asked: lambda given: True}


def stand_in(*given: Any, _listener: Callable[..., Any], **named: Any) -> Any:
    return _listener(*given, **named)


@contextmanager
def heard(function: FunctionType, hear: Callable[[tuple[Any, ...]], None]) -> Iterator[None]:
    """Call ``hear`` with the arguments before the function runs, whoever holds it and wherever it was imported to.

    The function stays the same object and gets another code; a profiler would be called for every function instead.
    """
    code, defaults, named_defaults = function.__code__, function.__defaults__, function.__kwdefaults__
    twin = FunctionType(code, function.__globals__, function.__name__, defaults, function.__closure__)
    twin.__kwdefaults__ = named_defaults

    def listener(*given: Any, **named: Any) -> Any:
        hear(given)
        return twin(*given, **named)

    function.__code__ = stand_in.__code__.replace(co_freevars=code.co_freevars)
    function.__defaults__, function.__kwdefaults__ = None, {"_listener": listener}
    try:
        yield
    finally:
        function.__code__ = code
        function.__defaults__, function.__kwdefaults__ = defaults, named_defaults


@contextmanager
def listening(rules: dict[str, Any]) -> Iterator[set[str]]:
    """Collect the names of the rules that are asked inside the block."""
    asked: set[str] = set()
    questions: dict[FunctionType, list[tuple[str, Question]]] = {}
    for name, rule in rules.items():
        for function, is_this in questions_of(rule).items():
            questions.setdefault(function, []).append((name, is_this))

    def hear(asking: list[tuple[str, Question]], given: tuple[Any, ...]) -> None:
        asked.update(name for name, is_this in asking if is_this(given))

    with ExitStack() as ears:
        for function, asking in questions.items():
            ears.enter_context(heard(function, partial(hear, asking)))
        yield asked


def askers(name: str, thing: Thing) -> list[str]:
    """Return a signed-in person who may enter, if there is one, and one who is refused."""
    found: dict[str, str] = {}
    for person in SIGNED_IN:
        found.setdefault(expected(person, PAGES[name].rule, thing), person)
    return [found[answer] for answer in (IN, NO, HIDDEN) if answer in found][:2]


@pytest.mark.article(20)
@pytest.mark.slow
@pytest.mark.long
def test_nothing_is_answered_before_a_rule_of_the_door_is_asked(town: Town) -> None:
    things, faults, tried = things_of(town), [], 0
    bodies = bodies_for(things)
    clients = {person: client_of(town, person) for person in SIGNED_IN}
    for name, row in PAGES.items():
        door = door_of(name)
        if door is None or not door.rules or (row.is_second_door and not FULL):
            continue
        rules = {path: import_string(path) for path in door.rules}
        names, thing = things[row.about][0]
        people, unasked = askers(name, thing), {*rules}
        methods = BOTH if len(rules) > 1 else row.methods or BOTH
        with transaction.atomic():
            if name in MADE:
                names, opener = MADE[name](town)
                people = [opener, "nobody"]
            body = {**(bodies.get(names.get("pk", 0), BODY) if row.about == "case" else BODY)}
            body |= ASKED.get(name, lambda _: {})(town)
            for person, method in product(people, methods):
                path = path_at(ROUTES[name], names, 1)
                with transaction.atomic():
                    with listening(rules) as asked:
                        status = answer_of(clients[person], method, path, body).status_code
                    transaction.set_rollback(True)
                tried += status != 405
                unasked -= asked
                if not asked and status != 405:
                    faults.append(
                        f"{name}: {method} by {person} is answered {status}, and none of {door.rules} asked"
                    )
            transaction.set_rollback(True)
        faults += [f"{name}: nothing asks {path}" for path in unasked]
    assert_none(faults)
    assert tried > 300
