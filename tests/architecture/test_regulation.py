"""docs/regulation.md and the marks in the tests say the same."""

from __future__ import annotations

from tests.architecture.named_places import NAMED, is_there
from tests.architecture.sources import ON_ONE_WORKER
from tests.faults import assert_none
from tests.regulation import PAGE, ROW, marked_files, with_tests

pytestmark = ON_ONE_WORKER

TEXT = PAGE.read_text(encoding="utf-8")
ROWS = {int(number): (what, NAMED.findall(code)) for number, what, code, _ in ROW.findall(TEXT)}
ARTICLES = range(1, 30)
HEAD = "| Article | What | Code | Tests |\n|---|---|---|---|\n"


def test_every_article_has_its_row_and_says_something() -> None:
    assert list(ROWS) == list(ARTICLES)
    assert_none(number for number, (what, _) in ROWS.items() if not what.strip(" –"))


def test_the_code_named_for_an_article_exists() -> None:
    assert_none(
        f"article {number}: {place}"
        for number, (_, places) in ROWS.items()
        for place in places
        if ":" not in place or not is_there(place)
    )


def test_every_mark_is_of_an_article() -> None:
    marked = marked_files()
    assert len(marked) >= 18 and set(marked) <= set(ARTICLES)


def test_the_tests_named_for_an_article_are_the_tests_marked_with_it() -> None:
    written = with_tests(TEXT, marked_files())
    assert_none(
        f"run `make regulation`; it would write {line}"
        for line in sorted(set(written.splitlines()) - set(TEXT.splitlines()))
    )
    assert written == TEXT


def test_the_column_is_made_from_the_marks_alone() -> None:
    page = HEAD + "| 1 | Purpose | `common/web/doors.py:Door` | `tests/gone.py` |\n| 2 | Grids | – | – |\n"
    assert with_tests(page, {2: {"tests/b.py", "tests/a.py"}}) == (
        HEAD
        + "| 1 | Purpose | `common/web/doors.py:Door` | – |\n| 2 | Grids | – | `tests/a.py`, `tests/b.py` |\n"
    )
