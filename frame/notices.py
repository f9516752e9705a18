"""Who is told of what people suggest about the platform."""

from __future__ import annotations

from grids.models import Division
from personnel.scopes import audience


def keepers_of_suggestions() -> list[str]:
    """Returns the audience of the system's administrators."""
    cities = Division.objects.filter(level="city").values_list("pk", flat=True)
    return [audience("administer_system", "division", city) for city in cities]
