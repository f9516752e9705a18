"""The rules of the house that a machine can keep: sizes, names, imports, tasks, and nothing marked safe."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "common", "audit", "notifications", "worktime", "accounts", "grids", "personnel", "access", "boards", "conduct",
    "matters", "plans", "workflow", "register", "public", "frame", "demo", "exchange", "filing", "geometry",
    "puyang_grid", "retention", "sweeps",
)  # fmt: skip
CODE = sorted(
    path for app in (*APPS, "tests") for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)
PRODUCT = [path for path in CODE if path.relative_to(ROOT).parts[0] != "tests"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FILE_LIMIT, FUNCTION_LIMIT, WAIT_LIMIT = 450, 50, 60
MAY_SEND_TASKS = re.compile(r"^(notifications|workflow)/tasks\.py$")
VAGUE = {"manager", "managers", "service", "services", "helper", "helpers", "util", "utils", "data", "info"}
VAGUE |= {"process", "processes", "processor", "pinyin", "misc"}
PURE = {"states.py", "deadlines.py", "policies.py", "clocks.py"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, FUNCTIONS))


def faults_in(source: str, find: Callable[[ast.AST], Iterator[str]]) -> list[str]:
    return [fault for node in ast.walk(ast.parse(source)) for fault in find(node)]


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
    """The present asked for below the doors, where time is an argument."""
    if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow", "localdate"}:
        yield f".{node.attr} in line {node.lineno}"


def words_declared_safe(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        if name in {"mark_safe", "SafeString", "SafeText"}:
            yield f"{name} in line {node.lineno}"


@pytest.mark.parametrize("path", CODE, ids=named)
def test_a_file_and_its_functions_stay_readable(path: Path) -> None:
    assert path.read_text().count("\n") <= FILE_LIMIT
    lengths = {f"{node.name} in line {node.lineno}": function_length(node) for node in functions_of(path)}
    assert {name: length for name, length in lengths.items() if length > FUNCTION_LIMIT} == {}


def function_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", CODE, ids=named)
def test_imports_stand_at_the_top(path: Path) -> None:
    assert faults_in(path.read_text(), inner_imports) == []


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_only_the_relay_and_the_sweeps_send_tasks_and_none_waits_long(path: Path) -> None:
    source = path.read_text()
    assert faults_in(source, long_waits) == []
    if not MAY_SEND_TASKS.match(named(path)):
        assert faults_in(source, sent_tasks) == []


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_no_word_is_declared_safe(path: Path) -> None:
    assert faults_in(path.read_text(), words_declared_safe) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_template_declares_data_safe(path: Path) -> None:
    assert not re.search(r"\|\s*safe(seq)?\b|{%\s*autoescape\s+off", path.read_text())


@pytest.mark.parametrize("path", [path for path in PRODUCT if path.name in PURE], ids=named)
def test_the_pure_rooms_are_told_the_time(path: Path) -> None:
    assert faults_in(path.read_text(), asked_times) == []


def rules_in_views(node: ast.AST) -> Iterator[str]:
    """A view that decides who may: the rule belongs into policies or sight, and the door stands before every view."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        raised = node.exc.func
        if isinstance(raised, ast.Name) and raised.id in ("NotPermitted", "PermissionDenied"):
            yield f"{raised.id} in line {node.lineno}"
    if isinstance(node, ast.Name) and node.id in (
        "login_required",
        "permission_required",
        "user_passes_test",
    ):
        yield f"{node.id} in line {node.lineno}"


def test_no_view_decides_who_may() -> None:
    views = [path for path in PRODUCT if "views" in path.relative_to(ROOT).parts or path.stem == "views"]
    assert len(views) > 60
    assert {
        named(path): found for path in views if (found := faults_in(path.read_text(), rules_in_views))
    } == {}


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_a_file_is_named_after_what_it_holds(path: Path) -> None:
    assert not VAGUE & set(path.stem.lower().split("_"))


@pytest.mark.parametrize(
    ("source", "find"),
    [
        ("sweep.apply_async(countdown=61)", long_waits),
        ("sweep.apply_async(countdown=limit)", long_waits),
        ("sweep.apply_async(eta=later)", long_waits),
        ("sweep.delay(1)", sent_tasks),
        ("def f():\n    import os", inner_imports),
        ("at = timezone.now()", asked_times),
        ("mark_safe(case.title)", words_declared_safe),
        ('raise NotPermitted("…")', rules_in_views),
        ("@login_required\ndef page(request): ...", rules_in_views),
    ],
)
def test_each_rule_notices_its_breach(source: str, find: Callable[[ast.AST], Iterator[str]]) -> None:
    assert faults_in(source, find)


def test_a_short_countdown_is_allowed() -> None:
    assert faults_in("sweep.apply_async(countdown=60)", long_waits) == []


def guardian_readers(node: ast.AST) -> Iterator[str]:
    """guardian's own readings and shortcuts, which hold a grant that has run out for good."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    if isinstance(node, ast.ImportFrom):
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    for name in names:
        if name.startswith("guardian") and name != "guardian.models.UserObjectPermissionAbstract":
            yield f"{name} in line {node.lineno}"


@pytest.mark.parametrize("path", CODE, ids=named)
def test_authority_has_one_reader(path: Path) -> None:
    assert faults_in(path.read_text(), guardian_readers) == []


def test_a_second_reader_of_authority_is_noticed() -> None:
    for source in (
        "from guardian.shortcuts import get_perms",
        "import guardian.core",
        "from guardian import shortcuts",
    ):
        assert faults_in(source, guardian_readers)
