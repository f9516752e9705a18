"""Work that is repeated only when the files that it depends on have changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from puyang_grid.addresses import BASE_DIR

ASSETS = ("static/**/*", "puyang_grid/assets.py", "requirements.txt")
DATA = ("*/seed/**/*", "*/management/commands/load_*.py", "*/personas.py", "demo/cases.py", "demo/city/*.py")
TABLES = (
    "*/migrations/*.py",
    "*/witnesses.py",
    "common/records/append_only.py",
    "common/management/commands/*.py",
    "puyang_grid/settings/base.py",
    "requirements.txt",
)


def forget_stamps(var: Path) -> None:
    """Delete all stamps, because work done with the old database is missing in a new one."""
    for stamp in var.glob("*.stamp"):
        stamp.unlink()


@dataclass(frozen=True)
class Stamp:
    """The state of some files when a piece of work was last done with them."""

    kept_in: Path
    present: str

    @classmethod
    def of(cls, name: str, var: Path, patterns: tuple[str, ...], *, salt: str = "") -> Stamp:
        digest = hashlib.sha256(salt.encode())
        paths = {path for pattern in patterns for path in BASE_DIR.glob(pattern)}
        for path in sorted(path for path in paths if path.is_file() and path.suffix != ".pyc"):
            digest.update(f"{path.relative_to(BASE_DIR)}\n".encode() + path.read_bytes())
        return cls(var / f"{name}.stamp", digest.hexdigest())

    def has_changed(self) -> bool:
        return not self.kept_in.exists() or self.kept_in.read_text() != self.present

    def keep(self) -> None:
        self.kept_in.write_text(self.present)
