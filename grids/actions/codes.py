"""Give codes by the rule in force, and change the rule for the whole register in one batch (Art. 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from audit.actions import append_entry
from common.errors import RuleViolation
from grids.actions.register import Entry, put_in_force
from grids.codes import Place, Rule, StoredRule
from grids.models import CodeRule, Division, Grid, GridCode, GridVersion
from grids.register_on_day import facts_of

CODE_RULES = "code_rules"


@dataclass(frozen=True)
class Wish:
    """A grid that needs a code: where it lies, what it is, and a code asked for by hand, if any."""

    village: Division
    kind: str
    code: str = ""


def rule_on(day: date) -> CodeRule:
    """The rule in force on ``day``; raises :class:`RuleViolation` when there is none."""
    found = CodeRule.objects.filter(effective_on__lte=day).order_by("-effective_on").first()
    if found is None:
        raise RuleViolation("还没有网格编码规则，请先登记编码规则。")
    return found


@transaction.atomic
def allot_codes(wishes: Sequence[Wish], *, rule: CodeRule, by_hand: bool | None = None) -> list[str]:
    """Return a code for each wish, in order; no code is given twice, and none that was ever given before.

    ``by_hand`` overrides whether the rule wants every code asked for. Raises :class:`RuleViolation` when a range is
    used up or a code asked for does not fit the rule.
    """
    CodeRule.objects.select_for_update().get(pk=rule.pk)  # one allotment at a time
    taken = set(GridCode.objects.values_list("code", flat=True))
    pure = rule.rule
    numbers: dict[tuple[str, str], set[int]] = {}
    codes = []
    for wish in wishes:
        try:
            codes.append(
                _allot(wish, pure, taken=taken, numbers=numbers, by_hand=rule.allocation == "manual")
            )
        except ValueError as error:
            raise RuleViolation(f"{wish.village.name}：{error}", field="code") from error
        taken.add(codes[-1])
    return codes


def _allot(
    wish: Wish, rule: Rule, *, taken: set[str], numbers: dict[tuple[str, str], set[int]], by_hand: bool
) -> str:
    place = place_of(wish.village)
    ends = rule.prefix_and_suffix(place, kind=wish.kind)
    if ends not in numbers:
        found = (rule.sequence_of(code, place, kind=wish.kind) for code in taken if code.startswith(ends[0]))
        numbers[ends] = {number for number in found if number is not None}
    if wish.code:
        number = rule.sequence_of(wish.code, place, kind=wish.kind)
        if number is None or rule.compose(place, kind=wish.kind, sequence=number) != wish.code:
            raise ValueError(f"编码 {wish.code} 不合现行编码规则。")
        if wish.code in taken:
            raise ValueError(f"编码 {wish.code} 已用过，编码不得重复使用。")
    elif by_hand:
        raise ValueError("现行编码规则要求逐个指定编码，请填写编码。")
    else:
        number = rule.next_sequence(numbers[ends], kind=wish.kind)
    numbers[ends].add(number)
    return rule.compose(place, kind=wish.kind, sequence=number)


def place_of(village: Division) -> Place:
    """The codes of the divisions above and including a village."""
    township = village.parent
    county = township.parent if township else None
    return Place(county.code if county else "", township.code if township else "", village.code)


@transaction.atomic
def publish_code_rule(
    *, title: str, document: str, effective_on: date, stored: StoredRule, by_id: int, at: datetime
) -> CodeRule:
    """Register a rule that takes effect on a later day; on that day :func:`apply_due_rules` re-codes all grids.

    ``stored`` has ``segments``, ``ranges`` and ``allocation``. Raises :class:`RuleViolation` if the rule is not valid.
    """
    if not document.strip():
        raise RuleViolation("请填写编码规则的文号。", field="document")
    if effective_on <= at.date():
        raise RuleViolation("新规则的施行日期须晚于今天。", field="effective_on")
    if CodeRule.objects.filter(effective_on__gte=effective_on).exists():
        raise RuleViolation("已有同日或更晚施行的编码规则。", field="effective_on")
    try:
        Rule.read(stored["segments"], stored["ranges"])
    except ValueError as error:
        raise RuleViolation(str(error), field="segments") from error
    rule = CodeRule.objects.create(
        title=title.strip()[:80], document=document.strip()[:120], effective_on=effective_on, **stored
    )
    record = {"rule": rule.pk, "document": rule.document, "on": effective_on.isoformat(), **stored}
    append_entry(CODE_RULES, verb="publish", at=at, actor_id=by_id, record=record)
    return rule


@transaction.atomic
def apply_due_rules(*, today: date, at: datetime) -> int:
    """Re-code the register for every rule whose day has come; returns how many grids got a new code."""
    due = CodeRule.objects.select_for_update().filter(effective_on__lte=today, applied_at__isnull=True)
    return sum(_recode(rule, at=at) for rule in due.order_by("effective_on"))


def _recode(rule: CodeRule, *, at: datetime) -> int:
    """Re-code in one audited batch, village by village in the order of the old codes; fitting codes are kept."""
    above, pure = "village__parent__parent", rule.rule
    rows = Grid.objects.in_force().select_related(above).order_by("village__code", "code")
    grids = [grid for grid in rows if not pure.keeps(grid.code, place_of(grid.village), kind=grid.kind)]
    wishes = [Wish(grid.village, grid.kind) for grid in grids]
    codes = allot_codes(wishes, rule=rule, by_hand=False)
    facts = facts_of(GridVersion.objects.filter(grid__in=grids, valid_to__isnull=True))
    renamed = {grid.code: code for grid, code in zip(grids, codes, strict=True)}
    entries = [Entry(grid, facts[grid.pk], code) for grid, code in zip(grids, codes, strict=True)]
    put_in_force(entries, rule=rule, on=rule.effective_on, source=rule.document, at=at)
    rule.applied_at = at
    rule.save(update_fields=["applied_at"])
    record = {"rule": rule.pk, "count": len(grids), "codes": renamed}
    append_entry(CODE_RULES, verb="apply", at=at, actor_id=None, record=record)
    return len(grids)
