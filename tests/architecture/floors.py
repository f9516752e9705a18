"""The picture of the floors in `docs/architecture.md`, drawn from the import contract in `pyproject.toml`."""

from __future__ import annotations

import tomllib
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "floors.svg"
WIDTH, HEIGHT, GAP, EDGE = 720, 34, 6, 10
STYLE = (
    "rect{fill:#f3f6fa;stroke:#5b6b80}text{font:15px ui-monospace,Consolas,monospace;fill:#1c2733;text-anchor:middle}"
    "@media(prefers-color-scheme:dark){rect{fill:#202a35;stroke:#8a9bb0}text{fill:#e6edf5}}"
)


def floors() -> list[list[str]]:
    """The packages of each floor, the roof first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    contract = next(each for each in contracts if each["name"].startswith("The floors"))
    return [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]


def picture() -> str:
    """The floors as SVG: a row each, its packages side by side; a floor stands on all floors beneath it."""
    rows, boxes = floors(), []
    for number, names in enumerate(rows):
        top = EDGE + number * (HEIGHT + GAP)
        width = (WIDTH - 2 * EDGE - GAP * (len(names) - 1)) / len(names)
        for place, name in enumerate(names):
            left = EDGE + place * (width + GAP)
            boxes.append(
                f'<rect x="{left:g}" y="{top}" width="{width:g}" height="{HEIGHT}" rx="4"/>'
                f'<text x="{left + width / 2:g}" y="{top + 22}">{escape(name)}</text>'
            )
    height = 2 * EDGE + len(rows) * (HEIGHT + GAP) - GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="The floors">',
        f"<style>{STYLE}</style>",
        *boxes,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(picture())
