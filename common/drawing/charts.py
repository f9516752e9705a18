"""Charts laid out on the server: numbers become coordinates; the templates draw them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Amount:
    """One named number of a chart; `light` sets its colour by deadline state, `url` links to the list behind it."""

    name: str
    value: float
    url: str = ""
    light: str = ""


@dataclass(frozen=True)
class Stack:
    """One named row made of several amounts."""

    name: str
    parts: tuple[Amount, ...]
    url: str = ""


@dataclass(frozen=True)
class Segment:
    """One part of a bar, as a percentage of the longest bar."""

    start: float
    width: float
    amount: Amount


@dataclass(frozen=True)
class BarRow:
    """One row of a bar chart: a name, its segments and their total."""

    name: str
    url: str
    total: float
    segments: tuple[Segment, ...]


def stacked_bars(stacks: Sequence[Stack]) -> tuple[BarRow, ...]:
    """Lay out stacked bars on a common scale from zero to the largest total."""
    largest = max((_total(stack) for stack in stacks), default=0) or 1
    return tuple(_bar_row(stack, scale=100 / largest) for stack in stacks)


def bars(amounts: Sequence[Amount]) -> tuple[BarRow, ...]:
    """Lay out simple bars: each amount is a stack of one."""
    return stacked_bars([Stack(amount.name, (amount,), amount.url) for amount in amounts])


def _total(stack: Stack) -> float:
    return sum(part.value for part in stack.parts)


def _bar_row(stack: Stack, *, scale: float) -> BarRow:
    segments = []
    start = 0.0
    for part in stack.parts:
        width = part.value * scale
        if width > 0:
            segments.append(Segment(round(start, 2), round(width, 2), part))
        start += width
    return BarRow(stack.name, stack.url, _total(stack), tuple(segments))


@dataclass(frozen=True)
class Sparkline:
    width: int
    height: int
    points: str
    last_x: float
    last_y: float


def sparkline(values: Sequence[float], *, width: int = 96, height: int = 24) -> Sparkline:
    """A small line chart from zero to the largest value; a single value is a flat line."""
    largest = max(values, default=0) or 1
    step = width / max(len(values) - 1, 1)
    places = [
        (round(place * step, 1), round(height - 2 - value / largest * (height - 4), 1))
        for place, value in enumerate(values)
    ] or [(0.0, float(height - 2))]
    if len(places) == 1:
        places.append((float(width), places[0][1]))
    points = " ".join(f"{x:g},{y:g}" for x, y in places)
    return Sparkline(width, height, points, *places[-1])
