"""Who may issue, answer and decide a supervision order (Art. 5, 18). The same rule refuses and shows the button."""

from __future__ import annotations

from accounts.models import User
from personnel.rules import Entrance, Rule, Rules
from personnel.scopes import Authority, authority_of
from supervision import states
from supervision.models import SupervisionOrder
from workflow.models import Case
from workflow.policies import may_read, stands_over

OWN = "不能督办自己：请由上一级下达。"
OWN_ANSWER = "答复由别人审核；自己的答复不能自己通过。"


def decides(authority: Authority, order: SupervisionOrder) -> bool:
    """Whether the account dispatches or supervises where the order stands now."""
    return may_read(authority, order.case) and any(
        authority.may(verb, "division", order.division_id) for verb in ("dispatch", "supervise")
    )


def is_addressee(authority: Authority, order: SupervisionOrder) -> bool:
    """Whether the order is addressed to the account or to a unit in which it works."""
    if order.person_id is not None:
        return order.person_id == authority.user_id
    return order.unit_id is not None and authority.may("handle", "organization", order.unit_id)


def who_answered(order: SupervisionOrder) -> tuple[int | None, ...]:
    """Returns the accounts that answered or are addressed, who may not decide about the answer."""
    return (order.answered_by_id, order.person_id)


BY_ADDRESSEE = "由被督办的单位或者人员办理。"
BY_ISSUER = "由下达督办的机构或者主管部门审核；升级以后由上一级审核。"
WHO_MAY: Rules[SupervisionOrder] = Rules(
    {
        "receive": Rule(is_addressee, BY_ADDRESSEE),
        "answer": Rule(is_addressee, BY_ADDRESSEE),
        "accept": Rule(decides, BY_ISSUER, who_answered, OWN_ANSWER),
        "send_back": Rule(decides, BY_ISSUER, who_answered, OWN_ANSWER),
        "lift": Rule(decides, BY_ISSUER, who_answered, OWN_ANSWER),
    },
    moves=states.ORDER_MOVES,
)
ISSUE: Rules[Case] = Rules(
    {"issue": Rule(stands_over, "督办单由当前层级的机构或其上级、同级以上主管部门下达。")},
    is_time=lambda verb, case: case.is_open,
)


def _concerned(user: User) -> bool:
    authority = authority_of(user)
    return (
        authority.sees_all
        or authority.holds("dispatch", "supervise", "handle", "oversee")
        or SupervisionOrder.objects.filter(person=user).exists()
    )


ORDERS = Entrance(_concerned, "督办单供督办机构、主管部门和被督办的单位、人员使用。")
