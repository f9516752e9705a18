"""Names for what is stored or sent as JSON, and for the columns of a row."""

from __future__ import annotations

from typing import Any

# A JSON object whose keys belong to the function that wrote it and is asked to read it again. Where other modules
# read single keys, the shape is a TypedDict beside that function.
Json = dict[str, Any]
# Columns of a row by name, as a model, a query or a dataclass of facts takes them as keyword arguments.
Columns = dict[str, Any]
