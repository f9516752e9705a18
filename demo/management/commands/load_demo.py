"""Fills an empty platform with the demo: grids, invented people, plans, and cases in every state."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from boards.actions import renew_boards
from common import clock
from demo.access_grants import give_demonstration_grants
from demo.cases import TOWNSHIP, play_demonstration_cases
from demo.city.filling import fill_share, shares_of_city
from demo.city_grids import draw_demonstration_grids
from demo.complaints import play_demonstration_complaint
from demo.duty import enter_demonstration_rosters, report_demonstration_emergency
from demo.grid_plans import play_demonstration_plans
from demo.improvements import come_back_in_the_demonstration
from demo.matter_lists import play_demonstration_lists
from demo.people import found_organizations, post_demonstration_people
from demo.rechecks import draw_demonstration_cases
from demo.registry import register_demonstration_people
from demo.side_by_side import side_by_side
from grids.models import Grid
from personnel.actions import sync_grants, watch_vacancies
from worktime.clocks import day_of

PROCESSES = 2  # that write the cases of the city, beside one that plays those of the demo township


class Command(BaseCommand):
    help = "装入演示数据（仅演示模式）；已装入时跳过"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, default=84)
        parser.add_argument("--whole", action="store_true", help="全市：各县区的人员和六十天的事项")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("演示数据只能在演示模式（DEMO_MODE=1）下装入。")
        at, whole = clock.now(), options["whole"]
        if not Grid.objects.exists():
            self.stdout.write(f"演示网格：{draw_demonstration_grids(at=at)} 个")
        self.stdout.write(f"组织机构：新增 {found_organizations(at=at)} 个")
        if User.objects.filter(is_demonstration=True).exists():
            self.stdout.write("演示人员与事项已在，跳过")
            return
        self.stdout.write(
            f"演示人员：{post_demonstration_people(on=date(2025, 1, 1), at=at, whole=whole)} 人"
        )
        self.stdout.write(f"演示授权：{give_demonstration_grants(at=at)} 项")
        self.stdout.write(f"演示方案：{play_demonstration_plans(at=at)} 个")
        self.stdout.write(f"演示申请：{play_demonstration_lists(at=at)} 件")
        shown = Grid.objects.in_force().with_place().filter(village__parent__code="410902001")
        sync_grants(User.objects.filter(is_demonstration=True), day=day_of(at))
        self.stdout.write(f"公示牌：{renew_boards(shown, at=at)} 块；空缺：{watch_vacancies(at=at)} 个")
        self.stdout.write(f"演示投诉：{play_demonstration_complaint(at=at)} 件")
        self.stdout.write(f"演示值班表：{enter_demonstration_rosters(at=at)} 班")
        play = partial(play_demonstration_cases, at=at, count=options["cases"])
        if not whole:
            self.stdout.write(f"演示事项：{play()} 件，抽查 {draw_demonstration_cases(at=at)} 件")
            self.stdout.write(f"演示紧急事项：{report_demonstration_emergency(at=at)}")
            self.stdout.write(f"治理任务：{come_back_in_the_demonstration(at=at)} 件")
            self.stdout.write(f"人地事组织：{register_demonstration_people(at=at)} 条")
            return
        shares = shares_of_city(PROCESSES, at=at)
        played, *filled = side_by_side(
            play, *(partial(fill_share, share, at=at, but=TOWNSHIP) for share in shares)
        )
        drawn = draw_demonstration_cases(at=at)
        self.stdout.write(f"全市事项：{sum(filled)} 件\n演示事项：{played} 件，抽查 {drawn} 件")
        self.stdout.write(f"演示紧急事项：{report_demonstration_emergency(at=at)}")
        self.stdout.write(f"治理任务：{come_back_in_the_demonstration(at=at)} 件")
        self.stdout.write(f"人地事组织：{register_demonstration_people(at=at)} 条")
