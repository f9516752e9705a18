"""Measures on this machine, with a baseline in the same run; `bench --help` lists the measurements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.benches import (
    import_grids,
    locate,
    pages,
    queue,
    registry,
    replan,
    search,
    suggest,
    sweep,
    trace,
    uploads,
)


class Command(BaseCommand):
    help = (
        "在临时库中测量，与同一次运行中的底线对照："
        "bench queue | search | pages | suggest | locate | import-grids | uploads | trace | sweep | replan | registry"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what",
            choices=[
                "queue",
                "search",
                "pages",
                "suggest",
                "locate",
                "import-grids",
                "trace",
                "uploads",
                "sweep",
                "replan",
                "registry",
            ],
        )
        parser.add_argument("--cases", type=int, default=200_000)
        parser.add_argument("--rounds", type=int, default=300)
        parser.add_argument("--matters", type=int, default=500)
        parser.add_argument("--grids", type=int, default=10_000)
        parser.add_argument("--points", type=int, default=1_000_000)
        parser.add_argument("--people", type=int, default=40_000)
        parser.add_argument("--links", type=int, default=500_000)
        parser.add_argument("--against", type=Path, help="另一版代码所在的文件夹，一并测量")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["what"]:
            case "queue":
                queue.run(self.stdout.write, cases=options["cases"], rounds=options["rounds"])
            case "search":
                search.run(self.stdout.write, cases=options["cases"], rounds=min(options["rounds"], 40))
            case "pages":
                if options["against"] is None:
                    raise CommandError("bench pages 要与另一版比较：--against 文件夹")
                pages.run(self.stdout.write, rounds=min(options["rounds"], 40), against=options["against"])
            case "suggest":
                suggest.run(self.stdout.write, matters=options["matters"], rounds=options["rounds"])
            case "trace":
                trace.run(
                    self.stdout.write,
                    links=options["links"],
                    rounds=min(options["rounds"], 60),
                    against=options["against"],
                )
            case "locate":
                locate.run(self.stdout.write, points=options["points"])
            case "sweep":
                sweep.run(
                    self.stdout.write,
                    cases=options["cases"],
                    rounds=min(options["rounds"], 5),
                    against=options["against"],
                )
            case "replan":
                replan.run(self.stdout.write, cases=options["cases"])
            case "registry":
                registry.run(self.stdout.write, people=options["people"], rounds=min(options["rounds"], 200))
            case "uploads":
                uploads.run(self.stdout.write)
            case "import-grids":
                import_grids.run(self.stdout.write, grids=options["grids"])
