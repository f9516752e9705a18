"""The tests column of docs/regulation.md, made from the marks in the tests (``make regulation``)."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Mapping

from puyang_grid.addresses import BASE_DIR
from tests.architecture.sources import CODE, named, nodes_of

PAGE = BASE_DIR / "docs/regulation.md"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)


def marked_files() -> dict[int, set[str]]:
    """The test files that carry each article's mark."""
    found: dict[int, set[str]] = defaultdict(set)
    for path in CODE:
        if not (named(path).startswith("tests/") and path.name.startswith("test_")):
            continue
        for node in nodes_of(path):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.article":
                found[ast.literal_eval(node.args[0])].add(named(path))
    return found


def with_tests(page: str, marked: Mapping[int, set[str]]) -> str:
    """The page with each row's tests as the marks have them."""

    def rewritten(row: re.Match[str]) -> str:
        number, what, code, _ = row.groups()
        tests = ", ".join(f"`{path}`" for path in sorted(marked.get(int(number), ()))) or "–"
        return f"| {number} | {what} | {code} | {tests} |"

    return ROW.sub(rewritten, page)


def main() -> None:
    PAGE.write_text(with_tests(PAGE.read_text(encoding="utf-8"), marked_files()), encoding="utf-8")
