"""The norms of the counties and the coding rule of the city: in force, before, and from a day to come (Art. 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import SignedInRequest
from grids.actions.codes import place_of
from grids.codes import Rule
from grids.models import CodeRule, Division, Grid
from plans.code_forecast import Left, numbers_left
from plans.entrances import RULES, counties_kept, counties_to_draft_in
from plans.forms.rules import KIND_NAMES, SOURCES
from plans.models import GridNorm
from plans.policies import keeps_norm
from plans.views.frame import tabs_for, today_now

DEFAULT = "全市默认"


def grid_rules(request: SignedInRequest) -> HttpResponse:
    """Everything that a division of grids is held to."""
    user, (_, today) = request.user, today_now()
    RULES.require(user)
    counties = list(Division.objects.of_level("county").defer("outline"))
    norms = list(GridNorm.objects.order_by("-effective_on", "pk"))
    rules = list(CodeRule.objects.order_by("-effective_on"))
    present = next((rule for rule in rules if rule.effective_on <= today), None)
    is_city = keeps_norm(None, user)
    context = {
        "title": "网格规则",
        "tabs": tabs_for(user, "plans:grid_rules"),
        "norms": norms_today(counties, norms, today=today),
        "history": [_version(norm, counties, today=today) for norm in norms],
        "can_set_norm": is_city or bool(counties_kept(user)),
        "can_set_rule": is_city,
        "rule": present,
        "segments": _segments(present) if present else [],
        "example": _example(present.rule) if present else None,
        "left": [
            NumbersLeftRow(KIND_NAMES[row.kind], row)
            for row in (numbers_left(present.rule, counties_to_draft_in(user) or counties) if present else [])
        ],
        "rules": [RuleRow(rule, _state(rule, present, today=today)) for rule in rules],
    }
    return render(request, "plans/grid_rules.html", context)


@dataclass(frozen=True, slots=True)
class NumbersLeftRow:
    """The numbers that are left for one kind of grid."""

    name: str
    row: Left


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One version of the coding rule and whether it is in force."""

    rule: CodeRule
    state: str


@dataclass(frozen=True, slots=True)
class NormToday:
    """The norm that holds today in one place."""

    name: str
    norm: GridNorm
    is_own: bool


def norms_today(counties: list[Division], norms: list[GridNorm], *, today: date) -> list[NormToday]:
    """The norm that holds today in every county, the city's default first; ``norms`` come newest first."""
    current: dict[int | None, GridNorm] = {}
    for norm in norms:
        if norm.effective_on <= today:
            current.setdefault(norm.county_id, norm)
    default = current.get(None) or GridNorm(effective_on=today, document="内置默认值")
    rows = [NormToday(name=DEFAULT, norm=default, is_own=True)]
    for county in counties:
        own = current.get(county.pk)
        rows.append(NormToday(name=county.name, norm=own or default, is_own=own is not None))
    return rows


@dataclass(frozen=True, slots=True)
class NormVersion:
    """One version of a norm."""

    name: str
    norm: GridNorm
    is_ahead: bool


def _version(norm: GridNorm, counties: list[Division], *, today: date) -> NormVersion:
    names = {county.pk: county.name for county in counties}
    return NormVersion(
        name=names.get(norm.county_id or 0, DEFAULT),
        norm=norm,
        is_ahead=norm.effective_on > today,
    )


def _state(rule: CodeRule, present: CodeRule | None, *, today: date) -> str:
    if rule.effective_on > today:
        return "将施行"
    return "现行" if rule == present else "已替换"


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment of a code in words."""

    name: str
    source: str
    length: int
    filling: str
    values: list[tuple[str, str]]


def _segments(rule: CodeRule) -> list[SegmentRow]:
    """The segments in words."""
    return [
        SegmentRow(
            name=segment.name,
            source=SOURCES[segment.source],
            length=segment.length,
            filling=segment.literal or segment.padding,
            values=[(KIND_NAMES[kind], value) for kind, value in (segment.values or {}).items()],
        )
        for segment in rule.rule.segments
    ]


@dataclass(frozen=True, slots=True)
class ExampleCode:
    """The first number of a village, part by part."""

    code: str
    place: str
    parts: list[tuple[str, str]]


def _example(rule: Rule) -> ExampleCode | None:
    """The first number of the first village's first kind of grid, part by part."""
    grid = Grid.objects.in_force().select_related("village__parent__parent").order_by("code").first()
    if grid is None:
        return None
    low, _ = rule.ranges[grid.kind]
    code = rule.compose(place_of(grid.village), kind=grid.kind, sequence=low)
    ends = [sum(segment.length for segment in rule.segments[: i + 1]) for i in range(len(rule.segments))]
    starts = [0, *ends]
    parts = [
        (segment.name, code[start:end])
        for segment, start, end in zip(rule.segments, starts, ends, strict=False)
    ]
    return ExampleCode(code=code, place=grid.village.name, parts=parts)
