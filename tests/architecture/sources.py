"""Our own source files, each read and parsed once in a process, for the tests that judge all of them.

A test of all files collects the faults of every file and compares the whole with nothing, so that one run names all.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from puyang_grid.addresses import BASE_DIR
from tests.architecture.floors import floors

# Of one worker, so that the files are parsed once in a run and not once in each worker.
ON_ONE_WORKER = pytest.mark.xdist_group("source files")
APPS = tuple(name for floor in floors() for name in floor)
CODE = sorted(
    path
    for folder in (*APPS, "tests")
    for path in (BASE_DIR / folder).rglob("*.py")
    if "migrations" not in path.parts
)
PRODUCT = [path for path in CODE if path.relative_to(BASE_DIR).parts[0] != "tests"]
TEMPLATES = sorted((BASE_DIR / "templates").rglob("*.html"))

Finder = Callable[[ast.AST], Iterator[str]]


def named(path: Path) -> str:
    return str(path.relative_to(BASE_DIR))


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file, the module first."""
    return tuple(ast.walk(ast.parse(text_of(path), filename=str(path))))


def faults_in(nodes: Iterable[ast.AST], find: Finder) -> list[str]:
    return [fault for node in nodes for fault in find(node)]


def faults_by_file(paths: Iterable[Path], judge: Callable[[Path], list[str]]) -> dict[str, list[str]]:
    """The faults of every file that has any, under the file's name."""
    return {named(path): faults for path in paths if (faults := judge(path))}


def found_by_file(paths: Iterable[Path], find: Finder) -> dict[str, list[str]]:
    """What a finder of nodes finds, by file."""
    return faults_by_file(paths, lambda path: faults_in(nodes_of(path), find))
