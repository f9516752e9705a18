"""Every word of the state table and every post stands in the glossary with its one English name."""

from __future__ import annotations

from channels import states as channel_states
from duty import states as duty_states
from filing import life as filing
from grids import states as grid_states
from grids.models import CodeRule, Grid, GridUnit
from improvement import states as improvement_states
from matters import states as matter_states
from matters.models import Matter
from personnel import states as post_states
from personnel.models import GridPosting, OfficePosting, Organization
from plans import states as plan_states
from plans.models import GridPlan, SectorGrid
from puyang_grid.addresses import BASE_DIR
from rechecks import states as recheck_states
from registry import states as registry_states
from supervision import states as supervision_states
from tests.faults import assert_none
from workflow.models import Case
from workflow.states import NOTES, STATUSES, VERBS

GLOSSARY = (BASE_DIR / "docs/glossary.md").read_text(encoding="utf-8")
PAIRS = [
    *STATUSES.items(),
    *VERBS.items(),
    *NOTES.items(),
    *post_states.STATUSES.items(),
    *post_states.VERBS.items(),
    *grid_states.STATUSES.items(),
    *grid_states.VERBS.items(),
    *plan_states.STATUSES.items(),
    *plan_states.VERBS.items(),
    *filing.STATUSES.items(),
    *channel_states.STATUSES.items(),
    *channel_states.VERBS.items(),
    *duty_states.STATUSES.items(),
    *duty_states.VERBS.items(),
    *supervision_states.STATUSES.items(),
    *supervision_states.VERBS.items(),
    *improvement_states.STATUSES.items(),
    *improvement_states.VERBS.items(),
    *registry_states.STATUSES.items(),
    *registry_states.VERBS.items(),
    *registry_states.ACTIVITY_STATUSES.items(),
    *registry_states.ACTIVITY_VERBS.items(),
    *recheck_states.STATUSES.items(),
    *recheck_states.VERBS.items(),
    *matter_states.KINDS.items(),
    *matter_states.STATUSES.items(),
    *matter_states.VERBS.items(),
    *matter_states.ANSWERS.items(),
    *matter_states.REQUEST_STATUSES.items(),
    *matter_states.REQUEST_VERBS.items(),
]
CHOICES = [
    GridPosting.Role,
    OfficePosting.Role,
    Organization.Kind,
    Grid.Kind,
    Grid.Premises,
    GridUnit.Kind,
    CodeRule.Allocation,
    GridPlan.Kind,
    SectorGrid.Status,
    Matter.Kind,
    Case.Light,
    Case.Rating,
]


def test_a_status_or_verb_stands_with_its_key() -> None:
    assert len(PAIRS) > 80
    assert_none((key, word) for key, word in PAIRS if f"| {word} | `{key}` |" not in GLOSSARY)


def test_a_choice_is_explained() -> None:
    assert_none((kind.__name__, word) for kind in CHOICES for word in kind.labels if word not in GLOSSARY)
