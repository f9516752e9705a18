"""The maps drawn by the server: their names can be read on every phone (Art. 13)."""

from __future__ import annotations

import re

import pytest
import shapely

from register.maps import LETTER, NARROW_LETTER, NARROW_LINE, WIDTH, Piece, draw
from tests.doors import Visitor
from tests.town import Town

NARROWEST = 320 - 2 * 16  # pixels of the screen that the picture has there
READABLE = 12.0  # pixels of the screen

SQUARES = [
    Piece(name, shapely.box(115 + 0.01 * column, 35.7, 115.01 + 0.01 * column, 35.71), label=label)
    for column, (name, label) in enumerate(
        (("京东社区第一网格", ("京东社区", "第一网格")), ("经济技术开发区", ("经济技术开发区",)))
    )
]


def test_names_for_the_narrowest_phone_are_written_large_enough_and_in_short_lines() -> None:
    assert NARROW_LETTER * NARROWEST / WIDTH >= READABLE
    assert LETTER * (390 - 2 * 16) / WIDTH >= READABLE
    drawn = draw(SQUARES, title="示意图")
    assert drawn is not None
    lines = [[line for _, _, line in label.lines] for label in drawn.narrow_labels]
    assert lines == [["京东社区", "第一网格"], ["经济技术", "开发区"]]
    assert all(len(line) <= NARROW_LINE for label in lines for line in label)


@pytest.mark.parametrize("narrow", [False, True])
def test_no_name_lies_over_another_or_outside_the_picture(narrow: bool) -> None:
    drawn = draw(SQUARES, title="示意图")
    assert drawn is not None
    labels, letter = (drawn.narrow_labels, NARROW_LETTER) if narrow else (drawn.labels, LETTER)
    taken = [label.box(letter) for label in labels]
    assert len(taken) == 2 and not taken[0].intersects(taken[1])
    assert all(box.bounds[0] >= 0 and box.bounds[2] <= WIDTH for box in taken)


def test_a_name_that_would_lie_over_its_neighbour_moves_or_is_wrapped() -> None:
    """Two narrow shapes beside each other, whose middles are too near for both names in one line."""
    low, high = shapely.box(115, 35.7, 115.01, 35.703), shapely.box(115.006, 35.703, 115.016, 35.706)
    pieces = [Piece(name, shape, label=(name,)) for name, shape in (("静和苑社区", low), ("京西社区", high))]
    drawn = draw([*pieces, *SQUARES], title="示意图")
    assert drawn is not None
    for labels, letter in ((drawn.labels, LETTER), (drawn.narrow_labels, NARROW_LETTER)):
        taken = [label.box(letter) for label in labels]
        assert len(taken) >= 3
        assert not any(one.intersects(other) for number, one in enumerate(taken) for other in taken[:number])


def test_a_page_carries_both_sets_of_names(town: Town) -> None:
    page = Visitor().text(f"/public/grid/{town.grid.code}/")
    wide, narrow = page.split("data-narrow")
    assert re.search(r"<tspan[^>]*>京东社区</tspan>", wide) and re.search(
        r"<tspan[^>]*>京东社区</tspan>", narrow
    )
