"""Who may run which verb of a complaint (Art. 12). The same rule refuses and shows the button."""

from __future__ import annotations

from conduct import states
from conduct.models import Complaint
from grids.models import Grid
from personnel.rules import Entrance, Rule, Rules
from personnel.scopes import Authority, authority_of, may_over


def examines(authority: Authority, complaint: Complaint) -> bool:
    """Whether the user handles the complaints of the place."""
    return authority.may("handle_conduct", "division", complaint.division_id)


def registers(authority: Authority, grid: Grid) -> bool:
    """Whether the user may enter complaints made by telephone: complaint handlers of the place, and the desks above."""
    return may_over(authority, "handle_conduct", grid.village) or may_over(
        authority, "dispatch", grid.village
    )


def concerned(complaint: Complaint) -> tuple[int | None]:
    """Return the account of the person whom the complaint is about."""
    return (complaint.person_id,)


def examines_in_township(authority: Authority, complaint: Complaint) -> bool:
    """Whether the user examines the complaint in the township, which may pass it up to the county."""
    return examines(authority, complaint) and complaint.division.level == "township"


def names_person(authority: Authority, complaint: Complaint) -> bool:
    """Whether the user examines the complaint and it does not name a person yet."""
    return complaint.person_id is None and examines(authority, complaint)


def is_concerned(authority: Authority, complaint: Complaint) -> bool:
    """Whether the complaint is about the user."""
    return complaint.person_id is not None and complaint.person_id == authority.user_id


OFFICE = Entrance(
    lambda user: authority_of(user).holds("handle_conduct"),
    "行为投诉由受理地的调度负责人或县区管理员办理。",
)
BY_PLACE = "由受理地的调度负责人或县区管理员办理；被投诉人不能办自己的投诉。"
WHO_MAY: Rules[Complaint] = Rules(
    {
        "take_up": Rule(examines, BY_PLACE, concerned, BY_PLACE),
        "name_person": Rule(names_person, "没有写明被投诉人的，由受理地的调度负责人或县区管理员查清后写明。"),
        "hear": Rule(examines, BY_PLACE, concerned, BY_PLACE),
        "decide": Rule(examines, BY_PLACE, concerned, BY_PLACE),
        "dismiss": Rule(examines, BY_PLACE, concerned, BY_PLACE),
        "pass_up": Rule(examines_in_township, "由乡镇街道转给县区。", concerned, BY_PLACE),
        "answer": Rule(is_concerned, "由被投诉人本人说明。"),
    },
    moves=states.COMPLAINT_MOVES,
)
