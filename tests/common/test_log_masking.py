"""No telephone or identity number reaches the log."""

from __future__ import annotations

import pytest

from common.log_masking import masked


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("致电13812345678未接", "致电138****78未接"),
        ("身份证 41090219900307123X", "身份证 410****3X"),
        ({"who": ["13812345678"]}, {"who": ["138****78"]}),
        ("网格 410902001001001 已划定", "网格 410902001001001 已划定"),
        (13, 13),
    ],
)
def test_personal_numbers_are_shortened(said: object, kept: object) -> None:
    assert masked(said) == kept
