"""What `docs/architecture.md` shows of the floors is what the import contract holds the code to."""

from __future__ import annotations

import re

from django.conf import settings

from tests.architecture.floors import PICTURE, ROOT, floors, picture


def test_the_picture_of_the_floors_is_drawn_from_the_contract() -> None:
    assert PICTURE.read_text() == picture(), "run `make floors`"


def test_every_app_of_ours_is_a_floor() -> None:
    ours = {name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()}
    assert ours <= {name for floor in floors() for name in floor}


def test_the_page_tells_every_floor_in_the_order_of_the_contract() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    block = page.split("```", 2)[1]
    lines = [line.split("  ", 1)[0] for line in block.splitlines() if re.match(r"[a-z]", line)]
    assert [re.findall(r"\w+", line) for line in lines] == floors()
