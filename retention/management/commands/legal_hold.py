"""Place, lift or list the holds that stop erasure, in the name of an audit administrator."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from common import clock
from common.errors import Refusal
from retention.actions import lift_hold, place_hold
from retention.models import LegalHold


class Command(BaseCommand):
    help = "暂停清除：place 登记、lift 解除、list 列出；以审计管理员的名义，写明原因"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["place", "lift", "list"])
        parser.add_argument("subject", nargs="?", default="", help="如 case:7、complaint:3、account:9")
        parser.add_argument("--by", default="", help="审计管理员的账号")
        parser.add_argument("--reason", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "list":
            for each in LegalHold.objects.filter(lifted_at=None).order_by("pk"):
                self.stdout.write(
                    f"{each.subject}\t{each.placed_at:%Y-%m-%d}\t{each.placed_by}\t{each.reason}"
                )
            return
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError("请用 --by 写明审计管理员的账号。")
        try:
            sentence = self._run_verb(options["verb"], options["subject"], reason=options["reason"], by=by)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(sentence)

    @staticmethod
    def _run_verb(verb: str, subject: str, *, reason: str, by: User) -> str:
        if verb == "place":
            return f"已登记：{place_hold(subject, reason=reason, by=by, at=clock.now())}"
        found = LegalHold.objects.filter(subject=subject, lifted_at=None).first()
        if found is None:
            raise CommandError("这个对象没有暂停清除。")
        return f"已解除：{lift_hold(found, reason=reason, by=by, at=clock.now())}"
