"""Child processes that may outlive us: each has its process number in a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import psutil

from puyang_grid.addresses import BASE_DIR

PATIENCE = 30.0


def start_recorded(
    name: str,
    command: Sequence[str],
    *,
    var: Path,
    environ: Mapping[str, str] | None = None,
    is_shown: bool = False,
) -> psutil.Popen:
    """Start ``command`` safe from Ctrl-C in the terminal; its output goes to a log, its number to a file.

    With ``is_shown`` its output goes where ours goes.
    """
    log_path = var / "log" / f"{name}.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("ab") as log:
        child = psutil.Popen(
            list(command),
            cwd=BASE_DIR,
            env=dict(os.environ if environ is None else environ),
            stdin=subprocess.DEVNULL,
            stdout=None if is_shown else log,
            stderr=None if is_shown else subprocess.STDOUT,
            start_new_session=True,
        )
    record_of(name, var).parent.mkdir(parents=True, exist_ok=True)
    record_of(name, var).write_text(json.dumps([child.pid, child.create_time()]))
    return child


def record_of(name: str, var: Path) -> Path:
    return var / "pids" / f"{name}.json"


def recorded_child(name: str, var: Path) -> psutil.Process | None:
    """Return the process that a file names, if it is still the same one (numbers are reused)."""
    record = record_of(name, var)
    try:
        pid, created = json.loads(record.read_text())
        process = psutil.Process(pid)
        is_same = abs(process.create_time() - created) < 1 and is_alive(process)
    except (OSError, ValueError, psutil.Error):
        return None
    return process if is_same else None


def stop_recorded(name: str, var: Path, *, patience: float = PATIENCE) -> bool:
    """Stop the process that a file names, if it still runs, and its children; return whether it ran."""
    process = recorded_child(name, var)
    if process is not None:
        stop(process, patience=patience)
    record_of(name, var).unlink(missing_ok=True)
    return process is not None


def stop(process: psutil.Process, *, by: int = signal.SIGTERM, patience: float = PATIENCE) -> None:
    """Ask a process to end, wait, and kill it and its children if it does not."""
    try:
        family = [process, *process.children(recursive=True)]
        process.send_signal(by)
    except psutil.NoSuchProcess:
        return
    remaining = (still_alive([process], patience=patience) and family) or still_alive(family, patience=2)
    for left in remaining:
        kill(left)
    still_alive(family, patience=5)


def kill(process: psutil.Process) -> None:
    """Kill a process like a power cut."""
    with suppress(psutil.NoSuchProcess):
        process.kill()


def still_alive(family: Sequence[psutil.Process], *, patience: float) -> list[psutil.Process]:
    """Wait for processes to end and return those that have not ended; zombie processes count as ended."""
    give_up_at = monotonic() + patience
    while (alive := [member for member in family if is_alive(member)]) and monotonic() < give_up_at:
        sleep(0.02)
    return alive


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until(
    is_so: Callable[[], bool], *, patience: float = PATIENCE, pause: float = 0.05, what: str = "it"
) -> None:
    """Repeat a check until it is true; after ``patience`` seconds raise an error."""
    give_up_at = monotonic() + patience
    while not is_so():
        if monotonic() > give_up_at:
            raise TimeoutError(f"{what} did not come true within {patience:.0f} s")
        sleep(pause)
