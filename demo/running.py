"""``make demo``: runs the whole platform on this machine, from an empty folder to a sign-in page, until Ctrl-C.

``python -m demo.running [reset]``
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from urllib.request import urlopen

import psutil

from demo.personas import login_lines
from puyang_grid.addresses import BASE_DIR, Addresses, addresses_from, run_dir, var_dir
from puyang_grid.embedded import ServerDown, start_servers, stop_servers
from puyang_grid.pid_files import recorded_child, start_recorded, stop_recorded
from puyang_grid.stamps import ASSETS, DATA, TABLES, Stamp

AS_OWNER = ("create_tables --verbosity 0", "grant_app_role --verbosity 0")
LOADING = ("load_divisions", "load_calendar", "load_matters", "load_demo --whole")
CHECKED = ("--skip-checks",)  # the tables were made after Django's checks, which take a second
CHILDREN = ("web", "worker", "beat")
PASSING = ("tables", "assets", "data", "sweep")  # processes that end by themselves
STARTING_WEB = 60.0
TAKING_OVER = 5.0  # how long the end of an earlier demo of this folder is waited for


class DemoFailed(RuntimeError):
    """The demo cannot continue; the sentence says what to do."""


class Interrupted(BaseException):
    """Ctrl-C, or an orderly stop requested by the system."""


def demo_environment(addresses: Addresses, var: Path) -> dict[str, str]:
    """Return the environment for every process of the demo."""
    settings = {"DJANGO_SETTINGS_MODULE": "puyang_grid.settings.development", "DEMO_MODE": "1", "DEBUG": "0"}
    return {**os.environ, **settings, **addresses.as_environment(), "PUYANG_VAR": str(var)}


def children_commands(port: int) -> dict[str, list[str]]:
    """Return the command of each process; as in production, but with fewer workers."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "puyang_grid"]
    return {
        "web": [
            *(python, "-m", "gunicorn", "puyang_grid.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "2", "--timeout", "30", "--graceful-timeout", "30"),
            "--preload",  # Django is loaded once for both
        ],
        "worker": [*celery, "worker", "--concurrency", "1", "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat"],
    }


# --- Running ----------------------------------------------------------------------------------------------


class Demo:
    """One run of the demo in one folder. Under ``make`` it also ends when ``make`` is gone."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port = var, port
        self.addresses = addresses_from(os.environ, var)
        self.environ = demo_environment(self.addresses, var)
        self.parent = os.getppid() if "MAKELEVEL" in os.environ else None

    def run(self) -> None:
        """Start everything, print the address, and run until a process ends or Ctrl-C is pressed."""
        began = monotonic()
        stop_children(self.var)  # left over from a demo that was killed
        check_port_is_free(self.port)
        with kept_by_a_watchman(self.environ):
            try:
                with uninterrupted():
                    started = start_servers(self.addresses, self.var)
                say(f"servers: {', '.join(started) or 'running already'}")
                self.prepare()
                self.start_children()
                say("\n".join(login_lines()))
                say(
                    f"ready in {monotonic() - began:.1f} s: http://127.0.0.1:{self.port}   (Ctrl-C stops everything)"
                )
                self.watch()
            finally:
                stop_everything(self.var)

    def prepare(self) -> None:
        """Bring tables, assets and data up to date; what has not changed is skipped."""
        salt = self.environ["DATABASE_URL"]
        tables = Stamp.of("tables", self.var, TABLES, salt=salt)
        assets = Stamp.of("assets", self.var, ASSETS)
        data = Stamp.of("data", self.var, DATA, salt=salt)
        collecting = None
        if assets.has_changed():
            say("collecting the assets ...")
            collecting = self.manage("assets", "collectstatic", "--no-input", "--clear", "--verbosity", "0")
        lines = [] if not data.has_changed() else list(LOADING)
        if tables.has_changed():
            say("tables ...")
            self.wait(self.manage("tables", "several", *AS_OWNER, DATABASE_ROLE="owner"), "tables")
            lines = ["begin_trace --verbosity 0", *lines]
        if lines:
            self.wait(self.manage("data", "several", *CHECKED, *lines, is_shown=True), "data")
        tables.keep()
        data.keep()
        if collecting is not None:
            self.wait(collecting, "assets")
            assets.keep()

    def start_children(self) -> None:
        """Start the web server, do beside it what fell due while nothing ran, then start worker and beat."""
        commands = children_commands(self.port)
        self.start("web", commands["web"])
        self.wait(self.manage("sweep", "sweep", *CHECKED), "sweep")
        give_up_at = monotonic() + STARTING_WEB
        while not answers(f"http://127.0.0.1:{self.port}/livez"):
            self.check_parent()
            if recorded_child("web", self.var) is None or monotonic() > give_up_at:
                raise DemoFailed(f"The web server does not answer; see {self.var}/log/web.log")
            sleep(0.05)
        for name in ("worker", "beat"):
            self.start(name, commands[name])

    def start(self, name: str, command: list[str], *, is_shown: bool = False, **environ: str) -> psutil.Popen:
        with uninterrupted():  # else it could run without a record
            return start_recorded(
                name, command, var=self.var, environ={**self.environ, **environ}, is_shown=is_shown
            )

    def manage(self, name: str, *words: str, is_shown: bool = False, **environ: str) -> psutil.Popen:
        """Start one management command."""
        return self.start(name, [sys.executable, "manage.py", *words], is_shown=is_shown, **environ)

    def wait(self, process: psutil.Popen, name: str) -> None:
        """Wait until a command has ended well."""
        while process.poll() is None:
            self.check_parent()
            sleep(0.05)
        if process.returncode:
            raise DemoFailed(f"`{name}` failed; see the lines above and {self.var}/log/{name}.log")

    def watch(self) -> None:
        """Wait as long as every child process runs."""
        while True:
            for name in CHILDREN:
                if recorded_child(name, self.var) is None:
                    raise DemoFailed(f"{name} has ended by itself; see {self.var / 'log' / name}.log")
            self.check_parent()
            sleep(0.5)

    def check_parent(self) -> None:
        """Raise :class:`Interrupted` if ``make`` has been killed without a word."""
        if self.parent is not None and os.getppid() != self.parent:
            raise Interrupted


def stop_everything(var: Path) -> None:
    """Stop the children, and the servers last; no signal interrupts it."""
    ignore_signals()
    say("stopping ...")
    stop_children(var)
    stop_servers(var)
    say("stopped.")


def stop_children(var: Path) -> None:
    """Stop all children at once; each may first finish what it is doing."""
    names = (*PASSING, *reversed(CHILDREN))
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(lambda name: stop_recorded(name, var), names))


def check_port_is_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise DemoFailed(f"Port {port} is taken; try `make demo PORT={port + 1}`.") from taken


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


# --- The watchman: if this process is killed, somebody else stops what it started ------------------------------

DONE = b"done"


@contextlib.contextmanager
def kept_by_a_watchman(environ: dict[str, str]) -> Iterator[None]:
    """Start a process that stops everything when this one dies without having done so itself."""
    with uninterrupted():
        watchman = subprocess.Popen(
            [sys.executable, "-m", "demo.running", "watchman"],
            cwd=BASE_DIR,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            watchman.communicate(DONE, timeout=10)


def stand_watch(var: Path) -> None:
    """Wait for the end of the demo's own process; stop everything if it was killed and no other demo has begun.

    A process that is killed may keep its lock for a moment after its end has been heard.
    """
    ignore_signals()
    if sys.stdin.buffer.read() == DONE:
        return
    with contextlib.suppress(DemoFailed), only_demo(var, patience=TAKING_OVER):
        stop_everything(var)


# --- The command ------------------------------------------------------------------------------------------


def reset(var: Path) -> None:
    """Stop what still runs and delete all local data."""
    stop_children(var)
    stop_servers(var)
    shutil.rmtree(var, ignore_errors=True)
    if run_dir(var) != var / "run":
        shutil.rmtree(run_dir(var), ignore_errors=True)
    say("the demo's data is gone; `make demo` starts over.")


@contextlib.contextmanager
def only_demo(var: Path, *, patience: float = 0) -> Iterator[None]:
    """Allow only one demo per folder, because two would stop each other's servers."""
    var.mkdir(parents=True, exist_ok=True)
    give_up_at = monotonic() + patience
    with (var / ".demo.lock").open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as taken:
                if monotonic() > give_up_at:
                    raise DemoFailed(
                        "A demo runs already in this folder; stop it with Ctrl-C first."
                    ) from taken
            sleep(0.1)
        yield


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Waiting:
    """Signals that came while they could not be obeyed."""

    depth = 0
    has_come = False


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Let a signal wait until the block has ended."""
    _Waiting.depth += 1
    try:
        yield
    finally:
        _Waiting.depth -= 1
    if _Waiting.has_come and not _Waiting.depth:
        _Waiting.has_come = False
        raise Interrupted


def interrupt(number: int, frame: FrameType | None) -> None:
    """Stop in good order; what comes after the first signal changes nothing."""
    if _Waiting.depth:
        _Waiting.has_come = True
        return
    ignore_signals()
    raise Interrupted


def ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def say(sentence: str) -> None:
    """Print a line; a terminal that is closed, or a pipe that nobody reads, stops nothing."""
    with contextlib.suppress(OSError, ValueError):
        print(f"[demo] {sentence}", flush=True)


def main(words: list[str]) -> int:
    var = var_dir(os.environ)
    if words == ["watchman"]:
        stand_watch(var)
        return 0
    for number in SIGNALS:
        signal.signal(number, interrupt)
    try:
        with only_demo(var, patience=TAKING_OVER):
            if words == ["reset"]:
                reset(var)
            else:
                Demo(var, int(os.environ.get("PORT", "8000"))).run()
    except Interrupted:
        return 0
    except (DemoFailed, ServerDown, TimeoutError) as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
