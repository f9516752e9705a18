"""What the report form offers: matters, the most likely first, and the grids that the user may report in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case as Choose
from django.db.models import IntegerField, Q, TextField, Value, When
from django.db.models.functions import Lower, Replace

from accounts.models import User
from grids.models import Grid
from matters.content import Question
from matters.everyday import found_by, may_mean, other_words_for, plain
from matters.models import Matter
from personnel.rules import Entrance
from personnel.scopes import authority_of
from workflow.models import Case
from workflow.policies import REPORTERS
from workflow.report_demands import not_on_the_spot

LIKELY = 8
LOOKED_AT = 200
OWN_WEIGHT = 3


class AskedQuestion(Question):
    """A question of a matter with the name of its input and what was typed."""

    name: str
    value: str


@dataclass(frozen=True)
class MatterChoice:
    """One choice of the form. The search box matches ``find``.

    It says what the list demands: a photo or a place in the report, a photo or a witness in the result; and why the
    worker may not settle it alone, if that is so. The form knows this without network.
    """

    pk: int
    name: str
    find: str
    category: str
    is_likely: bool
    photo: bool
    place: bool
    result_photo: bool
    witness: bool
    not_on_the_spot: str
    is_urgent: bool
    questions: list[AskedQuestion]


def matter_choices(
    user: User,
    county_id: int,
    *,
    day: date,
    grid_ids: list[int],
    asked: Mapping[str, str] | None = None,
    chosen: Matter | None = None,
) -> list[MatterChoice]:
    """Returns the county's list in force: the user's recent matters, the grid's frequent ones, then by category.

    ``asked`` is what was typed into the matters' own questions, by the names of their inputs. ``chosen`` comes first,
    also if it is of another list.
    """
    matters = list(Matter.objects.in_force(county_id, day).reportable().order_by("category", "code"))
    if chosen is not None:
        matters = [chosen, *(matter for matter in matters if matter.pk != chosen.pk)]
    weights = _weights(user, grid_ids)
    likely = sorted(matters, key=lambda matter: (matter is not chosen, -weights[matter.code]))[:LIKELY]
    first = {matter.pk for matter in likely}
    rest = [matter for matter in matters if matter.pk not in first]
    return [_choice(matter, is_likely=matter.pk in first, asked=asked or {}) for matter in [*likely, *rest]]


def given_answers(case: Case) -> dict[str, str]:
    """Returns the answers of a case by the names of their inputs."""
    answers = dict(case.answers)
    questions = case.matter.questions if case.matter else []
    return {f"ask-{case.matter_id}-{each['key']}": answers.get(each["label"], "") for each in questions}


def _weights(user: User, grid_ids: list[int]) -> Counter[str]:
    """Returns how often each matter was reported recently in these grids. The user's own reports count more."""
    seen = Case.objects.visible_to(user).filter(grid_id__in=grid_ids[:50], matter__isnull=False)
    weights: Counter[str] = Counter()
    recent = seen.order_by("-reported_at", "-pk").values_list("matter__code", "reporter_id")[:LOOKED_AT]
    for code, reporter_id in recent:
        weights[code] += OWN_WEIGHT if reporter_id == user.pk else 1
    return weights


def _choice(matter: Matter, *, is_likely: bool, asked: Mapping[str, str]) -> MatterChoice:
    is_urgent = matter.severity == Matter.Severity.URGENT  # an emergency is never held up
    return MatterChoice(
        pk=matter.pk,
        name=matter.name,
        find="|".join(filter(None, (matter.find, other_words_for(matter.find)))),
        category=matter.get_category_display(),
        is_likely=is_likely,
        photo=matter.photo_before and not is_urgent,
        place=matter.place_required and not is_urgent,
        result_photo=matter.evidence_required,
        witness=matter.witness_required,
        not_on_the_spot=not_on_the_spot(matter),
        is_urgent=is_urgent,
        questions=[_question(matter, each, asked) for each in matter.questions],
    )


def _question(matter: Matter, each: Question, asked: Mapping[str, str]) -> AskedQuestion:
    name = f"ask-{matter.pk}-{each['key']}"
    return {**each, "name": name, "value": asked.get(name, "")}


def suggest(
    user: User, county_id: int, *, day: date, grid_ids: list[int], word: str, most: int = LIKELY
) -> list[Matter]:
    """Returns the matters that the user most likely means, by name, other words, full pinyin or initials.

    Matters that begin with the word come before those that contain it, then the recently reported ones (Art. 15).
    """
    typed = plain(word)[:40]
    rows = Matter.objects.in_force(county_id, day).reportable()
    if typed:
        phrases = Replace(Lower("find"), Value(" "), Value(""), output_field=TextField())
        first = Choose(When(phrases__contains=typed, then=0), default=1, output_field=IntegerField())
        rows = rows.annotate(phrases=phrases).filter(may_mean(typed, "phrases")).order_by(first, "code")
    else:
        rows = rows.order_by("code")
    found = found_by(rows[:LOOKED_AT], typed)
    weights = _weights(user, grid_ids)
    return sorted(found, key=lambda matter: (_distance(matter, typed), -weights[matter.code], matter.code))[
        :most
    ]


def _distance(matter: Matter, word: str) -> int:
    """Returns 0 if the name or its initials begin with the word, 1 if they contain it, 2 if another word does, or 3."""
    names = (matter.name.lower(), matter.initials)
    if any(name.startswith(word) for name in names):
        return 0
    if any(word in name for name in names):
        return 1
    return 2 if word in plain(matter.find) else 3


def my_grids(user: User) -> list[Grid]:
    """Returns the grids in which the user works, with their divisions."""
    places = authority_of(user).places("grid", "report")
    return list(Grid.objects.in_force().with_place().filter(pk__in=places).order_by("code")) if places else []


def settles_on_the_spot(user: User) -> bool:
    """Whether the form offers to handle the matter at once: not to who only leads or guides a village (Art. 18)."""
    authority = authority_of(user)
    return bool(authority.places("grid", "report")) or not authority.holds("coordinate", "guide")


def reportable_grids(user: User) -> list[Grid]:
    """Returns a worker's own grids and those of a leader's or instructor's village, or those of a desk's township."""
    authority = authority_of(user)
    own, villages = authority.places("grid", "report"), authority.places("division", "coordinate", "guide")
    if own or villages:
        served = Q(pk__in=own) | Q(village__in=villages)
        return list(Grid.objects.in_force().with_place().filter(served).order_by("code"))
    desks = authority.places("division", "dispatch")
    if not desks:
        return []
    in_townships = Grid.objects.in_force().with_place().filter(village__parent__in=desks)
    return list(in_townships.defer("boundary").order_by("code")[:1000])


def grids_of_desk(user: User) -> list[Grid]:
    """Returns the grids of the townships that the user dispatches, in one statement."""
    desks = sorted(authority_of(user).places("division", "dispatch"))
    in_townships = Grid.objects.in_force().filter(
        village__parent__in=desks, village__parent__level="township"
    )
    return list(in_townships.select_related("village__parent").defer("boundary").order_by("code"))


REPORTING = Entrance(reportable_grids, REPORTERS.sentence)
REGISTERING = Entrance(grids_of_desk, "来电来访由乡镇街道调度台登记。县区和市级调度台请转所在乡镇街道登记。")
