"""Open cases go with a village or township that moves to other institutions; ended ones stay (Art. 5, 18, 28)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import F, Q

from audit.events import write_events
from common.templatetags.when import day as day_words
from grids.models import Division, FormerDivision
from grids.moves import Moved
from personnel.scopes import Authority, authorities_of
from sweeps.actions import sweep_rows
from workflow import notices
from workflow.actions.handover import hand_over, next_caretaker
from workflow.history import SYSTEM
from workflow.models import Case, CaseEvent, FormerDesk
from workflow.querysets import CaseQuerySet
from worktime.clocks import day_of

AT_ONCE = 1000
VERB = "change_desk"


def follow_move(moved: Moved, *, by_id: int | None, at: datetime) -> int:
    """Gives the open cases of a moved division to the institutions that answer for it now. Returns how many.

    The statistics of the past stay: a case keeps the township and the county that it was reported under, and its
    matter that county's edition. Its clock runs on, and units keep their parts.
    """
    place = moved.division
    cases = _locked(Case.objects.misplaced().filter(Q(village=place) | Q(village__parent=place)))
    why = why_moved(place, moved.before, moved.after, on=moved.on, document=moved.document)
    _give_to_present_desks(cases, why=why, by_id=by_id, at=at)
    _tell_desks(cases, moved, at=at)
    return len(cases)


def why_moved(place: Division, before: Division, after: Division, *, on: date, document: str) -> str:
    """Returns the reason that stands in the event of each case."""
    by = f"（{document}）" if document else ""
    return (
        f"{place}自{day_words(on)}起由{before}划归{after}{by}；"
        "按条例第五条、第十八条，由现在的辖区机构接着受理、流转和督办。"
    )


def _locked(cases: CaseQuerySet) -> list[Case]:
    here = cases.select_for_update(of=("self",)).order_by("pk")
    names = ("village__parent__parent", "township", "county", "caretaker", "matter", "unit")
    outlines = ("village", "village__parent", "village__parent__parent", "township", "county")
    return list(here.select_related(*names).defer(*(f"{path}__outline" for path in outlines)))


def _give_to_present_desks(cases: Sequence[Case], *, why: str, by_id: int | None, at: datetime) -> None:
    """Changes who answers for locked cases, remembers who did, and writes the event of each; many at once."""
    former = [
        FormerDesk(case=case, township_id=case.township_id, county_id=case.county_id, until=at)
        for case in cases
    ]
    clerks = _clerks_left_behind(cases)
    same_place: dict[tuple[int, int], list[int]] = defaultdict(list)
    for case in cases:
        township = case.village.parent
        assert township is not None  # the tree above a village is whole
        assert township.parent is not None
        case.township, case.county = township, township.parent
        case.version, case.event_count = case.version + 1, case.event_count + 1
        same_place[township.pk, township.parent.pk].append(case.pk)
    counted = {"version": F("version") + 1, "event_count": F("event_count") + 1}
    for (township_id, county_id), pks in same_place.items():
        Case.objects.filter(pk__in=pks).update(township=township_id, county=county_id, **counted)
    FormerDesk.objects.bulk_create(former, batch_size=AT_ONCE)
    write_events(
        CaseEvent,
        cases,
        VERB,
        by_id=by_id,
        at=at,
        post="" if by_id else SYSTEM,
        note=why,
        columns=lambda case: {"case": case, "from_status": case.status},
        record=lambda case: {"from": case.status, "place": [case.township_id, case.county_id]},
    )
    _pass_on(clerks, at=at)


def _clerks_left_behind(cases: Sequence[Case]) -> list[Case]:
    """Returns the cases that a desk registered whose clerk does not reach them under the present institutions."""
    held = authorities_of({case.caretaker_id for case in cases})
    return [case for case in cases if not _reaches(held.get(case.caretaker_id), case)]


def _reaches(authority: Authority | None, case: Case) -> bool:
    """Whether somebody has a post in the grid or the village, or at a desk above the village as it stands now."""
    if authority is None or not authority.holds("dispatch"):
        return True  # the nightly hand-over looks after people without a post
    township = case.village.parent
    desks = (township.pk, township.parent_id, case.city_id) if township else ()
    return (
        authority.may("report", "grid", case.grid_id)
        or any(authority.may(verb, "division", case.village_id) for verb in ("coordinate", "guide"))
        or any(authority.may("dispatch", "division", place) for place in desks)
    )


def _pass_on(cases: Sequence[Case], *, at: datetime) -> None:
    """Hands what a clerk of the former desk takes care of to the nearest person; each is told once."""
    given: dict[int, list[Case]] = defaultdict(list)
    people = {}
    for case in cases:
        to = next_caretaker(case, but=case.caretaker_id)
        if to is not None:
            people[to.pk] = to
            given[to.pk].append(case)
    for pk, theirs in given.items():
        hand_over(theirs, to=people[pk], by=None, at=at)


def _tell_desks(cases: Sequence[Case], moved: Moved, *, at: datetime) -> None:
    """Tells each new desk once how many cases it has now, and the former institution once. No clue is counted."""
    counted = Counter(case.stage_division_id for case in cases if not case.confidential)
    place, after, before = moved.division, moved.after, moved.before
    for desk_id, count in sorted(counted.items()):
        if desk_id != cases[0].city_id:
            words = f"{place}由{before}划归{after}，{count} 件在办事项由您这里接着办，时限照旧。"
            notices.tell_desk_of_move(desk_id, place, words, at=at)
    if total := sum(counted.values()):
        words = f"{place}划归{after}，{total} 件在办事项由新辖区接着办；您这里仍可查看，不能再办。"
        notices.tell_desk_of_move(before.pk, place, words, at=at)


# --- Cases that a move did not find ---------------------------------------------------------------------------


def follow_divisions(*, at: datetime, limit: int = AT_ONCE) -> int:
    """Takes along cases that were being reported while their village moved. Returns how many."""
    return sweep_rows(
        "workflow.desks",
        Case.objects.misplaced().order_by("pk"),
        lambda pk: _follow(pk, at=at),
        at=at,
        most=limit,
    ).done


def _follow(pk: int, *, at: datetime) -> bool:
    cases = _locked(Case.objects.misplaced().filter(pk=pk))
    for case in cases:
        _give_to_present_desks([case], why=_why_misplaced(case, at=at), by_id=None, at=at)
    return bool(cases)


def _why_misplaced(case: Case, *, at: datetime) -> str:
    """Returns the reason by the newest change on record of the village or its township."""
    village = case.village
    township = village.parent
    assert township is not None
    assert township.parent is not None
    place, before, after = (
        (village, case.township, township)
        if case.township_id != township.pk
        else (township, case.county, township.parent)
    )
    change = FormerDivision.objects.filter(division=place, parent=before).order_by(F("until").desc()).first()
    on, document = (change.until, change.document) if change else (day_of(at), "区划代码表")
    return why_moved(place, before, after, on=on, document=document)
