"""Runs one report through the complete chain on a running demo."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.models import User
from demo.personas import DEMO_PASSWORD, PERSONAS
from demo.walkthrough import Person, WalkthroughFailed, walk_whole_chain
from workflow.states import VERBS


class Command(BaseCommand):
    help = "对运行中的演示平台走一遍完整闭环：每一步由谁做、时限、谁看得见"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000")

    def handle(self, *args: Any, **options: Any) -> None:
        names = {persona.username: persona.username for persona in PERSONAS}
        names["stranger"] = self.stranger()
        try:
            people = {
                role: Person(options["url"], username, DEMO_PASSWORD, sign_in=reverse("accounts:sign_in"))
                for role, username in names.items()
            }
            for number, step in enumerate(walk_whole_chain(people), start=1):
                self.stdout.write(
                    f"{number:2} {VERBS[step.verb]}（{step.who}）→ {step.status_name}；{step.explained or '计时已停'}"
                )
                self.stdout.write(f"   看得见：{'、'.join(step.seen_by)}；看不见的与不存在的应答相同（404）")
        except (WalkthroughFailed, OSError) as error:
            raise CommandError(str(error)) from error
        if step.status_name != "已结案":
            raise CommandError(f"没有走到结案，停在{step.status_name}")
        self.stdout.write(f"共 {number} 步，已结案。")

    def stranger(self) -> str:
        """A worker of another village, who must never see the case."""
        found = (
            User.objects.filter(is_demonstration=True, grid_postings__role="full_time")
            .exclude(grid_postings__village__name="京东社区")
            .order_by("pk")
            .first()
        )
        if found is None:
            raise CommandError("没有演示人员，请先 make demo。")
        return found.username
