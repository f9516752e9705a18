"""How a test that judges a whole table fails: with every row that is wrong, each on a line of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def assert_none(faults: Mapping[object, object] | Iterable[object]) -> None:
    """Fail with all the faults, however many; pytest's own comparison would leave some out."""
    lines = [f"{of}: {what}" for of, what in faults.items()] if isinstance(faults, Mapping) else list(faults)
    assert not lines, f"{len(lines)} faults:\n" + "\n".join(str(line) for line in lines)
