"""Charts and sketch maps as SVG, each with a title and a description for users who cannot see it."""

from collections.abc import Sequence

from django import template

from common.drawing.charts import Amount, Stack, bars, sparkline, stacked_bars
from common.drawing.sketches import Area, sketch
from common.shapes import Context

register = template.Library()


@register.inclusion_tag("parts/bar_chart.html")
def bar_chart(amounts: Sequence[Amount], title: str) -> Context:
    """One bar per amount; a bar with a URL is a link to its list."""
    return {"rows": bars(amounts), "title": title}


@register.inclusion_tag("parts/bar_chart.html")
def stacked_chart(stacks: Sequence[Stack], title: str) -> Context:
    """One bar per stack, with its parts side by side and a legend."""
    legend = {part.name: part.light for stack in stacks for part in stack.parts}
    return {"rows": stacked_bars(stacks), "title": title, "legend": legend.items()}


@register.inclusion_tag("parts/sparkline.html")
def spark(values: Sequence[float], title: str) -> Context:
    """A small line chart within the text."""
    return {"line": sparkline(values), "title": title}


@register.inclusion_tag("parts/area_map.html")
def area_map(areas: Sequence[Area], title: str, description: str = "", unit: str = "件") -> Context:
    """Areas coloured by their number in five steps; a table beside the map has the same numbers."""
    drawn = sketch(areas, width=480, height=420)
    return {
        "map": drawn,
        "title": title,
        "description": description,
        "unit": unit,
        "has_names": len(areas) <= 24,
    }


@register.inclusion_tag("parts/mini_map.html")
def mini_map(
    areas: Sequence[Area], title: str, lon: float | None = None, lat: float | None = None
) -> Context:
    """A grid with its neighbours and, if known, the place of the case."""
    pin = (lon, lat) if lon is not None and lat is not None else None
    return {"map": sketch(areas, width=320, height=200, pin=pin), "title": title}
