"""Sector grids: register with the owner, merge into unified grids, or keep under a cited law (Art. 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import shapely
from django.db import transaction
from shapely import Geometry

from accounts.models import User
from audit.actions import append_entry
from common.errors import IllegalMove, RuleViolation
from grids.models import Division, Grid, GridVersion
from personnel.models import Organization
from plans.drawing import is_legible, sound
from plans.models import SectorGrid
from plans.policies import require_sector_keeper
from worktime.clocks import day_of


@dataclass(frozen=True)
class Law:
    """The law, regulation or provision that allows a department to keep its own grid."""

    title: str = ""
    article: str = ""
    number: str = ""

    @property
    def is_cited(self) -> bool:
        """Whether all three parts are given."""
        return bool(self.title.strip() and self.article.strip() and self.number.strip())


@dataclass(frozen=True)
class SectorDraft:
    """The data that is registered about a sector grid."""

    sector: str
    owner: Organization
    township: Division
    name: str
    established_on: date
    code: str = ""
    shape: Geometry | None = None
    law: Law = Law()


@transaction.atomic
def register_sector_grid(draft: SectorDraft, *, by: User, at: datetime) -> SectorGrid:
    """Register a department's grid. If it is newer than the unified grids, a law must be cited (Art. 9)."""
    require_sector_keeper(draft.township, by)
    name = draft.name.strip()
    if not name or len(name) > 80 or not is_legible(name):
        raise RuleViolation("请填写专业网格名称，最多 80 字。", field="name")
    if draft.established_on > day_of(at):
        raise RuleViolation("划设日期不能晚于今天。", field="established_on")
    if draft.owner.kind in ("authority", "institution"):
        raise RuleViolation("专业网格的主管部门应是联动部门、服务单位或人民团体。", field="owner")
    if draft.owner.division_id not in _above(draft.township):
        raise RuleViolation(f"{draft.owner.name}不管{draft.township.name}。", field="owner")
    if SectorGrid.objects.filter(owner=draft.owner, township=draft.township, name=name).exists():
        raise RuleViolation("这个部门在本乡镇街道已登记同名的专业网格。", field="name")
    since = unified_since(draft.township)
    if since is not None and draft.established_on > since and not draft.law.is_cited:
        raise RuleViolation(
            f"{draft.township.name}自 {since:%Y-%m-%d} 起已有统一网格，部门不再另行单独划分；"
            "法律、法规和国家、省另有规定的，请写明名称、条款和文号（条例第九条）。",
            field="law",
        )
    shape = None if draft.shape is None else sound(draft.shape)
    kept = draft.law.is_cited
    row = SectorGrid.objects.create(
        sector=draft.sector,
        owner=draft.owner,
        township=draft.township,
        code=draft.code.strip()[:40],
        name=name,
        boundary=None if shape is None else shapely.to_wkb(shape),
        established_on=draft.established_on,
        status=SectorGrid.Status.KEPT if kept else SectorGrid.Status.REGISTERED,
        **_law_columns(draft.law if kept else Law()),
    )
    _trace(row, "register", by=by, at=at, first=True)
    return row


@transaction.atomic
def merge_sector_grid(row: SectorGrid, *, grids: Sequence[Grid], by: User, at: datetime) -> SectorGrid:
    """Link a sector grid to the unified grids that replace it, and mark it as merged."""
    row = _open(row, by=by)
    if not grids:
        raise RuleViolation("请选择至少一个统一网格。", field="grids")
    if any(grid.status != "in_force" or grid.village.parent_id != row.township_id for grid in grids):
        raise RuleViolation(f"只能对应{row.township.name}在用的统一网格。", field="grids")
    row.unified.set(grids)
    row.status, row.merged_on = SectorGrid.Status.MERGED, day_of(at)
    row.save(update_fields=["status", "merged_on"])
    _trace(row, "merge", by=by, at=at, grids=[grid.pk for grid in grids])
    return row


@transaction.atomic
def keep_sector_grid(row: SectorGrid, *, law: Law, by: User, at: datetime) -> SectorGrid:
    """Keep a sector grid separate under the law that allows it."""
    row = _open(row, by=by)
    if not law.is_cited:
        raise RuleViolation("请写明允许单独划分的法律、法规或国家、省规定的名称、条款和文号。", field="law")
    for column, value in _law_columns(law).items():
        setattr(row, column, value)
    row.status = SectorGrid.Status.KEPT
    row.save(update_fields=["status", "law", "law_article", "law_number"])
    _trace(row, "keep", by=by, at=at)
    return row


def unified_since(township: Division) -> date | None:
    """Return the first day on which a township had unified grids, or None."""
    versions = GridVersion.objects.filter(village__parent=township).order_by("valid_from")
    return versions.values_list("valid_from", flat=True).first()


def _law_columns(law: Law) -> dict[str, str]:
    return {
        "law": law.title.strip()[:120],
        "law_article": law.article.strip()[:60],
        "law_number": law.number.strip()[:80],
    }


def _open(row: SectorGrid, *, by: User) -> SectorGrid:
    rows = SectorGrid.objects.select_for_update(of=("self",)).select_related("township__parent", "owner")
    locked = rows.get(pk=row.pk)
    require_sector_keeper(locked.township, by)
    if locked.status != SectorGrid.Status.REGISTERED:
        raise IllegalMove(f"这个专业网格{locked.get_status_display()}，不用再办。")
    return locked


def _above(township: Division) -> set[int | None]:
    county = township.parent
    return {township.pk, township.parent_id, county.parent_id if county else None}


def _trace(
    row: SectorGrid, verb: str, *, by: User, at: datetime, first: bool = False, **record: object
) -> None:
    append_entry(
        f"sector_grid:{row.pk}",
        verb=verb,
        at=at,
        actor_id=by.pk,
        record={"name": row.name, "status": row.status, "law": row.law_number, **record},
        first=first,
    )
