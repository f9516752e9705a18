"""Names for the dicts that tests send and that addresses are made from."""

from __future__ import annotations

from typing import Any

Sent = dict[str, Any]  # what a form, a call of the API or an action is given, by field; wrong values included
Names = dict[str, Any]  # the arguments of an address, by their names in the pattern
