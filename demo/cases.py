"""Cases for the demo, moved by the real verbs at real office hours of the past days."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db import transaction
from PIL import Image, ImageDraw

from accounts.models import User
from common.pictures.intake import Picture, read_picture
from grids.models import Grid
from matters.models import Matter
from personnel.models import GridPosting, OfficePosting, Organization
from workflow import actions
from workflow.actions.evidence import keep_photo
from workflow.actions.shares import sign_share
from workflow.models import Case
from workflow.states import CASE_MOVES
from worktime.calendars import current_calendar
from worktime.clocks import Calendar, Clock, Limit, day_of, due

TOWNSHIP = "410902001"
SEED = 2025

# The progress of a case: the verbs that it has been through.
PATHS = (
    ("report",),
    ("report", "take_up"),
    ("report", "take_up", "send_up"),
    ("report", "take_up", "send_up", "return_for_correction"),
    ("report", "take_up", "send_up", "accept"),
    ("report", "take_up", "send_up", "accept", "assign"),
    ("report", "take_up", "send_up", "accept", "assign", "hand_back"),
    ("report", "take_up", "send_up", "accept", "assign", "sign"),
    ("report", "take_up", "send_up", "accept", "assign", "sign", "feed_back"),
    ("report", "take_up", "send_up", "accept", "assign", "sign", "feed_back", "fail_check"),
    ("report", "take_up", "send_up", "accept", "assign", "sign", "feed_back", "pass_check"),
    ("report", "take_up", "send_up", "accept", "assign", "sign", "feed_back", "pass_check"),
    ("report", "take_up", "send_up", "accept", "assign", "sign", "feed_back", "pass_check"),
    ("report", "take_up", "settle"),
    ("report", "take_up", "settle", "pass_check"),
    ("report", "take_up", "send_up", "refuse"),
)
IN_HAND = ("report", "take_up", "send_up", "accept", "assign", "sign")
# What waits for the handler whom the demo lets sign in, at whatever hour it is loaded; then what stands still or is
# disputed, one case each.
UNUSUAL = (
    *((*IN_HAND[:-1],) for _ in range(4)),
    (*IN_HAND, "ask_extension"),
    (*IN_HAND, "ask_extension", "grant_extension"),
    (*IN_HAND, "ask_shelving"),
    (*IN_HAND, "ask_shelving", "grant_shelving"),
    (*IN_HAND[:-1], "hand_back", "reject_return", "hand_back", "convene"),
    (*IN_HAND, "press"),
    (*IN_HAND, "join"),
    (*IN_HAND[:-1], "reassign", "sign", "join"),
)
ENDINGS = ("pass_check", "refuse", "fail_check")
SITES = (
    "东门口",
    "3号楼前",
    "农贸市场北侧",
    "健身广场",
    "小学门口",
    "公交站旁",
    "地下车库入口",
    "南侧绿化带",
)
DESCRIPTIONS = {
    "井盖缺损": "井盖缺了一角，晚上看不清，已放锥桶。",
    "暴露垃圾、积存渣土": "装修垃圾堆了三天，占了半条路。",
    "路灯故障": "连着两盏路灯不亮。",
    "占道经营、乱停乱放": "早市摊位占了消防通道。",
    "消防通道、安全出口堵塞": "楼道口停满电动车，门推不开。",
    "邻里纠纷": "两家为楼道杂物起争执，已劝开。",
    "物业服务投诉": "电梯停运两天没有人修。",
    "道路、出行诉求": "路面坑洼，老人推车容易绊倒。",
}


@dataclass
class _Cast:
    """The people and their roles in the demo township."""

    worker: dict[int, User]
    leader: dict[int, User]
    desk: User
    county: User
    units: list[Organization]
    handlers: dict[int, User]


def play_demonstration_cases(*, at: datetime, count: int = 84) -> int:
    """Report ``count`` cases over the past eight days, move each along one of the paths; then the unusual ones."""
    chance = random.Random(SEED)
    cast, calendar = _cast(), current_calendar()
    grids = list(
        Grid.objects.with_place().filter(village__parent__code=TOWNSHIP, pk__in=cast.worker).order_by("code")
    )
    matters = list(
        Matter.objects.in_force(grids[0].village.parent.parent_id, at.date())
        .filter(name__in=DESCRIPTIONS)
        .order_by("code")
    )
    for number in range(count):
        path = PATHS[number % len(PATHS)]
        longest = 190 if path[-1] in ENDINGS else 34
        start = _office_time(at, chance.uniform(6, longest), calendar)
        with transaction.atomic():
            _play(path, chance.choice(grids), chance.choice(matters), cast, chance, start, at, calendar)
    handler = OfficePosting.objects.select_related("organization").get(user__username="handler")
    function = handler.organization.function
    slow = [m for m in matters if m.severity != Matter.Severity.URGENT and m.lead_function == function]
    for path in UNUSUAL:
        start = _office_time(at, 30, calendar)
        with transaction.atomic():
            _play(path, chance.choice(grids), chance.choice(slow), cast, chance, start, at, calendar)
    return count + len(UNUSUAL)


def _office_time(at: datetime, hours_ago: float, calendar: Calendar) -> datetime:
    """Return a moment inside office hours, about ``hours_ago`` hours ago and at least an hour in the past."""
    start = at
    while start > at - timedelta(hours=1):
        moment = at - timedelta(hours=hours_ago)
        start = due(moment, Limit(Clock.WORKING_HOURS, 3), calendar=calendar).due_at
        hours_ago += 9
    return start


def _cast() -> _Cast:
    postings = GridPosting.objects.filter(village__parent__code=TOWNSHIP).select_related("user")
    offices = OfficePosting.objects.select_related("user", "organization")
    return _Cast(
        worker={post.grid_id: post.user for post in postings if post.role == "full_time" and post.grid_id},
        leader={post.village_id: post.user for post in postings if post.role == "leader"},
        desk=offices.get(user__username="dispatcher").user,
        county=offices.get(user__username="county").user,
        units=list(Organization.objects.filter(division__code=TOWNSHIP[:6]).resolvers()),
        handlers={post.organization_id: post.user for post in offices.filter(role="handler")},
    )


def _play(
    path: tuple[str, ...],
    grid: Grid,
    matter: Matter,
    cast: _Cast,
    chance: random.Random,
    start: datetime,
    end: datetime,
    calendar: Calendar,
) -> None:
    worker, leader = cast.worker[grid.pk], cast.leader[grid.village_id]
    draft = actions.ReportDraft(
        grid_id=grid.pk,
        matter_id=matter.pk,
        description=DESCRIPTIONS[matter.name],
        place=f"{grid.village.name}{chance.choice(SITES)}",
        lon=((grid.min_lon or 0) + (grid.max_lon or 0)) / 2,
        lat=((grid.min_lat or 0) + (grid.max_lat or 0)) / 2,
        accuracy_m=chance.randint(5, 40),
        for_resident=matter.category == Matter.Category.OPINION,
        photos=[_photo("report", worker, start)] if matter.evidence_required else (),
    )
    case = actions.report_case(draft, by=worker, at=start)
    moment = start
    for verb in path[1:]:
        moment = due(moment, Limit(Clock.WORKING_HOURS, chance.randint(6, 75)), calendar=calendar).due_at
        if moment >= end:
            return
        if not CASE_MOVES.allows(verb, status=case.status):
            continue  # urgent matters skip the leader
        case = _STEPS[verb](case, worker, leader, cast, moment)


def _photo(kind: str, by: User, at: datetime) -> UUID:
    return keep_photo(_picture(kind), kind=kind, by=by, at=at).uid


@lru_cache(maxsize=2)
def _picture(kind: str) -> Picture:
    """A drawn picture that cannot be mistaken for a real place; read once, as an upload would be."""
    ground, spot = ((120, 128, 124), (60, 66, 70)) if kind == "report" else ((150, 128, 124), (150, 160, 152))
    picture = Image.new("RGB", (960, 720), (214, 220, 216))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 460, 960, 720), fill=ground)
    pen.ellipse((380, 500, 580, 610), fill=spot)
    pen.text((40, 40), "DEMO", fill=(83, 92, 99), font_size=64)
    written = io.BytesIO()
    picture.save(written, "JPEG")
    size = written.tell()
    written.seek(0)
    return read_picture(written, size=size)


def _unit_for(case: Case, cast: _Cast) -> Organization:
    wanted = case.matter.lead_function if case.matter else ""
    return next((unit for unit in cast.units if unit.function == wanted), cast.units[0])


def _others(case: Case, cast: _Cast) -> list[Organization]:
    """Two units beside the leading one; the one that the list names comes first, if another leads."""
    listed = _unit_for(case, cast)
    staffed = [unit for unit in cast.units if unit.pk in cast.handlers and unit != listed]
    lead = case.unit_id or listed.pk
    return [unit for unit in (listed, *staffed) if unit.pk != lead][:2]


def _join(case: Case, cast: _Cast, at: datetime) -> Case:
    """Two units assist; the second has signed for its share."""
    case = actions.join_units(
        case, units=_others(case, cast), note="请派人到场，协助断电和疏导行人。", by=cast.desk, at=at
    )
    share = case.assignments.filter(is_lead=False).latest("pk")
    sign_share(share, by=cast.handlers[share.unit_id], at=at)
    return case


def _feed_back(case: Case, handler: User, at: datetime) -> Case:
    photo = _photo("result", handler, at)
    return actions.feed_back_case(case, result="已派人到现场处理完毕。", photos=[photo], by=handler, at=at)


Step = Callable[[Case, User, User, _Cast, datetime], Case]
_STEPS: dict[str, Step] = {
    "take_up": lambda case, worker, leader, cast, at: actions.take_up_case(case, by=leader, at=at),
    "send_up": lambda case, worker, leader, cast, at: actions.send_up_case(
        case, note="社区没有处置力量，请街道协调。", by=leader, at=at
    ),
    "settle": lambda case, worker, leader, cast, at: actions.settle_case(
        case,
        result="已上门协调，双方同意清理。",
        photos=[_photo("result", leader, at)],
        by=leader,
        at=at,
    ),
    "return_for_correction": lambda case, worker, leader, cast, at: actions.return_for_correction(
        case, note="请补充具体位置。", by=cast.desk, at=at
    ),
    "accept": lambda case, worker, leader, cast, at: actions.accept_case(case, by=cast.desk, at=at),
    "refuse": lambda case, worker, leader, cast, at: actions.refuse_case(
        case, note="已有同一事项在办，请关注原事项进展。", by=cast.desk, at=at
    ),
    "assign": lambda case, worker, leader, cast, at: actions.assign_case(
        case, unit=_unit_for(case, cast), reason="事项清单主办单位", by=cast.desk, at=at
    ),
    "hand_back": lambda case, worker, leader, cast, at: actions.hand_back_case(
        case, note="该路段由其他单位养护。", by=cast.handlers[case.unit_id or 0], at=at
    ),
    "reject_return": lambda case, worker, leader, cast, at: actions.reject_return(
        case, note="清单列明由其主办。", by=cast.desk, at=at
    ),
    "convene": lambda case, worker, leader, cast, at: actions.convene_conference(
        case,
        units=_others(case, cast),
        note="明天下午三点视频会商，请带职责依据。",
        by=cast.county,
        at=at,
    ),
    "ask_extension": lambda case, worker, leader, cast, at: actions.ask_extension(
        case, amount=1, note="备件未到，厂家后天发货。", by=cast.handlers[case.unit_id or 0], at=at
    ),
    "grant_extension": lambda case, worker, leader, cast, at: actions.grant_extension(
        case, by=cast.desk, at=at
    ),
    "ask_shelving": lambda case, worker, leader, cast, at: actions.ask_shelving(
        case,
        ground="season",
        review_on=day_of(at) + timedelta(days=60),
        note="冬季不能铺沥青，开春施工；已围挡。",
        by=cast.handlers[case.unit_id or 0],
        at=at,
    ),
    "grant_shelving": lambda case, worker, leader, cast, at: actions.grant_shelving(
        case, by=cast.county, at=at
    ),
    "join": lambda case, worker, leader, cast, at: _join(case, cast, at),
    "reassign": lambda case, worker, leader, cast, at: actions.reassign_case(
        case, unit=_others(case, cast)[0], reason="该路段已移交其管护。", by=cast.desk, at=at
    ),
    "press": lambda case, worker, leader, cast, at: actions.press_case(
        case, note="居民今天又来问，请尽快到场。", by=cast.desk, at=at
    ),
    "sign": lambda case, worker, leader, cast, at: actions.sign_case(
        case, by=cast.handlers[case.unit_id or 0], at=at
    ),
    "feed_back": lambda case, worker, leader, cast, at: _feed_back(
        case, cast.handlers[case.unit_id or 0], at
    ),
    "fail_check": lambda case, worker, leader, cast, at: actions.fail_check(
        case, note="现场仍有残留，请再清理。", by=worker, at=at
    ),
    "pass_check": lambda case, worker, leader, cast, at: actions.pass_check(case, by=worker, at=at),
}
