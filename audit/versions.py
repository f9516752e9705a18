"""Records with a version: a save based on an old version is refused, with who changed the record, when and how.

The rule for versions: every change of what a person may decide about raises the version. Notes by the clock (a
reminder, a light) and changes to old texts or photos do not raise it, so that open pages stay valid; such links are
listed in ``keeps_version`` and are never named as the change that made a version.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.contrib.auth import get_user_model
from django.db import models

from audit.actions import append_entry
from audit.models import Entry
from common.errors import StaleVersion
from common.templatetags.when import short_moment


@dataclass(frozen=True)
class Change:
    """Who made a version of a record (None for the platform), and when."""

    actor_id: int | None
    at: datetime

    @property
    def who(self) -> str:
        """The name for the sentence of a refusal."""
        if self.actor_id is None:
            return "系统"
        names = get_user_model().objects.filter(pk=self.actor_id).values_list("name", flat=True)
        return str(names.first() or "系统")


class Versioned(models.Model):
    """A record that several people may work on: one version, one chain in the trace."""

    chain: ClassVar[str]  # the name of its kind in the trace: ``grid_plan``
    noun: ClassVar[str]  # its name in a sentence: 这个方案
    keeps_version: ClassVar[Collection[str]] = ()

    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        abstract = True

    @property
    def chain_key(self) -> str:
        """The subject of its chain: ``grid_plan:7``."""
        return f"{self.chain}:{self.pk}"

    @property
    def present_state(self) -> str:
        """Its current state, as the end of 现在是…"""
        return f"“{self.get_status_display()}”"  # type: ignore[attr-defined]

    def linked(self, verb: str, note: str) -> Mapping[str, Any]:
        """The content of each link of its chain."""
        return {}

    def version_links(self) -> models.QuerySet[Entry]:
        """The links of its chain that raised the version."""
        return Entry.objects.filter(subject=self.chain_key).exclude(verb__in=self.keeps_version)

    def last_change(self) -> Change | None:
        """Who made the current version, and when; None without a link."""
        last = self.version_links().order_by("-seq").values_list("actor_id", "at").first()
        return Change(*last) if last else None

    def require_version(self, version: int) -> Self:
        """Raise :class:`StaleVersion`, which names who made the current version, unless it is ``version``."""
        if self.version == version:
            return self
        last = self.last_change()
        who, when = (last.who, short_moment(last.at)) if last else ("系统", "刚刚")
        raise StaleVersion(
            f"{who} {when} 办过{self.noun}，现在是{self.present_state}。您的这一步没有保存，请看过最新情况再办。",
            version=self.version,
            status=getattr(self, "status", ""),
            changed_by=who,
            changed_at=last.at.isoformat() if last else "",
        )


Row = TypeVar("Row", bound=Versioned)


def lock(rows: models.QuerySet[Row], read: Row) -> Row:
    """Lock the row in the version that was read. Raises :class:`StaleVersion` if it was changed since."""
    return rows.select_for_update(of=("self",)).get(pk=read.pk).require_version(read.version)


def append_link(
    row: Versioned,
    verb: str,
    *,
    by: models.Model | None,
    at: datetime,
    note: str = "",
    record: Mapping[str, Any] | None = None,
    first: bool = False,
) -> None:
    """Append a link to the chain of a saved row: what was done to it, by whom, and the content from ``linked``."""
    append_entry(
        row.chain_key,
        verb=verb,
        at=at,
        actor_id=by.pk if by else None,
        record={**row.linked(verb, note), **(record or {})},
        first=first,
    )
