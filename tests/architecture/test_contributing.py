"""The recipes of CONTRIBUTING name files that exist, and each ends with the tests to run."""

from __future__ import annotations

import re

from puyang_grid.addresses import BASE_DIR
from tests.faults import assert_none

TEXT = (BASE_DIR / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"^## (To .*?)\n(.*?)(?=^## )", TEXT, re.S | re.M)
NAMED = re.compile(
    r"`((?:tests|workflow|plans|personnel|common|audit|templates|puyang_grid)/[\w/]+(?:\.\w+)?)"
)


def test_every_recipe_ends_with_the_tests_to_run() -> None:
    assert len(RECIPES) > 10
    assert_none(
        name for name, recipe in RECIPES if not recipe.strip().split("\n\n")[-1].startswith("Tests to run: ")
    )


def test_every_file_that_is_named_exists() -> None:
    names = NAMED.findall(TEXT)
    assert len(names) > 20
    assert_none(name for name in names if not (BASE_DIR / name).exists())
