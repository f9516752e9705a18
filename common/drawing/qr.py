"""A QR code as the path of an SVG drawing. Pure."""

from __future__ import annotations

import segno

QUIET_ZONE = 4  # modules, as the standard requires


def qr_path(text: str) -> tuple[str, int]:
    """Return the path data and the side of the square, in modules."""
    code = segno.make(text, error="m", micro=False)
    steps = [
        f"M{column + QUIET_ZONE} {row + QUIET_ZONE}h1v1h-1z"
        for row, line in enumerate(code.matrix)
        for column, module in enumerate(line)
        if module & 1
    ]
    return "".join(steps), len(code.matrix) + 2 * QUIET_ZONE
