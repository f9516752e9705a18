"""Who may use which verb of a proposal, an edition, a filing, a request (Art. 14, 16). One rule refuses and shows."""

from __future__ import annotations

from accounts.models import User
from common.errors import NotPermitted
from grids.models import Division
from matters import states
from matters.models import GridRequest, ListFiling, Proposal
from personnel.models import Organization
from personnel.rules import Rule, Rules
from personnel.scopes import Authority, authority_of

APPLYING_KINDS = ("linkage_department", "service_unit", "mass_organization", "institution", "authority")


def applies(authority: Authority, proposal: Proposal) -> bool:
    """Whether the account works for the applying body; for the authority's own proposal, the county's administrator."""
    return speaks_for(authority, proposal.applicant, proposal.county_id)


def speaks_for(authority: Authority, body: Organization, county_id: int) -> bool:
    """Whether the account may apply in the name of the body."""
    if body.kind == Organization.Kind.AUTHORITY:
        return body.division_id == county_id and authority.may("publish_matters", "division", county_id)
    return authority.may("handle", "organization", body.pk)


def of_county(authority: Authority, proposal: Proposal) -> bool:
    """Whether the account is the county's competent authority."""
    return authority.may("publish_matters", "division", proposal.county_id)


def reviews_law(authority: Authority, proposal: Proposal) -> bool:
    """Whether the account is the county's legal reviewer."""
    return authority.may("review_law", "division", proposal.county_id)


def checks(authority: Authority, proposal: Proposal) -> bool:
    """Whether the account holds the check: the authority the formal check, the legal reviewer the legal one."""
    if proposal.status == "legal_review":
        return reviews_law(authority, proposal)
    return of_county(authority, proposal)


def drafter(proposal: Proposal) -> tuple[int | None, ...]:
    """Returns the drafter, who may withdraw the proposal but not return it."""
    return (proposal.drafted_by_id,)


def drafter_and_decider(proposal: Proposal) -> tuple[int | None, ...]:
    """Returns the drafter and the earlier decider: a third person does the legal review."""
    return proposal.drafted_by_id, proposal.decided_by_id


def drafter_and_reviewer(proposal: Proposal) -> tuple[int | None, ...]:
    """Returns the drafter and the legal reviewer: a third person decides."""
    return proposal.drafted_by_id, proposal.legal_reviewer_id


def is_asked(authority: Authority, proposal: Proposal) -> bool:
    """Whether the account is a named reviewer who has not voted yet."""
    return any(
        vote.answer == "waiting" and vote.reviewer_id == authority.user_id for vote in proposal.votes.all()
    )


BY_COUNTY = "由县区主管部门办理（条例第十四、十六条）。"
BY_LAWYER = "由县区的合法性审查员办理，不能审查自己起草或决定过的申请。"
NO_OWN_RETURN = "由正在审查的另一个人退回，起草的人可以撤回。"
THREE_PERSONS = "起草的人不能自己决定；起草、合法性审查和决定由三个人分别办理（条例第十六条）。"
BY_APPLICANT = "由申请单位的人员办理。"
WHO_MAY: Rules[Proposal] = Rules(
    {
        "propose": Rule(
            applies, "由网格联动部门、网格服务单位、乡镇街道或县区主管部门的人员申请（条例第十六条）。"
        ),
        "revise": Rule(applies, BY_APPLICANT),
        "submit": Rule(applies, BY_APPLICANT),
        "pass_check": Rule(of_county, BY_COUNTY),
        "clear": Rule(reviews_law, BY_LAWYER, drafter_and_decider, BY_LAWYER),
        "bar": Rule(reviews_law, BY_LAWYER, drafter_and_decider, BY_LAWYER),
        "return_proposal": Rule(checks, "由正在审查的一方退回。", drafter, NO_OWN_RETURN),
        "vote": Rule(is_asked, "由指定的会审人表决，每人一次。"),
        "recuse": Rule(is_asked, "由指定的会审人回避。"),
        "close_review": Rule(of_county, BY_COUNTY),
        "consent": Rule(of_county, BY_COUNTY, drafter_and_reviewer, THREE_PERSONS),
        "refuse": Rule(of_county, BY_COUNTY, drafter_and_reviewer, THREE_PERSONS),
        "reconsider": Rule(of_county, BY_COUNTY),
        "withdraw": Rule(applies, BY_APPLICANT),
    },
    moves=states.PROPOSAL_MOVES,
    without_button=("propose",),
)


REMARKS: Rules[Proposal] = Rules({"reply": Rule(of_county, BY_COUNTY)})


def publishes(user: User, county: Division) -> bool:
    """Whether the account drafts and publishes the county's list (Art. 14)."""
    return authority_of(user).may("publish_matters", "division", county.pk)


def hears_society(user: User, county: Division) -> bool:
    """Whether the user reads all remarks of the public: the authorities of county and city answer for lists."""
    authority = authority_of(user)
    places = (county.pk, county.parent_id)
    return authority.sees_all or any(
        authority.may("publish_matters", "division", place) for place in places if place is not None
    )


def require_publisher(by: User, county: Division, *, verb: str) -> None:
    """Raises :class:`NotPermitted` unless ``by`` keeps the county's list."""
    if not publishes(by, county):
        raise NotPermitted(f"{county.name}的清单由该县区主管部门编制、公布（条例第十四条）。", verb=verb)


def files(authority: Authority, filing: ListFiling) -> bool:
    """Whether the account is the county's authority."""
    return authority.may("publish_matters", "division", filing.edition.county_id)


def receives(authority: Authority, filing: ListFiling) -> bool:
    """Whether the account is the city's authority."""
    return authority.may("publish_matters", "division", filing.edition.county.parent_id)


BY_CITY = "清单备案由市主管部门收办（条例第十四条）。"
FILING: Rules[ListFiling] = Rules(
    {
        "send_filing": Rule(files, "清单由县区主管部门编制、公布和报送备案（条例第十四条）。"),
        "receive_filing": Rule(receives, BY_CITY),
        "return_filing": Rule(receives, BY_CITY),
    },
    moves=states.FILING_MOVES,
)


def works_in(authority: Authority, request: GridRequest) -> bool:
    """Whether the account is a worker of the grid that was asked."""
    return authority.may("report", "grid", request.grid_id)


BY_WORKER = "由这个网格的网格员答复。"
ANSWERS: Rules[GridRequest] = Rules(
    {"do": Rule(works_in, BY_WORKER), "turn_down": Rule(works_in, BY_WORKER)}, moves=states.REQUEST_MOVES
)


def applicants(user: User) -> list[Organization]:
    """Returns the bodies in whose name the user may apply: those the user works for, the authority the user keeps."""
    authority = authority_of(user)
    units = authority.places("organization", "handle")
    counties = authority.places("division", "publish_matters")
    bodies = Organization.objects.filter(is_active=True, kind__in=APPLYING_KINDS)
    mine = bodies.filter(pk__in=units) | bodies.filter(kind="authority", division__in=counties)
    found = mine.select_related("division__parent").order_by("code")
    return [body for body in found if county_of(body) is not None]


def county_of(body: Organization) -> Division | None:
    """Returns the county in which a body applies: its own, or its township's."""
    place: Division | None = body.division
    while place is not None and place.level != Division.Level.COUNTY:
        place = place.parent
    return place
