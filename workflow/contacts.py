"""What is asked of a resident on whose behalf a matter is reported: one table for draft, form, API, brief and erasure.

A further field is a row here and a sealed column of ``CaseContact``; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.phones import LONGEST_TYPED, normal_phone

PREFIX = "contact_"


@dataclass(frozen=True)
class ContactField:
    """One field: its column, its label, how many characters it takes, the kind of input."""

    name: str
    label: str
    limit: int
    input_type: str = "text"

    @property
    def key(self) -> str:
        """The name in forms and in the API."""
        return f"{PREFIX}{self.name}"

    @property
    def full_label(self) -> str:
        """The label where it is not clear who is meant."""
        return f"反映人{self.label}"


CONTACT_FIELDS = (
    ContactField("name", "姓名", 40),
    ContactField("phone", "电话", LONGEST_TYPED, "tel"),
    ContactField("address", "住址", 100),
)
CONTACT_NAMES = tuple(field.name for field in CONTACT_FIELDS)


def contact_in(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return what a form or a request says of the resident, by column; a telephone in its one spelling."""
    texts = {field.name: str(fields.get(field.key, "")).strip() for field in CONTACT_FIELDS}
    return {**texts, "phone": normal_phone(texts["phone"])}
