"""docs/regulation.md and the marks in the tests say the same."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

import pytest

from puyang_grid.addresses import BASE_DIR
from tests.architecture.named_places import NAMED, is_there

ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ARTICLES = range(1, 30)


def rows() -> dict[int, tuple[str, list[str], list[str]]]:
    text = (BASE_DIR / "docs/regulation.md").read_text(encoding="utf-8")
    return {
        int(number): (what, NAMED.findall(code), NAMED.findall(tests))
        for number, what, code, tests in ROW.findall(text)
    }


def marks() -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for path in sorted((BASE_DIR / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.article":
                found[ast.literal_eval(node.args[0])].add(str(path.relative_to(BASE_DIR)))
    return found


def test_every_article_has_its_row_and_says_something() -> None:
    assert list(rows()) == list(ARTICLES)
    assert all(what.strip(" –") for what, _, _ in rows().values())


@pytest.mark.parametrize("article", ARTICLES)
def test_the_code_named_for_an_article_exists(article: int) -> None:
    for place in rows()[article][1]:
        assert ":" in place and is_there(place), place


@pytest.mark.parametrize("article", ARTICLES)
def test_the_tests_named_for_an_article_are_the_tests_marked_with_it(article: int) -> None:
    assert set(rows()[article][2]) == marks()[article]
