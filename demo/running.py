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
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from urllib.request import urlopen

from puyang_grid.addresses import BASE_DIR, Addresses, addresses_from, run_dir, var_dir
from puyang_grid.embedded import ServerDown, start_servers, stop_servers
from puyang_grid.pid_files import recorded_child, start_recorded, stop_recorded, wait_until
from puyang_grid.stamps import ASSETS, DATA, TABLES, Stamp

LOADING = ("load_divisions", "load_calendar", "load_matters", "load_demo")
CHILDREN = ("web", "worker", "beat")  # started in this order, stopped in reverse order


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
        ],
        "worker": [*celery, "worker", "--concurrency", "1", "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat"],
    }


# --- Getting ready ----------------------------------------------------------------------------------------


def prepare(environ: dict[str, str], var: Path) -> None:
    """Bring tables, assets and data up to date; unchanged parts are skipped."""
    manage(["migrate", "--no-input", "--verbosity", "0"], {**environ, "DATABASE_ROLE": "owner"})
    if (rights := Stamp.of("rights", var, TABLES, salt=environ["DATABASE_URL"])).has_changed():
        manage(["grant_app_role", "--verbosity", "0"], {**environ, "DATABASE_ROLE": "owner"})
        rights.keep()
    manage(["begin_trace", "--verbosity", "0"], environ)
    if (assets := Stamp.of("assets", var, ASSETS)).has_changed():
        say("collecting the assets ...")
        manage(["collectstatic", "--no-input", "--clear", "--verbosity", "0"], environ)
        assets.keep()
    if (data := Stamp.of("data", var, DATA, salt=environ["DATABASE_URL"])).has_changed():
        for command in LOADING:
            say(f"{command} ...")
            manage([command], environ)
        data.keep()
    manage(["sweep"], environ)  # what fell due while nothing ran is done before the first user looks


def manage(words: list[str], environ: dict[str, str]) -> None:
    """Run one management command; Ctrl-C reaches only this process, which then ends the command."""
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=BASE_DIR, env=environ, check=False, start_new_session=True)
    if done.returncode:
        raise DemoFailed(f"`manage.py {' '.join(words)}` failed; see the lines above.")


# --- Running ----------------------------------------------------------------------------------------------


def run(var: Path, port: int) -> None:
    """Start everything, print the address, and run until a process ends or Ctrl-C is pressed."""
    began = monotonic()
    stop_children(var)  # left over from a demo that was killed
    check_port_is_free(port)
    addresses = addresses_from(os.environ, var)
    environ = demo_environment(addresses, var)
    try:
        started = start_servers(addresses, var)
        say(f"servers: {', '.join(started) or 'running already'}")
        prepare(environ, var)
        for name, command in children_commands(port).items():
            start_recorded(name, command, var=var, environ=environ)
        manage(["demo_logins"], environ)
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/livez"), what="the web server's answer")
        say(f"ready in {monotonic() - began:.1f} s: http://127.0.0.1:{port}   (Ctrl-C stops everything)")
        watch(var)
    finally:
        stop_everything(var)


def watch(var: Path) -> None:
    """Wait as long as every child process runs."""
    while True:
        for name in CHILDREN:
            if recorded_child(name, var) is None:
                raise DemoFailed(f"{name} has ended by itself; see {var / 'log' / name}.log")
        sleep(0.5)


def stop_everything(var: Path) -> None:
    """Stop the children in order and the servers last; a second Ctrl-C has no effect."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    say("stopping ...")
    stop_children(var)
    stop_servers(var)
    say("stopped.")


def stop_children(var: Path) -> None:
    for name in reversed(CHILDREN):
        stop_recorded(name, var)


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
def only_demo(var: Path) -> Iterator[None]:
    """Allow only one demo per folder, because two would stop each other's servers."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / ".demo.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise DemoFailed("A demo runs already in this folder; stop it with Ctrl-C first.") from taken
        yield


def interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def say(sentence: str) -> None:
    print(f"[demo] {sentence}", flush=True)


def main(words: list[str]) -> int:
    var = var_dir(os.environ)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        with only_demo(var):
            if words == ["reset"]:
                reset(var)
            else:
                run(var, int(os.environ.get("PORT", "8000")))
    except Interrupted:
        return 0
    except (DemoFailed, ServerDown, TimeoutError) as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
