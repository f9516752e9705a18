"""Who may apply for, decide and end a special grant (Art. 20). The same rule refuses and shows the button."""

from __future__ import annotations

from access import states
from access.models import GrantRequest
from grids.models import Division
from personnel.rules import Rule, Rules
from personnel.scopes import Authority, may_over


def territory_of(request: GrantRequest) -> Division:
    """Return the division in which the grant lies."""
    if request.organization is not None:
        return request.organization.division
    assert request.division is not None
    return request.division


def leads_there(authority: Authority, request: GrantRequest) -> bool:
    """Whether the user manages the staff there and so may apply for them."""
    return may_over(authority, "manage_staff", territory_of(request))


def decides_there(authority: Authority, request: GrantRequest) -> bool:
    """Whether the user decides there but does not manage staff there, so could have created neither party."""
    territory = territory_of(request)
    return may_over(authority, "approve_grants", territory) and not may_over(
        authority, "manage_staff", territory
    )


def parties(request: GrantRequest) -> tuple[int, int]:
    """Return the accounts of the applicant and the grantee."""
    return request.asked_by_id, request.grantee_id


def asked(authority: Authority, request: GrantRequest) -> bool:
    """Whether the user is the applicant."""
    return authority.user_id == request.asked_by_id


def ends_there(authority: Authority, request: GrantRequest) -> bool:
    """Whether the user decides there or is the applicant."""
    return asked(authority, request) or decides_there(authority, request)


SECOND_PERSON = "由安全管理员审批；管理人员的机构、申请人和被授权人都不能审批。"
NO_OWN_REVIEW = "由安全管理员复核；管理人员的机构、申请人和被授权人都不能复核。"
WHO_MAY: Rules[GrantRequest] = Rules(
    {
        "ask": Rule(leads_there, "由管理当地人员的调度负责人或县区管理员申请。"),
        "approve": Rule(decides_there, SECOND_PERSON, parties, SECOND_PERSON),
        "refuse": Rule(decides_there, SECOND_PERSON, parties, SECOND_PERSON),
        "cancel": Rule(asked, "由申请人撤销。"),
        "review": Rule(decides_there, NO_OWN_REVIEW, parties, NO_OWN_REVIEW),
        "revoke": Rule(ends_there, "由申请人或安全管理员收回。"),
    },
    moves=states.REQUEST_MOVES,
    without_button=("ask",),
)
