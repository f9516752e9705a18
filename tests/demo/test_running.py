"""When the demo ends, in whatever way, every process that it started ends too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from demo import running
from puyang_grid.addresses import BASE_DIR
from puyang_grid.pid_files import is_alive, kill, start_recorded, wait_until
from tests.live import free_port

pytestmark = pytest.mark.slow

# The demo with its servers and processes, but without loading a city: what is asked here is how it ends.
SCRIPT = """
import sys
from demo import running

start = running.Demo.manage
running.Demo.prepare = lambda self: self.wait(self.manage("data", "check"), "data")
running.Demo.manage = lambda self, name, *words, **more: start(self, name, "check", **more)
running.children_commands = lambda port: {
    name: [sys.executable, "-c", "import time; time.sleep(300)"] for name in running.CHILDREN
}
running.answers = lambda url: True
sys.exit(running.main([]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder of a demo; whatever a failed test leaves running there is ended."""
    yield tmp_path
    for process in running_in(tmp_path):
        kill(process)


def running_in(folder: Path) -> list[psutil.Process]:
    """Every process that belongs to the demo of a folder: by its environment, or by its working folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and is_alive(process):
                environ = process.environ()
                if environ.get("PUYANG_VAR") == str(folder) or process.cwd().startswith(str(folder)):
                    found.append(process)
        except psutil.Error:
            continue
    return found


def begin(folder: Path, *, command: list[str] | None = None) -> subprocess.Popen[str]:
    environ = {**os.environ, "PUYANG_VAR": str(folder), "PORT": str(free_port())}
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "MAKELEVEL"):
        environ.pop(name, None)
    return subprocess.Popen(
        command or [sys.executable, "-c", SCRIPT],
        cwd=BASE_DIR,
        env=environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def is_ready(demo: subprocess.Popen[str]) -> None:
    assert demo.stdout is not None
    lines = []
    for line in demo.stdout:
        lines.append(line)
        if "ready in" in line:
            return
    raise AssertionError(f"the demo has ended before it was ready: {''.join(lines)}")


def ctrl_c_twice(demo: subprocess.Popen[str]) -> None:
    os.killpg(demo.pid, signal.SIGINT)
    os.killpg(demo.pid, signal.SIGINT)


def terminal_closed(demo: subprocess.Popen[str]) -> None:
    assert demo.stdout is not None
    demo.stdout.close()  # nothing can be printed any more
    os.killpg(demo.pid, signal.SIGHUP)


ENDINGS: dict[str, Callable[[subprocess.Popen[str]], None]] = {
    "Ctrl-C twice": ctrl_c_twice,
    "the terminal is closed": terminal_closed,
    "terminated": lambda demo: demo.terminate(),
    "killed": lambda demo: demo.kill(),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_keeps_running_however_the_demo_is_ended(ending: str, folder: Path) -> None:
    demo = begin(folder)
    is_ready(demo)
    assert len(running_in(folder)) > len(running.CHILDREN) + 2  # the demo, its watchman, its servers
    ENDINGS[ending](demo)
    demo.wait(timeout=60)
    wait_until(lambda: not running_in(folder), patience=60, what="the end of everything")


def test_the_watchman_waits_for_the_lock_of_a_demo_that_is_just_ending(folder: Path) -> None:
    environ = {**os.environ, "PUYANG_VAR": str(folder)}
    start_recorded(
        "beat", [sys.executable, "-c", "import time; time.sleep(300)"], var=folder, environ=environ
    )
    with running.only_demo(folder):
        watchman = subprocess.Popen(
            [sys.executable, "-m", "demo.running", "watchman"],
            cwd=BASE_DIR,
            env=environ,
            stdin=subprocess.DEVNULL,
        )
        with pytest.raises(subprocess.TimeoutExpired):
            watchman.wait(timeout=2)
        assert running_in(folder)
    watchman.wait(timeout=60)
    wait_until(lambda: not running_in(folder), patience=60, what="the end of everything")


def test_a_demo_ended_while_it_starts_leaves_nothing(folder: Path) -> None:
    demo = begin(folder)
    wait_until(lambda: (folder / "log").exists(), what="a server that is starting")
    demo.send_signal(signal.SIGINT)
    demo.wait(timeout=60)
    wait_until(lambda: not running_in(folder), patience=60, what="the end of everything")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_demo_ends_with_its_make(how: signal.Signals, folder: Path) -> None:
    """The demo also ends if only ``make``, its parent, is ended."""
    makefile = folder / "Makefile"
    (folder / "start.py").write_text(SCRIPT)
    makefile.write_text(f".PHONY: demo\ndemo:\n\t@exec {sys.executable} {folder}/start.py\n")
    demo = begin(folder, command=["env", f"PYTHONPATH={BASE_DIR}", "make", "-f", str(makefile), "demo"])
    is_ready(demo)
    demo.send_signal(how)
    demo.wait(timeout=60)
    wait_until(lambda: not running_in(folder), patience=60, what="the end of everything")
