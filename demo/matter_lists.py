"""Proposals at several steps, a second edition, and the filings of counties: all created with the ordinary verbs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import User
from audit.actions import append_entries
from grids.models import Grid
from matters.actions.decision import comment, consent
from matters.actions.drafting import ProposalDraft, propose, submit
from matters.actions.editions import draft_edition, publish_edition
from matters.actions.filing import owe_filing, package_of, return_filing, send_filing
from matters.actions.requests import RequestDraft, hand
from matters.actions.review import clear, pass_check, vote
from matters.content import MatterContent
from matters.models import MatterList, Proposal
from personnel.models import OfficePosting, Organization

COUNTY = "410902"
DAY = timedelta(days=1)
LAW = "《濮阳市基层网格化服务管理条例》第十五条第（六）项"


class _People:
    """The people who act in the demo."""

    def __init__(self) -> None:
        named = {user.username: user for user in User.objects.filter(is_demonstration=True).exclude(phone="")}
        named |= {user.username: user for user in User.objects.filter(username__in=("lawyer", "city"))}
        self.handler, self.desk = named["handler"], named["desk_head"]
        self.admin, self.lawyer, self.city = named["county_admin"], named["lawyer"], named["city"]
        self.upkeep = Organization.objects.get(code=f"{COUNTY}-D08")
        self.township = Organization.objects.get(code=f"{COUNTY}001-I")
        others = OfficePosting.objects.filter(organization__code__in=(f"{COUNTY}-D01", f"{COUNTY}-D12"))
        self.others = [
            (post.user, post.organization) for post in others.filter(role="handler").order_by("pk")
        ]

    def panel(self) -> list[tuple[User, Organization]]:
        """Reviewers of a joint review; the member from the applicant's own body will have to withdraw."""
        return [(self.desk, self.township), *self.others, (self.handler, self.upkeep)]


def play_demonstration_lists(*, at: datetime) -> int:
    """Create three open proposals, one listed in a second edition, filings and requests; returns how many proposals."""
    people = _People()
    _first_filings(at=at)
    _enlisted(people, at=at - 40 * DAY)
    _under_review(people, at=at - 2 * DAY)
    _waiting_for_the_law(people, at=at - DAY)
    _under_notice(people, at=at - 6 * DAY)
    _requests(people, at=at)
    return Proposal.objects.count()


def _content(
    name: str, description: str, *, times: str, minutes: int, ends_on: date | None = None
) -> MatterContent:
    return MatterContent(
        name=name,
        category=6,
        kind="report",
        description=description,
        lead_functions=["城市管理"],
        finish_amount=2,
        finish_unit="working_day",
        basis=LAW,
        basis_on=date(2025, 1, 1),
        times_per_month=Decimal(times),
        minutes_each=minutes,
        collects=["hazard"],
        place_required=True,
        handling_post="城市管理科巡查岗",
        support="每季一次业务培训；热线答疑；共享巡查数据；工作经费列入部门预算。",
        ends_on=ends_on,
    )


def _proposed(
    people: _People,
    content: MatterContent,
    reason: str,
    *,
    at: datetime,
    kind: str = "admit",
    by_desk: bool = False,
) -> Proposal:
    draft = ProposalDraft(
        kind=kind,
        applicant=people.township if by_desk else people.upkeep,
        reason=reason,
        content=content,
        funding="部门年度预算安排，不增加村（社区）支出。",
        training="列入条目后一个月内培训一次。",
        held_elsewhere="无",
    )
    by = people.desk if by_desk else people.handler
    return submit(propose(draft, by=by, at=at), by=by, at=at)


def _enlisted(people: _People, *, at: datetime) -> None:
    """Create a temporary matter that was decided, published in edition 2, filed, and returned once by the city."""
    content = _content(
        "雨雪天气道路结冰点位",
        "发现背阴路段、桥面结冰，摆上提示物并上报。",
        times="2",
        minutes=15,
        ends_on=at.date() + timedelta(days=80),
    )
    proposal = _proposed(people, content, "入冬以后桥面和背阴路段结冰多发。", at=at, kind="temporary")
    proposal = pass_check(proposal, by=people.admin, at=at + DAY)
    proposal = clear(
        proposal, opinion="属隐患上报，不涉及许可、处罚、强制。", by=people.lawyer, at=at + 2 * DAY
    )
    consent(proposal, decision="同意，期满自行退出。", by=people.admin, at=at + 3 * DAY)
    edition = draft_edition(
        proposal.county,
        in_force_on=(at + 5 * DAY).date(),
        document="华网格办〔演示〕2号",
        note="纳入一项临时事项。",
        by=people.admin,
        at=at + 4 * DAY,
    )
    edition = publish_edition(edition, by=people.admin, at=at + 4 * DAY)
    filing = send_filing(edition.filing, note="请予备案。", by=people.admin, at=at + 6 * DAY)
    return_filing(filing, remarks="请补充培训安排的日期。", by=people.city, at=at + 37 * DAY)


def _under_review(people: _People, *, at: datetime) -> None:
    content = _content(
        "共享单车占压盲道", "发现共享单车成片占压盲道，能挪的挪开，挪不开的上报。", times="3", minutes=10
    )
    proposal = _proposed(people, content, "群众反映集中，靠部门巡查发现得慢。", at=at)
    proposal = pass_check(proposal, by=people.admin, at=at + DAY / 4)
    proposal = clear(
        proposal,
        opinion="属问题上报，不涉及许可、处罚、强制。",
        reviewers=people.panel(),
        by=people.lawyer,
        at=at + DAY / 2,
    )
    if people.others:
        vote(proposal, answer="for", reason="与巡查互补，工作量可接受。", by=people.others[0][0], at=at + DAY)


def _waiting_for_the_law(people: _People, *, at: datetime) -> None:
    content = _content("代收占道经营罚款", "对占道经营的摊贩开单并代收罚款。", times="4", minutes=30)
    proposal = _proposed(people, content, "执法队员不足，请网格员协助。", at=at)
    pass_check(proposal, by=people.admin, at=at + DAY / 2)


def _under_notice(people: _People, *, at: datetime) -> None:
    content = _content(
        "楼顶广告牌松动", "发现楼顶、外墙广告牌松动或锈蚀，拉开距离后上报。", times="0.5", minutes=15
    )
    proposal = _proposed(people, content, "大风天气多次脱落。", at=at, by_desk=True)
    proposal = pass_check(proposal, by=people.admin, at=at + DAY / 4)
    proposal = clear(
        proposal,
        opinion="属隐患上报。",
        reviewers=[(people.handler, people.upkeep), *people.others],
        by=people.lawyer,
        at=at + DAY / 2,
    )
    for reviewer, _ in [(people.handler, people.upkeep), *people.others]:
        proposal = vote(proposal, answer="for", reason="同意。", by=reviewer, at=at + DAY)
    proposal = consent(proposal, decision="同意纳入，公示七日。", by=people.admin, at=at + 2 * DAY)
    comment(proposal, text="支持，去年春天我们楼就掉下来过一块。（演示）", at=at + 3 * DAY)


def _first_filings(*, at: datetime) -> None:
    """Create each county's filing of its first edition: most have a number, one waits, one is late."""
    editions = (
        MatterList.objects.filter(edition=1, filing=None).select_related("county").order_by("county__code")
    )
    for number, edition in enumerate(editions):
        published = at - timedelta(days=30 if number == 3 else 60 if number else 3)
        filing = owe_filing(edition, at=published)
        if number in (0, 3):
            continue  # the demo county still has time; one other is overdue
        filing.status, filing.sent_at, filing.package = "sent", published + DAY, package_of(edition)
        filing.save()
        if number != 5:
            filing.status, filing.receipt = "received", f"濮网格备〔演示〕{number}号"
            filing.answered_at = published + 3 * DAY
            filing.save()
    owed = {f"matter_list:{edition.pk}": {} for edition in editions}
    append_entries(owed, verb="filing", at=at, actor_id=None)


def _requests(people: _People, *, at: datetime) -> None:
    grids = list(
        Grid.objects.in_force().with_place().filter(village__parent__code=f"{COUNTY}001").order_by("code")[:2]
    )
    listed = MatterList.objects.published().filter(county__code=COUNTY).order_by("-edition")[0]
    matter = listed.matters.get(code="2-08")
    ask = RequestDraft(people.upkeep, "核对辖区内公共座椅的点位和编号", matter=matter)
    hand(ask, grids, by=people.handler, at=at - DAY / 4)
    hand(
        RequestDraft(people.upkeep, "下载某某客户端并转发十条"), grids[:1], by=people.handler, at=at - DAY / 8
    )
