"""Fields of a file and our columns: what is recognised by name, and what a person has said of the rest. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from exchange import columns
from exchange.archive import shown
from exchange.rows import FieldSeen

Matches = Mapping[
    str, str
]  # field of the file → key of our column, or an empty text for a field that is not used
NO_MATCHES: Matches = {}
SHOWN_FIELDS = 12
NAMES = ("code", "name")
PLACES = ("code", "village_code", "village_name")
OF_A_GRID = tuple(
    key for key, column in columns.COLUMNS.items() if column.owner == "grid" and key != "coordinates"
)


def keys_matched(headers: Sequence[str], matches: Matches) -> dict[str, str]:
    """The fields to read and the column of each: what a person said, then what is recognised by its name.

    Raises RuleViolation when two recognised fields mean the same column.
    """
    chosen = {header: matches[header] for header in headers if matches.get(header)}
    recognised = columns.keys_by_header([header for header in headers if header not in matches])
    return chosen | {header: key for header, key in recognised.items() if key not in chosen.values()}


def fields_seen(names: Iterable[str], keys: Mapping[str, str], samples: Mapping[str, str]) -> list[FieldSeen]:
    """The fields of a file with their columns and what the first records say in them."""
    return [FieldSeen(name, keys.get(name, ""), shown(samples.get(name, ""))) for name in names]


def lacks_names(fields: Iterable[FieldSeen]) -> bool:
    """Whether no field is the code or the name of a grid."""
    return not any(field.key in NAMES for field in fields)


def lacks_places(fields: Iterable[FieldSeen]) -> bool:
    """Whether no field says which village a grid belongs to."""
    return not any(field.key in PLACES for field in fields)


def not_recognised(fields: Sequence[FieldSeen]) -> str:
    """The sentence that lists the file's fields and our columns."""
    theirs = "、".join(shown(field.name, 20) for field in fields[:SHOWN_FIELDS])
    more = f"等 {len(fields)} 个" if len(fields) > SHOWN_FIELDS else ""
    ours = "、".join(columns.name_of(key) for key in OF_A_GRID)
    return (
        f"文件的字段是{theirs}{more}，其中认不出网格编码和网格名称。我们的栏目是{ours}。"
        "请在导入页指出哪个字段对哪一栏，或改好字段名再上传。"
    )
