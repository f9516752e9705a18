"""Who may run which verb of a plan and its filing (Art. 5, 7). The same rule refuses and hides the button."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from common.errors import NotPermitted
from grids.levels import the_city
from grids.models import Division
from personnel.rules import Rule, Rules
from personnel.scopes import Authority, authority_of
from plans import states
from plans.models import GridPlan, PlanConsent


def of_county(authority: Authority, plan: GridPlan) -> bool:
    """Whether the account acts for the county's competent authority."""
    return authority.may("publish_grids", "division", plan.county_id)


def of_a_township(authority: Authority, plan: GridPlan) -> bool:
    """Whether the account acts for any township of the county."""
    return bool(townships_of(authority, plan.county_id))


def drafts(authority: Authority, plan: GridPlan) -> bool:
    """Whether the account acts for the county or one of its townships, which draft together (会同, Art. 7)."""
    return of_county(authority, plan) or of_a_township(authority, plan)


def leads(authority: Authority, plan: GridPlan) -> bool:
    """Whether it is the county, the township user who drafted the plan, or a township whose grids alone it touches."""
    if of_county(authority, plan):
        return True
    mine = townships_of(authority, plan.county_id)
    if not mine:
        return False
    touched = set(plan.grids.values_list("village__parent_id", flat=True)) if plan.pk else set()
    return plan.drafted_by_id == authority.user_id or (bool(touched) and touched <= mine)


def is_asked(authority: Authority, plan: GridPlan) -> bool:
    """Whether the account acts for a township or department whose consent is still open."""
    return any(
        speaks_for(authority, consent) for consent in plan.consents.all() if consent.answer == "waiting"
    )


def of_the_city(authority: Authority, plan: GridPlan) -> bool:
    """Whether the account acts for the city's competent authority."""
    return authority.may("publish_grids", "division", plan.county.parent_id)


FILING_VERBS = ("send_filing", "receive_filing", "return_filing")


def is_time(verb: str, plan: GridPlan) -> bool:
    """Whether the status of the plan, or of its filing, allows the verb."""
    if verb not in FILING_VERBS:
        return states.PLAN_MOVES.allows(verb, status=plan.status)
    filing = getattr(plan, "filing", None)
    return filing is not None and states.filing_allows(verb, filing=filing.status, plan=plan.status)


WHO_MAY: Rules[GridPlan] = Rules(
    {
        "draft": Rule(drafts, "方案由县区主管部门会同乡镇街道起草。"),
        "change": Rule(drafts, "方案由县区主管部门会同乡镇街道起草。"),
        "revise": Rule(leads, "方案的名称、理由和日期由起草的一方或县区主管部门修改。"),
        "submit": Rule(leads, "由起草的一方或县区主管部门提交会签。"),
        "consent": Rule(is_asked, "由方案涉及的乡镇街道和专属网格的职能部门会签，每家一次。"),
        "object": Rule(is_asked, "由方案涉及的乡镇街道和专属网格的职能部门会签，每家一次。"),
        "return_to_draft": Rule(of_county, "由县区主管部门退回起草。"),
        "approve": Rule(of_county, "由县区主管部门批准（条例第七条）。"),
        "publish": Rule(of_county, "由县区主管部门向社会公布（条例第七条）。"),
        "withdraw": Rule(of_county, "由县区主管部门撤回。"),
        "send_filing": Rule(of_county, "由县区主管部门报送备案。"),
        "reverse": Rule(of_county, "由县区主管部门起草恢复方案。"),
        "receive_filing": Rule(of_the_city, "由市主管部门收备案。"),
        "return_filing": Rule(of_the_city, "由市主管部门退回补正。"),
    },
    is_time=is_time,
    without_button=("draft", "change", "revise", "reverse"),
)


def may_draw(user: User, plan: GridPlan) -> bool:
    """Whether the user may change the plan's grids now."""
    return states.PLAN_MOVES.allows("change", status=plan.status) and drafts(authority_of(user), plan)


def speaks_for(authority: Authority, consent: PlanConsent) -> bool:
    """Whether the account acts for the township or department that is asked for consent."""
    if consent.township_id is not None:
        return authority.may("dispatch", "division", consent.township_id)
    return authority.may("handle", "organization", consent.department_id)


def consent_of(user: User, asked: Iterable[PlanConsent]) -> PlanConsent | None:
    """Return the first open consent that the user may answer, or None."""
    authority = authority_of(user)
    return next((each for each in asked if each.answer == "waiting" and speaks_for(authority, each)), None)


def townships_of(authority: Authority, county_id: int) -> frozenset[int]:
    """Return the townships of a county for which the account acts; one statement if it holds any."""
    held = authority.places("division", "dispatch")
    if not held:
        return frozenset()
    found = Division.objects.filter(pk__in=held, level="township", parent_id=county_id)
    return frozenset(found.values_list("pk", flat=True))


def require_place(by: User, plan: GridPlan, township_ids: set[int]) -> None:
    """Raise :class:`NotPermitted` unless ``by`` may draw in all of these townships; a township only in its own area."""
    authority = authority_of(by)
    if of_county(authority, plan):
        return
    if township_ids - townships_of(authority, plan.county_id):
        raise NotPermitted("乡镇街道只能改动本辖区的网格；跨乡镇街道的由县区主管部门改动。")


def require_sector_keeper(township: Division, by: User) -> None:
    """Raise :class:`NotPermitted` unless ``by`` belongs to the authority of the township's county."""
    if not authority_of(by).may("publish_grids", "division", township.parent_id):
        raise NotPermitted("专业网格由县区主管部门会同有关部门整合（条例第九条）。")


def keeps_norm(county: Division | None, by: User) -> bool:
    """Whether the user acts for a county's authority, or for the city's if ``county`` is None."""
    authority = authority_of(by)
    if county is not None:
        return authority.may("publish_grids", "division", county.pk)
    return authority.may("publish_grids", "division", the_city().pk)


def require_norm_keeper(county: Division | None, by: User) -> None:
    """Raise :class:`NotPermitted` unless ``by`` keeps the norm of this place."""
    if county is None:
        require_city(by)
    elif not keeps_norm(county, by):
        raise NotPermitted(f"{county.name}的网格标准由{county.name}主管部门制定。")


def require_city(by: User) -> None:
    """Raise :class:`NotPermitted` unless ``by`` belongs to the city's authority."""
    if not keeps_norm(None, by):
        raise NotPermitted("全市的默认标准和编码规则由市主管部门制定。")


def keeps_divisions(by: User) -> bool:
    """Whether the user acts for the city's authority."""
    return authority_of(by).may("publish_grids", "division", the_city().pk)


def require_divisions_keeper(by: User) -> None:
    """Raise :class:`NotPermitted` unless ``by`` belongs to the city's authority."""
    if not keeps_divisions(by):
        raise NotPermitted("区划由市主管部门设立和变更，县区和乡镇街道可以查看。")
