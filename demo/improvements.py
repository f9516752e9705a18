"""What keeps coming back in the demo township: one task that is at work, one that is completed."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from demo.cases import TOWNSHIP
from grids.models import Grid
from improvement import actions
from improvement.models import ImprovementTask
from improvement.owners import owners_of
from matters.models import Matter
from personnel.models import GridPosting
from workflow.actions import ReportDraft, pass_check, report_case
from workflow.models import Case
from worktime.clocks import day_of

MATTER, TIMES = "邻里纠纷", 3
SPACE = timedelta(days=12)
MENDED, AT_WORK = "3号楼西侧楼道口", "小广场东侧健身路"


def come_back_in_the_demonstration(*, at: datetime) -> int:
    """Report two things three times each, solved on the spot but for the last; return how many tasks this makes."""
    grid = Grid.objects.in_force().filter(village__parent__code=TOWNSHIP).order_by("code")[0]
    before = at - timedelta(days=4)
    for place, last in ((MENDED, before - SPACE), (AT_WORK, before)):
        for number in reversed(range(TIMES)):
            _once(grid, place, at=last - SPACE * number)
        actions.follow_recurrences(at=last + timedelta(hours=1))
    desk = User.objects.get(username="dispatcher")
    for task in ImprovementTask.objects.open().order_by("pk"):
        moment = task.opened_at + timedelta(hours=1)
        people = [one for one in owners_of(task, day=day_of(moment)) if one.post == "网格长"]
        owner = people[0]
        task = actions.name_owner(task, owner=owner.key, by=desk, at=moment)
        if MENDED in task.subject:
            _mend(task, desk, at=moment)
    return ImprovementTask.objects.count()


def _once(grid: Grid, place: str, *, at: datetime) -> Case:
    """A report that its worker solves on the spot and the instructor has seen."""
    postings = GridPosting.objects.current(day_of(at)).filter(village=grid.village).select_related("user")
    worker = postings.get(grid=grid, role="full_time").user
    matter = Matter.objects.in_force(grid.village.parent.parent_id, day_of(at)).get(name=MATTER)  # type: ignore[union-attr, arg-type]
    case = report_case(
        ReportDraft(
            grid_id=grid.pk,
            matter_id=matter.pk,
            description="晚上音响声大，邻居之间又吵起来了。",
            place=f"{grid.village.name}{place}",
            outcome="solved",
            result="当面劝说，双方同意晚上九点以后不放音响。",
        ),
        by=worker,
        at=at,
    )
    instructor = postings.filter(role="instructor").first()
    return pass_check(case, by=instructor.user, at=at + timedelta(minutes=40)) if instructor else case


def _mend(task: ImprovementTask, desk: User, *, at: datetime) -> None:
    """The owner mends the cause, the desk accepts."""
    person = task.person
    assert person is not None  # the leader of the village
    task = actions.write_plan(task, plan="装限音器，公布使用时间，楼长看管。", by=person, at=at)
    task = actions.report_done(
        task, result="限音器已装好，使用时间已公布。", by=person, at=at + timedelta(days=1)
    )
    actions.accept_work(task, note="到现场看过。", by=desk, at=at + timedelta(days=2))
