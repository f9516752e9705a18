"""The things that the addresses are about, at every location: one's own, near, far, another county's, missing."""

from __future__ import annotations

from datetime import timedelta

from access.actions import GrantDraft, ask_for_grant
from accounts.actions import file_suggestion
from boards.actions import renew_boards
from common import clock
from conduct import actions as conduct
from duty.actions import Line, enter_roster
from grids.models import Grid
from improvement.actions import name_owner
from matters.actions import RequestDraft, hand
from personnel.actions import PostDraft, ask_for_post
from personnel.models import GridPosting, OfficePosting, Organization
from plans.actions.plans import PlanDraft, draft_plan
from rechecks.actions import DrawPlan, draw_cases
from rechecks.models import Recheck
from supervision.actions import issue_order
from tests.access.conftest import sealed_records
from tests.cases import case_in, reported
from tests.improvement.lines import THIRD, improvement
from tests.proofs.matrix.oracle import (
    CHENGGUAN,
    GATE,
    GRIDS,
    JINGDONG,
    MISSING,
    ROAD,
    SHENGLI,
    TOWNSHIPS,
    VICTORY,
    YUBEI,
    Thing,
)
from tests.proofs.matrix.world_editions import editions_of
from tests.proofs.matrix.world_proposals import proposals_of
from tests.proofs.matrix.world_registry import registry_of
from tests.shapes import Names
from tests.town import MONDAY, Town
from workflow.actions import ReportDraft, join_units, pass_check, report_case
from workflow.models import StepLimit
from worktime.clocks import day_of

CONTACT = ("演示金丝雀甲", "19900006543", "金丝雀路六号院")
RATHER = 10**9


def things_of(town: Town) -> dict[str, list[tuple[Names, Thing]]]:
    """For each kind: its names in an address, and the facts for the oracle."""
    return {
        "": [({}, Thing())],
        "missing": [({"pk": RATHER}, MISSING)],
        "uuid": [({"uid": "6f1d6a52-9a67-4a8b-8b2f-0f6d7a3f2b11"}, MISSING)],
        "case": cases_of(town),
        "share": shares_of(town),
        "order": orders_of(town),
        **rechecks_of(town),
        "improvement": improvements_of(town),
        **registry_of(town),
        "suggestion": [({"pk": file_suggestion(town.chen, text="字太小", page="/", at=MONDAY).pk}, Thing())],
        "limit": [({"pk": StepLimit.objects.earliest("pk").pk}, Thing())],
        "shift": shifts_of(town),
        "grid": [({"code": code, "role": "part_time"}, Thing("grid", place)) for code, place in GRIDS.items()]
        + [({"code": "999999999999999", "role": "part_time"}, MISSING)],
        "vacancy": [
            ({"code": code, "role": "instructor"}, Thing("village", place))
            for code, place in (
                ("410902001002", YUBEI),
                ("410902002001", SHENGLI),
                ("410922100201", CHENGGUAN),
            )
        ]
        + [({"code": "999999999999", "role": "instructor"}, MISSING)],
        "township": [({"code": code}, Thing("township", place)) for code, place in TOWNSHIPS.items()]
        + [({"code": "999999"}, MISSING)],
        "county_list": [({"code": code}, Thing()) for code in ("410902", "410922")]
        + [({"code": "1"}, MISSING)],
        "county_edition": [
            ({"code": "410902", "number": "1"}, Thing()),
            ({"code": "410902", "number": "9"}, MISSING),
        ],
        "grid_request": grid_requests_of(town),
        **proposals_of(town),
        "plan": plans_of(town),
        "plan_job": [({"pk": RATHER, "job": 1}, MISSING)],
        **people_of(town),
        **bodies_of(town),
        "request": requests_of(town),
        "post_request": post_requests_of(town),
        "complaint": complaints_of(town),
        **editions_of(town),
    }


def shares_of(town: Town) -> list[tuple[Names, Thing]]:
    """A share that 公安 has not signed for, in a case that 城市管理 leads; and one that is not there."""
    case = case_in("in_hand", town)
    join_units(case, units=[town.gongan], note="核对权限矩阵", by=town.zhao, at=MONDAY + timedelta(hours=2))
    share = case.assignments.get(is_lead=False)
    facts = Thing("share", f"{JINGDONG}/1", status="in_hand", keeper="chen", unit="chengguan", about="gongan")
    return [({"pk": case.pk, "share": share.pk}, facts), ({"pk": RATHER, "share": share.pk}, MISSING)]


def orders_of(town: Town) -> list[tuple[Names, Thing]]:
    """An order of the township to 城市管理, and one that is not there."""
    case = case_in("in_hand", town)
    order = issue_order(
        case,
        to=f"unit:{town.chengguan.pk}",
        questions="核对权限矩阵",
        by=town.zhao,
        at=MONDAY + timedelta(hours=2),
    )
    facts = Thing("order", f"{JINGDONG}/1", status="in_hand", keeper="chen", unit="chengguan")
    return [({"pk": order.pk, "verb": "lift"}, facts), ({"pk": RATHER, "verb": "lift"}, MISSING)]


def rechecks_of(town: Town) -> dict[str, list[tuple[Names, Thing]]]:
    """A draw of the township and the re-check of its one case, and ones that are not there."""
    case = pass_check(case_in("awaiting_verification", town), by=town.chen, at=MONDAY + timedelta(hours=2))
    day = day_of(MONDAY)
    plan = DrawPlan(town.division("中原路街道"), "verified", day, day, 1)
    draw = draw_cases(plan, by=town.zhao, at=MONDAY + timedelta(hours=3))
    facts = Thing("case", f"{JINGDONG}/1", status="closed", keeper="chen", unit="chengguan")
    return {
        "draw": [({"pk": draw.pk}, facts), ({"pk": RATHER}, MISSING)],
        "recheck": [
            ({"pk": Recheck.objects.get(case=case).pk, "verb": "find"}, facts),
            ({"pk": RATHER, "verb": "find"}, MISSING),
        ],
    }


def improvements_of(town: Town) -> list[tuple[Names, Thing]]:
    """A task of the township that 城市管理 has, and one that is not there."""
    task = name_owner(improvement(town), owner=f"unit:{town.chengguan.pk}", by=town.zhao, at=THIRD)
    facts = Thing("improvement", f"{JINGDONG}/1", status="at_work", unit="chengguan")
    return [({"pk": task.pk, "verb": "drop"}, facts), ({"pk": RATHER, "verb": "drop"}, MISSING)]


def shifts_of(town: Town) -> list[tuple[Names, Thing]]:
    """A shift of Zhao at the desk of the township, and one that is not there."""
    body = Organization.objects.select_related("division").get(code="desk-zyl")
    at = clock.now()
    line = Line(at - timedelta(hours=1), at + timedelta(hours=1), town.zhao)
    (shift,) = enter_roster(body, [line], start=at, end=at, by=town.tang, at=at)
    facts = Thing("shift", ROAD, unit="desk-zyl", about="zhao")
    return [({"pk": shift.pk}, facts), ({"pk": RATHER}, MISSING)]


def grid_requests_of(town: Town) -> list[tuple[Names, Thing]]:
    """What a department asks of a grid of its own county, and one that is not there."""
    body = Organization.objects.get(code="hlq-chengguan")
    (made,) = hand(RequestDraft(body, "核对座椅"), [town.grid], by=town.sun, at=MONDAY)
    return [
        ({"pk": made.pk, "verb": "do"}, Thing("grid_request", f"{JINGDONG}/1")),
        ({"pk": RATHER, "verb": "do"}, MISSING),
    ]


def cases_of(town: Town) -> list[tuple[Names, Thing]]:
    """One in each place, one with a department, one clue, one that is not there."""
    contact = dict(zip(("contact_name", "contact_phone", "contact_address"), CONTACT, strict=True))
    first = case_in("awaiting_acceptance", town, for_resident=True, **contact)
    second = reported(town, by="lin", grid_id=town.grid_of("001002").pk, **contact)
    with_unit = case_in("in_hand", town)
    clue = reported(town, matter_id=town.matter("非法集资线索").pk)
    near = reported(town, by="mei", grid_id=town.grid_of("002001").pk)
    victory = Grid.objects.with_place().get(code="410902002001001")
    other = report_case(ReportDraft(**town.report_payload(grid_id=victory.pk)), by=town.duan, at=MONDAY)
    matter = town.matter("邻里纠纷", county="410922").pk
    gate = Grid.objects.with_place().get(code="410922100201001")
    far = report_case(
        ReportDraft(**town.report_payload(grid_id=gate.pk, matter_id=matter)), by=town.shi, at=MONDAY
    )
    found = [
        (first, f"{JINGDONG}/1", "chen", ""),
        (second, f"{JINGDONG}/2", "lin", ""),
        (with_unit, f"{JINGDONG}/1", "chen", "chengguan"),
        (clue, f"{JINGDONG}/1", "chen", ""),
        (near, f"{YUBEI}/1", "mei", ""),
        (other, f"{SHENGLI}/1", "duan", ""),
        (far, f"{CHENGGUAN}/1", "shi", ""),
    ]
    return [
        (
            {"pk": case.pk},
            Thing("case", place, status=case.status, secret=case.confidential, keeper=keeper, unit=unit),
        )
        for case, place, keeper, unit in found
    ] + [({"pk": RATHER}, MISSING)]


def plans_of(town: Town) -> list[tuple[Names, Thing]]:
    plans = [
        draft_plan(
            PlanDraft(
                title="矩阵方案",
                reason="核对权限",
                effective_on=(MONDAY + timedelta(days=60)).date(),
            ),
            county=town.division(name),
            by=getattr(town, by),
            at=MONDAY,
        )
        for name, by in (("华龙区", "wu"), ("清丰县", "gu"))
    ]
    places = ("city/hualong", "city/qingfeng")
    rows = [({"pk": plan.pk}, Thing("plan", place)) for plan, place in zip(plans, places, strict=True)]
    return [*rows, ({"pk": RATHER}, MISSING)]


def people_of(town: Town) -> dict[str, list[tuple[Names, Thing]]]:
    homes = {"chen": f"{JINGDONG}/1", "mei": f"{YUBEI}/1", "shi": f"{CHENGGUAN}/1", "duan": VICTORY}
    villages = {name: place.rsplit("/", 1)[0] if name != "duan" else place for name, place in homes.items()}
    people = [
        ({"pk": getattr(town, name).pk}, Thing("person", place, about=name))
        for name, place in villages.items()
    ]
    contacts = []
    for number, name in enumerate(("chen", "mei", "shi")):
        record = sealed_records(
            town, name, phone=f"1990000765{number}", number=f"41099919900101{number:03d}X"
        )
        contacts.append(
            (
                {"key": f"contact:{record.pk}", "name": "private_phone"},
                Thing("contact", villages[name], about=name),
            )
        )
    posts = [
        ({"pk": GridPosting.objects.get(user=getattr(town, name)).pk}, Thing("post", villages[name]))
        for name in ("chen", "mei", "shi")
    ]
    offices = [
        ({"pk": OfficePosting.objects.get(user=getattr(town, name)).pk}, Thing("office_post", place))
        for name, place in (("zhao", ROAD), ("duan", VICTORY), ("sun", "city/hualong"))
    ]
    missing = ({"pk": RATHER}, MISSING)
    return {
        "person": [*people, missing],
        "contact": [*contacts, ({"key": f"contact:{RATHER}", "name": "private_phone"}, MISSING)],
        "post": [*posts, missing],
        "office_post": [*offices, missing],
    }


def bodies_of(town: Town) -> dict[str, list[tuple[Names, Thing]]]:
    rows = [
        ({"pk": Organization.objects.get(code=code).pk}, Thing("body", place, unit=unit))
        for code, place, unit in (
            ("desk-zyl", ROAD, "desk-zyl"),
            ("desk-sll", VICTORY, "desk-sll"),
            ("hlq-chengguan", "city/hualong", "chengguan"),
            ("qf-chengguan", "city/qingfeng", ""),
        )
    ]
    return {"body": [*rows, ({"pk": RATHER}, MISSING)]}


def requests_of(town: Town) -> list[tuple[Names, Thing]]:
    street = town.division("中原路街道")
    until = MONDAY + timedelta(days=30)
    request = ask_for_grant(
        GrantDraft(town.lin, "view_personal", street, "核对权限矩阵", until), by=town.tang, at=MONDAY
    )
    thing = Thing("request", ROAD, about="lin", asked_by="tang")
    verb = {"verb": "approve"}
    return [({"pk": request.pk, **verb}, thing), ({"pk": RATHER, **verb}, MISSING)]


def post_requests_of(town: Town) -> list[tuple[Names, Thing]]:
    """A township asks for somebody of its neighbour, and a county for somebody of another county."""
    rows = []
    for by, name, place in (("tang", "duan", VICTORY), ("wu", "shi", GATE)):
        draft = PostDraft(
            getattr(town, name),
            "part_time",
            MONDAY.date(),
            village=town.grid.village,
            grid=town.grid,
            source="志愿者",
        )
        made = ask_for_post(draft, by=getattr(town, by), at=MONDAY)
        thing = Thing("post_request", place, about=name, asked_by=by)
        rows += [({"pk": made.pk, "verb": verb}, thing) for verb in ("confirm", "refuse")]
    return [*rows, ({"pk": RATHER, "verb": "confirm"}, MISSING)]


def complaints_of(town: Town) -> list[tuple[Names, Thing]]:
    renew_boards(at=MONDAY)
    rows = []
    grids = (
        (town.grid, ROAD, town.chen, "chen"),
        (Grid.objects.with_place().get(code="410922100201001"), GATE, town.shi, "shi"),
    )
    for grid, place, person, name in grids:
        draft = conduct.ComplaintDraft(
            grid=grid, kind="rude", text="说话不耐烦", person=person, contact_name=CONTACT[0]
        )
        made, _ = conduct.complain(draft, source="public", at=MONDAY)
        rows.append(({"pk": made.pk, "verb": "dismiss"}, Thing("complaint", place, about=name)))
    return [*rows, ({"pk": RATHER, "verb": "dismiss"}, MISSING)]
