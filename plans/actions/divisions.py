"""Only the city's authority founds zones and changes the tree of divisions (Art. 5, 28)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from common.errors import RuleViolation
from common.privacy.publishing import require_no_number
from grids.actions.divisions import change_division, found_placeholder
from grids.divisions import LEVELS
from grids.levels import the_city
from grids.models import Division
from plans.actions.norms import DOCUMENT_LIMIT
from plans.models import PlannedGrid
from plans.policies import require_divisions_keeper
from plans.states import OPEN

NAME_LIMIT = 60
EARLIEST = date(1983, 9, 1)  # Puyang became a city: its tree has no earlier change
LEVEL_NAMES: dict[str, str] = dict(Division.Level.choices)


@transaction.atomic
def found_zone(
    *, level: str, parent: Division, code: str, name: str, document: str, by: User, at: datetime
) -> Division:
    """Found a zone, or a township or village of one, under ``parent`` with a code given by hand (Art. 28).

    Raises :class:`NotPermitted` unless ``by`` belongs to the city's authority, and :class:`RuleViolation` with the
    field to correct.
    """
    require_divisions_keeper(by)
    _one_change_at_a_time()
    _check_document(document)
    return found_placeholder(
        code=code, name=name, level=level, parent=parent, document=document, by_id=by.pk, at=at
    )


@transaction.atomic
def move_division(
    division: Division,
    *,
    name: str,
    parent: Division | None,
    on: date,
    document: str,
    by: User,
    at: datetime,
) -> Division:
    """Rename a division, move it to another parent, or both; an empty name or a parent of None changes nothing.

    Grants and norms stay where they are: a grant names its own division. Open cases go along; ended ones stay, and so
    do the numbers of the past (``workflow/actions/desks.py``). Plans under way must end first, because their county
    would decide on land that another county then manages.
    Raises :class:`NotPermitted`, and :class:`RuleViolation` with the field to correct.
    """
    require_divisions_keeper(by)
    _one_change_at_a_time()
    division = Division.objects.defer("outline").select_related("parent").get(pk=division.pk)
    if division.parent is None:
        raise RuleViolation("市级区划不在这里变更。", field="division")
    name = name.strip()
    if not name and parent is None:
        raise RuleViolation("请填写新名称或新上级，至少一项。", field="name")
    if len(name) > NAME_LIMIT:
        raise RuleViolation(f"名称超过 {NAME_LIMIT} 字。", field="name")
    require_no_number(name, field="name")
    _check_document(document)
    if on < EARLIEST:
        raise RuleViolation(f"变更日不能早于濮阳建市的 {EARLIEST:%Y-%m-%d}。", field="on")
    if parent is not None and parent.pk != division.parent_id:
        _check_parent(division, parent)
    return change_division(
        division,
        name=name or division.name,
        parent=parent or division.parent,
        on=on,
        document=document,
        by_id=by.pk,
        at=at,
    )


def _one_change_at_a_time() -> None:
    """Lock the city's row, but do not block reports that only refer to it."""
    Division.objects.select_for_update(no_key=True).defer("outline").get(pk=the_city().pk)


def _check_document(document: str) -> None:
    if not document.strip():
        raise RuleViolation("请写明设立或变更依据的文件。", field="document")
    if len(document.strip()) > DOCUMENT_LIMIT:
        raise RuleViolation(f"最多 {DOCUMENT_LIMIT} 字。", field="document")


def _check_parent(division: Division, parent: Division) -> None:
    above = LEVELS[LEVELS.index(division.level) - 1]
    if parent.level != above:
        sentence = f"{division}是{LEVEL_NAMES[division.level]}，新的上级应是{LEVEL_NAMES[above]}。"
        raise RuleViolation(sentence, field="parent")
    here = Q()
    for village in ("village", "base__village"):
        here |= Q(**{village: division}) | Q(**{f"{village}__parent": division})
    drawn = PlannedGrid.objects.filter(here, plan__status__in=OPEN).select_related("plan__county")
    first = drawn.order_by("plan").first()
    if first is not None and first.plan is not None:
        plan = first.plan
        raise RuleViolation(
            f"方案 {plan.number}“{plan.title}”正在办理{division}的网格，请先由{plan.county}办结或撤回，再变更上级。",
            field="parent",
        )
