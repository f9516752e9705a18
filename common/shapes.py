"""One name for each shape that a framework gives or takes as a dict, and for what is stored as JSON.

These are dicts because Django makes or takes them so: their keys are those of one template, of one form's fields, of
one table's columns. A row, a part of a page, or anything else with keys of its own is a frozen dataclass beside the
function that builds it; what is stored or sent as JSON and read by others is a TypedDict there.
"""

from __future__ import annotations

from typing import Any

Context = dict[str, Any]  # the context of a template, or the part of one that a page merges into its own
Cleaned = dict[str, Any]  # the cleaned fields of a form or serializer, by name: the arguments of an action
FormArguments = dict[str, Any]  # the keyword arguments with which a form or a field is made
Json = dict[str, Any]  # a JSON object that only the function beside its writer reads again
Columns = dict[str, Any]  # columns of a row by name, as a model or a dataclass takes them


class Shown:
    """A row that templates show: it answers its fields as keys too.

    Django's templates ask for a key before they ask for an attribute, and an object without keys answers by raising,
    which costs more than the answer.
    """

    __slots__ = ()

    def __getitem__(self, name: str) -> object:
        """Return the field of this name; raises KeyError."""
        try:
            return getattr(self, name)
        except AttributeError as missing:
            raise KeyError(name) from missing
