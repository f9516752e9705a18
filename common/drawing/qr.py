"""A QR code as the path of an SVG drawing. Pure."""

from __future__ import annotations

from typing import NamedTuple

import segno

QUIET_ZONE = 4  # modules, as the standard requires


class Qr(NamedTuple):
    """The path data of a QR code and the side of its square, in modules."""

    path: str
    side: int


def qr_path(text: str) -> Qr:
    """Return a text as a QR code."""
    code = segno.make(text, error="m", micro=False)
    steps = [
        f"M{column + QUIET_ZONE} {row + QUIET_ZONE}h1v1h-1z"
        for row, line in enumerate(code.matrix)
        for column, module in enumerate(line)
        if module & 1
    ]
    return Qr("".join(steps), len(code.matrix) + 2 * QUIET_ZONE)
