"""The rules of the house that a machine can keep: sizes, names, imports, tasks, and nothing marked safe."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import (
    CODE,
    ON_ONE_WORKER,
    PRODUCT,
    TEMPLATES,
    Finder,
    faults_by_file,
    faults_in,
    found_by_file,
    named,
    nodes_of,
    text_of,
)
from tests.faults import assert_none

pytestmark = ON_ONE_WORKER

FILE_LIMIT, FUNCTION_LIMIT, WAIT_LIMIT = 450, 50, 60
MAY_SEND_TASKS = re.compile(r"^(notifications|workflow)/tasks\.py$")
DECLARED_SAFE = re.compile(r"\|\s*safe(seq)?\b|{%\s*autoescape\s+off")
VAGUE = {"manager", "managers", "service", "services", "helper", "helpers", "util", "utils", "data", "info"}
VAGUE |= {"process", "processes", "processor", "pinyin", "misc"}
PURE = {"states.py", "deadlines.py", "policies.py", "clocks.py"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
STORY_WORDS = {"said", "told"}
API_FIELDS = "workflow/api/serializers.py"


def faults_in_text(source: str, find: Finder) -> list[str]:
    return faults_in(ast.walk(ast.parse(source)), find)


def what_is_too_long(path: Path) -> list[str]:
    lines = text_of(path).count("\n")
    too_long = [f"{lines} lines"] if lines > FILE_LIMIT else []
    return too_long + faults_in(nodes_of(path), long_functions)


def long_functions(node: ast.AST) -> Iterator[str]:
    if isinstance(node, FUNCTIONS):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > FUNCTION_LIMIT:
            yield f"{node.name} in line {node.lineno} of {length} lines"


def long_waits(node: ast.AST) -> Iterator[str]:
    """Tasks put off for longer than Redis may be trusted to remember them."""
    if isinstance(node, ast.keyword) and node.arg == "eta":
        yield f"eta in line {node.value.lineno}"
    if isinstance(node, ast.keyword) and node.arg == "countdown":
        value = node.value
        if not (isinstance(value, ast.Constant) and isinstance(value.value, int | float)):
            yield f"a countdown that cannot be read, in line {value.lineno}"
        elif value.value > WAIT_LIMIT:
            yield f"a countdown of {value.value} s in line {value.lineno}"


def sent_tasks(node: ast.AST) -> Iterator[str]:
    """Tasks handed to the broker, which may forget them."""
    if isinstance(node, ast.Attribute) and node.attr in {"delay", "apply_async", "send_task"}:
        yield f".{node.attr} in line {node.lineno}"


def inner_imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, FUNCTIONS):
        for inner in ast.walk(node):
            if isinstance(inner, ast.Import | ast.ImportFrom):
                yield f"an import in line {inner.lineno}"


def asked_times(node: ast.AST) -> Iterator[str]:
    """Reads of the present time in code that gets the time as an argument."""
    if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow", "localdate"}:
        yield f".{node.attr} in line {node.lineno}"


def words_declared_safe(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        if name in {"mark_safe", "SafeString", "SafeText"}:
            yield f"{name} in line {node.lineno}"


def test_every_file_is_looked_at() -> None:
    assert {"workflow/states.py", "puyang_grid/roles.py", "tests/architecture/test_house.py"} <= {
        named(path) for path in CODE
    }
    assert len(PRODUCT) > 400 and len(TEMPLATES) > 100


def test_a_file_and_its_functions_stay_readable() -> None:
    assert_none(faults_by_file(CODE, what_is_too_long))


def test_imports_stand_at_the_top() -> None:
    assert_none(found_by_file(CODE, inner_imports))


def test_only_the_relay_and_the_sweeps_send_tasks_and_none_waits_long() -> None:
    assert_none(found_by_file(PRODUCT, long_waits))
    others = [path for path in PRODUCT if not MAY_SEND_TASKS.match(named(path))]
    assert_none(found_by_file(others, sent_tasks))


def test_no_word_is_declared_safe() -> None:
    assert_none(found_by_file(PRODUCT, words_declared_safe))


def test_no_template_declares_data_safe() -> None:
    assert_none(named(path) for path in TEMPLATES if DECLARED_SAFE.search(text_of(path)))


def test_pure_modules_get_the_time_as_an_argument() -> None:
    pure = [path for path in PRODUCT if path.name in PURE]
    assert {path.name for path in pure} == PURE
    assert_none(found_by_file(pure, asked_times))


def rules_in_views(node: ast.AST) -> Iterator[str]:
    """Permission checks in a view: rules belong in policies or visibility, and a door guards every view."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        raised = node.exc.func
        if isinstance(raised, ast.Name) and raised.id in ("NotPermitted", "PermissionDenied"):
            yield f"{raised.id} in line {node.lineno}"
    if isinstance(node, ast.Name) and node.id in (
        "login_required",
        "permission_required",
        "user_passes_test",
        "authority_of",
    ):
        yield f"{node.id} in line {node.lineno}"
    if isinstance(node, ast.FunctionDef) and node.name.endswith(("in_sight", "_managed", "_guarded")):
        yield f"{node.name} in line {node.lineno}"


def test_no_view_decides_who_may() -> None:
    views = [path for path in PRODUCT if "views" in Path(named(path)).parts or path.stem == "views"]
    assert len(views) > 60
    assert_none(found_by_file(views, rules_in_views))


def test_a_file_is_named_after_what_it_holds() -> None:
    assert_none(named(path) for path in PRODUCT if VAGUE & set(path.stem.lower().split("_")))


def bound_names(node: ast.AST) -> Iterator[str]:
    """The names that a node gives or uses; the name of a test is a sentence and no name."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.arg | ast.keyword) and node.arg:
        yield node.arg
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("test_"):
        yield node.name
    elif isinstance(node, ast.alias) and node.asname:
        yield node.asname


def story_names(node: ast.AST) -> Iterator[str]:
    """Names such as ``said`` and ``told``: a name says what it holds, not how it came."""
    for name in bound_names(node):
        if ("said" in name.lower() or "told" in name.lower()) and STORY_WORDS & set(name.lower().split("_")):
            yield f"{name} in line {getattr(node, 'lineno', '?')}"


def test_a_name_says_what_it_holds() -> None:
    found = found_by_file(CODE, story_names)
    published = found.pop(API_FIELDS)
    assert [fault.split()[0] for fault in published] == ["told"], "the one field of the published API"
    assert_none(found)


@pytest.mark.parametrize(
    ("source", "find"),
    [
        ("sweep.apply_async(countdown=61)", long_waits),
        ("sweep.apply_async(countdown=limit)", long_waits),
        ("sweep.apply_async(eta=later)", long_waits),
        ("sweep.delay(1)", sent_tasks),
        ("def f():\n" + "    x = 1\n" * FUNCTION_LIMIT, long_functions),
        ("def f():\n    import os", inner_imports),
        ("at = timezone.now()", asked_times),
        ("mark_safe(case.title)", words_declared_safe),
        ('raise NotPermitted("…")', rules_in_views),
        ("@login_required\ndef page(request): ...", rules_in_views),
        ("may = authority_of(user).holds('report')", rules_in_views),
        ("def case_in_sight(user, pk): ...", rules_in_views),
        ("said = request.POST", story_names),
        ("def draft(**said): ...", story_names),
        ("publish(said=rule)", story_names),
        ("self.told.act(row)", story_names),
        ("class Said: ...", story_names),
        ("from plans.drawing_input import DrawingInput as Said", story_names),
        ("for told_of in differences: ...", story_names),
    ],
)
def test_each_rule_notices_its_breach(source: str, find: Finder) -> None:
    assert faults_in_text(source, find)


def test_a_short_countdown_is_allowed() -> None:
    assert faults_in_text("sweep.apply_async(countdown=60)", long_waits) == []


def guardian_readers(node: ast.AST) -> Iterator[str]:
    """guardian's own lookups and shortcuts, for which an expired grant is still valid."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    if isinstance(node, ast.ImportFrom):
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    for name in names:
        if name.startswith("guardian") and name != "guardian.models.UserObjectPermissionAbstract":
            yield f"{name} in line {node.lineno}"


def test_authority_has_one_reader() -> None:
    assert_none(found_by_file(CODE, guardian_readers))


def test_a_second_reader_of_authority_is_noticed() -> None:
    for source in (
        "from guardian.shortcuts import get_perms",
        "import guardian.core",
        "from guardian import shortcuts",
    ):
        assert faults_in_text(source, guardian_readers)
