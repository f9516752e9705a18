"""`bench pages --against`: the pages that people open all day, in this build and an earlier one, in one run."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from demo.benches.builds import BEFORE, Build, environment, interleave_blocks, loaded_by, median_ratio
from demo.benches.measuring import SCRATCH, scratch_city, settings_of_server
from puyang_grid.addresses import BASE_DIR

Say = Callable[[str], object]
BLOCK = 20
PAGES = {"desk": "调度台队列", "case": "事项整页", "report": "上报表单", "tray": "本单位"}
# Runs in either build: one page many times by the person whose page it is, or once with its statements counted.
SCRIPT = """
import json, sys, time, django
django.setup()
from django.conf import settings
settings.DEMO_MODE = True
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from accounts.models import User
from workflow.models import Case

def client_of(name):
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=name))
    return client

desk, unit, worker = client_of("dispatcher"), client_of("handler"), client_of("worker")
waiting = Case.objects.filter(status="awaiting_acceptance", level="township")
case = waiting.filter(township__name="中原路街道").order_by("pk")[0]
PAGES = {"desk": (desk, "/desk/?queue=all"), "case": (desk, f"/cases/{case.pk}/"), "report": (worker, "/report/"),
         "tray": (unit, "/tray/?queue=in_hand")}

def open_page(name):
    client, path = PAGES[name]
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)

if "statements" in sys.argv:
    found = {}
    for name in PAGES:
        open_page(name)
        with CaptureQueriesContext(connection) as told:
            open_page(name)
        found[name] = len(told)
    print(json.dumps(found))
    sys.exit()
for line in sys.stdin:
    name, times = line.split()
    began = time.perf_counter()
    for _ in range(int(times)):
        open_page(name)
    print(time.perf_counter() - began, flush=True)
"""


def run(say: Say, *, rounds: int, against: Path) -> None:
    """Measure each page in both builds: statements, milliseconds, the median ratio of neighbouring blocks."""
    with scratch_city(), loaded_by(against):
        say(f"服务器 {settings_of_server()}")
        ours, before = statements_of(BASE_DIR, SCRATCH), statements_of(against, BEFORE)
        for page, name in PAGES.items():
            line = f"{page} {BLOCK}"
            new = Build("本版", BASE_DIR, SCRATCH, SCRIPT, line)
            old = Build("前版", against, BEFORE, SCRIPT, line)
            interleave_blocks((new, old), rounds=rounds)
            middle = [statistics.median(build.blocks) / BLOCK * 1000 for build in (new, old)]
            say(
                f"{name}：语句 {ours[page]}（前版 {before[page]}），p50 {middle[0]:.1f} 毫秒（前版 {middle[1]:.1f}），"
                f"本版 ÷ 前版 {median_ratio(new, old):.3f}（{len(new.blocks)} 块）"
            )


def statements_of(folder: Path, database: str) -> dict[str, int]:
    """Return how many statements each page costs a build."""
    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT, "statements"],
        cwd=folder,
        env=environment(database),
        capture_output=True,
        text=True,
        check=True,
    )
    counts: dict[str, int] = json.loads(finished.stdout)
    return counts
