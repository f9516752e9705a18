"""The page about the life of a case says what the state table says."""

from __future__ import annotations

from tests.life_page import PAGE, page


def test_the_life_of_a_case_is_written_from_the_state_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make life`"
