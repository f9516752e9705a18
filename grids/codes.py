"""The default grid code: 12-digit village code + 3-digit sequence (Art. 7; decision 0009). Pure.

The province's own rule is not published; the register makes the rule a versioned setting later.
"""

from __future__ import annotations

import re

SEQUENCE_DIGITS = 3
GRID_CODE = re.compile(r"\d{15}")
LAST_UNIFIED = 799


def grid_code(village_code: str, *, sequence: int) -> str:
    """Join a village code and a sequence (1–799 for unified grids); raises ValueError outside it."""
    if not re.fullmatch(r"\d{12}", village_code):
        raise ValueError(f"a village code has 12 digits: {village_code}")
    if not 1 <= sequence <= LAST_UNIFIED:
        raise ValueError(f"a unified grid is numbered 001 to {LAST_UNIFIED}: {sequence}")
    return f"{village_code}{sequence:0{SEQUENCE_DIGITS}d}"
