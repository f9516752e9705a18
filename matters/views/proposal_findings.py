"""What the platform finds in a proposal: barred words, data collected twice, its burden (Art. 14)."""

from __future__ import annotations

from dataclasses import dataclass

from common.shapes import Context
from matters import burden, comparison, negative
from matters.content import DATA_ITEMS, MatterContent, content_of, read
from matters.models import MatterList, Proposal
from matters.norms import norm_of
from matters.states import ENDED
from matters.views.frame import today_now

MOST_SHOWN = 5


@dataclass(frozen=True)
class Load:
    """What is demanded of a grid in a month, before and after, in words."""

    who: str
    before: str
    after: str
    change: str


def findings_of(proposal: Proposal) -> Context:
    """Returns suspicions, repetitions, burden and comparison. A proposal that has ended only has its suspicions."""
    content = read(proposal.content) if proposal.content else None
    found: Context = {"suspicions": negative.findings(content) if content else []}
    if proposal.status in ENDED:
        return found
    listed = _listed(proposal)
    repeated = _repetitions(proposal, content, listed)
    found |= {"repetitions": repeated[:MOST_SHOWN], "more_repetitions": repeated[MOST_SHOWN:]}
    found |= _burden(proposal, content, listed)
    if proposal.kind == "adjust" and proposal.base is not None and content is not None:
        found["changes"] = comparison.changes_between(content_of(proposal.base), content)
        found["compared_with"] = proposal.base
    return found


def _listed(proposal: Proposal) -> dict[str, MatterContent]:
    """Returns the newest published list of the county, by code."""
    last = MatterList.objects.published().filter(county=proposal.county_id).order_by("-edition").first()
    if last is None:
        return {}
    _, today = today_now()
    return {row.code: content_of(row) for row in last.matters.standing(today).order_by("code")}


@dataclass(frozen=True, slots=True)
class Repetition:
    """A matter that collects the same data already."""

    code: str
    name: str
    department: str
    items: str


def _repetitions(
    proposal: Proposal, content: MatterContent | None, listed: dict[str, MatterContent]
) -> list[Repetition]:
    """Returns who collects the same data already: the largest overlap, and the own department's matters, first."""
    if content is None:
        return []
    found = negative.repetitions(content, listed.items(), own_code=proposal.code)
    own = burden.department_of(content)
    return [
        Repetition(
            code=each.code,
            name=each.name,
            department=each.department or burden.NO_DEPARTMENT,
            items="、".join(DATA_ITEMS[key] for key in each.items),
        )
        for each in sorted(found, key=lambda each: (-len(each.items), each.department != own, each.code))
    ]


def _burden(proposal: Proposal, content: MatterContent | None, listed: dict[str, MatterContent]) -> Context:
    after = {code: each for code, each in listed.items() if code != proposal.code}
    if content is not None:
        after[proposal.code or "+"] = content
    asking = content or listed.get(proposal.code)
    department = burden.department_of(asking) if asking else burden.NO_DEPARTMENT
    loads = [_load("全县区清单", list(listed.values()), list(after.values()))]
    if asking is not None:
        own = [
            [each for each in side.values() if burden.department_of(each) == department]
            for side in (listed, after)
        ]
        loads.insert(0, _load(f"“{department}”的事项", *own))
    _, today = today_now()
    most = norm_of(proposal.county_id, day=today).most_minutes
    is_above = burden.total(after.values()) > most
    return {"loads": loads, "most": burden.hours_words(most) if is_above else ""}


def _load(who: str, before: list[MatterContent], after: list[MatterContent]) -> Load:
    old, new = burden.total(before), burden.total(after)
    change = new - old
    words = "不变" if not change else f"{'增加' if change > 0 else '减少'} {burden.hours_words(abs(change))}"
    return Load(who, burden.hours_words(old), burden.hours_words(new), words)
