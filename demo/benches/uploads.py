"""`bench uploads`: sends odd and hostile pictures to a running server while another user reads a page.

Every file of ``odd_files`` is sent twice: to the API by a worker, and with a complaint by an anonymous user. The report
shows whether each got the right result, the slowest request, the growth of a web process, and the other user's page
times before and during the test.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter, sleep
from uuid import uuid4

import psutil
from django.conf import settings
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse

from accounts.models import Counter, User
from demo.benches.measuring import Series, scratch_city, scratch_environ, settings_of_server
from demo.benches.odd_files import SOUND_TO_LOOK_AT, TAKEN, OddFile, odd_files, saved, scene
from demo.running import children_commands
from puyang_grid.pid_files import start_recorded, stop_recorded, wait_until
from workflow.models import Attachment
from workflow.report_choices import reportable_grids

Say = Callable[[str], object]
MOST_SECONDS, MOST_GROWTH_MB, MOST_RATIO = 3.0, 64, 2.0
READER, SENDER = "dispatcher", "worker"
LOOKS, PAUSE = 300, 0.01
TOKEN = "b" * 32
BOUNDARY = "odd-file"
MEGABYTE = 1024 * 1024
UNBOUNDED = {
    f"API_{what}_OF_{whose}": "1000000" for what in ("READS", "WRITES") for whose in ("ACCOUNT", "NETWORK")
}


@dataclass
class Server:
    """A running web server, and the largest memory growth of its processes."""

    port: int
    master: psutil.Process
    before: dict[int, int] = field(default_factory=dict)
    growth: int = 0
    is_over: Event = field(default_factory=Event)

    def ask(self, method: str, path: str, *, body: bytes = b"", headers: dict[str, str]) -> tuple[int, float]:
        """Send one request; returns status and seconds."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        started = perf_counter()
        try:
            connection.request(method, path, body=body or None, headers=headers)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        return answer.status, perf_counter() - started

    def sizes(self) -> dict[int, int]:
        """The memory of each web process, without the child processes that draw pictures."""
        return {each.pid: each.memory_info().rss for each in self.master.children()}

    def watch(self) -> None:
        """Record the largest growth until ``is_over`` is set."""
        while not self.is_over.wait(0.02):
            for pid, size in self.sizes().items():
                self.growth = max(self.growth, size - self.before.get(pid, size))


@dataclass(frozen=True)
class Door:
    """An address for uploads, the fields beside the file, and the status for an accepted file."""

    name: str
    path: str
    file_field: str
    fields: dict[str, str]
    headers: dict[str, str]
    taken: int
    is_decoded: bool = True  # the picture is drawn during the request itself

    def is_answered_well(self, odd: OddFile, status: int) -> bool:
        """Whether the file got the right result."""
        is_taken = odd.becomes == TAKEN or (not self.is_decoded and odd.label in SOUND_TO_LOOK_AT)
        return status == (self.taken if is_taken else 422)

    def send(self, server: Server, odd: OddFile) -> tuple[int, float]:
        """Send one file."""
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Idempotency-Key": str(uuid4())}
        body = _form(self.fields, self.file_field, odd)
        return server.ask("POST", self.path, body=body, headers={**self.headers, **kind})


def run(say: Say) -> None:
    """Measure with the number of processes that the demo runs."""
    with scratch_city():
        say(f"服务器 {settings_of_server()}")
        worker = User.objects.get(username=SENDER)
        grid = reportable_grids(worker)[0]
        stranger = {"kind": "sham", "text": "照片里的不是现场", "csrfmiddlewaretoken": TOKEN}
        complain = reverse("conduct:complain", args=[grid.code])
        doors = (
            Door("照片接口", reverse("api:photos"), "photo", {"kind": "report"}, _cookies(worker), 201),
            Door("公众投诉", complain, "photos", stranger, _cookies(None), 200, is_decoded=False),
        )
        with _running() as server:
            _measure(say, server, doors)


def _measure(say: Say, server: Server, doors: tuple[Door, ...]) -> None:
    files, reader = odd_files(), _cookies(User.objects.get(username=READER))
    page = reverse("workflow:desk")
    plain = OddFile("plain", saved(scene((1600, 1200)), "JPEG"), TAKEN)
    for _ in range(10):  # every process handles everything once before the measurement
        for door in doors:
            door.send(server, plain)
        _look(server, page, reader, "warm-up", rounds=10)
    _forget()
    idle = _look(server, page, reader, "别人的页面，空闲时", rounds=LOOKS)
    server.before = server.sizes()
    watcher = Thread(target=server.watch, daemon=True)
    watcher.start()
    found: dict[str, list[tuple[OddFile, int, float]]] = {door.name: [] for door in doors}
    sender = Thread(target=_send_all, args=(server, doors, files, found), daemon=True)
    sender.start()
    meanwhile = _look(server, page, reader, "别人的页面，同时", rounds=0, until=lambda: not sender.is_alive())
    server.is_over.set()
    watcher.join()
    for line in _lines(doors, found, idle, meanwhile, server.growth / MEGABYTE):
        say(line)


def _lines(
    doors: tuple[Door, ...],
    found: dict[str, list[tuple[OddFile, int, float]]],
    idle: Series,
    meanwhile: Series,
    growth: float,
) -> Iterator[str]:
    slowest = 0.0
    for door in doors:
        answers = found[door.name]
        wrong = [
            f"{odd.label}: {status}" for odd, status, _ in answers if not door.is_answered_well(odd, status)
        ]
        series = Series(door.name, [seconds * 1000 for _, _, seconds in answers])
        odd, _, most = max(answers, key=lambda each: each[2])
        slowest = max(slowest, most)
        yield series.line()
        yield f"{door.name}：{len(answers)} 个文件，结果不对的 {len(wrong)} 个 {wrong}"
        yield f"最慢 {most:.2f} s（{odd.label}）"
    yield idle.line()
    yield meanwhile.line()
    ratio = meanwhile.p95 / idle.p95
    yield f"最慢的请求 {slowest:.2f} s（≤ {MOST_SECONDS}）；网页进程增长 {growth:.1f} MB（≤ {MOST_GROWTH_MB}）；"
    yield f"别人的页面 p95 为空闲时的 {ratio:.2f} 倍（≤ {MOST_RATIO}）"
    if slowest > MOST_SECONDS or growth > MOST_GROWTH_MB or ratio > MOST_RATIO:
        yield "未达到目标"


def _send_all(
    server: Server,
    doors: tuple[Door, ...],
    files: list[OddFile],
    found: dict[str, list[tuple[OddFile, int, float]]],
) -> None:
    for number, odd in enumerate(files):
        if number % 15 == 0:
            _forget()
        for door in doors:
            found[door.name].append((odd, *door.send(server, odd)))
    close_old_connections()


def _forget() -> None:
    """Reset the limits, which would otherwise refuse so many files."""
    Counter.objects.all().delete()
    Attachment.objects.filter(case=None).delete()


def _look(
    server: Server,
    page: str,
    headers: dict[str, str],
    name: str,
    *,
    rounds: int,
    until: Callable[[], bool] = lambda: True,
) -> Series:
    """Read a page ``rounds`` times, and then on until ``until`` is true."""
    series = Series(name)
    while len(series.times) < rounds or not until():
        status, seconds = server.ask("GET", page, headers=headers)
        if status != 200:
            raise RuntimeError(f"{page} answers {status}; nothing is reported.")
        series.times.append(seconds * 1000)
        sleep(PAUSE)
    return series


@contextmanager
def _running() -> Iterator[Server]:
    """A web server on the scratch database, with its own folder for files."""
    with socket.socket() as probe, TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        environ = {**scratch_environ(), **UNBOUNDED, "LOG_LEVEL": "ERROR"}
        master = start_recorded("web", children_commands(port)["web"], var=Path(folder), environ=environ)
        server = Server(port, psutil.Process(master.pid))
        try:
            wait_until(lambda: _answers(server), patience=60, what="the web server's answer")
            yield server
        finally:
            stop_recorded("web", Path(folder))


def _answers(server: Server) -> bool:
    try:
        return server.ask("GET", "/livez", headers={})[0] == 200
    except OSError:
        return False


def _cookies(user: User | None) -> dict[str, str]:
    """The cookies of a browser; an anonymous user has only the form's token."""
    cookies = {settings.CSRF_COOKIE_NAME: TOKEN}
    if user is not None:
        client = Client()
        client.force_login(user)
        cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "X-CSRFToken": TOKEN}


def _form(fields: dict[str, str], file_field: str, odd: OddFile) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    kind = f"Content-Type: {odd.content_type}\r\n" if odd.content_type else ""
    head = f'Content-Disposition: form-data; name="{file_field}"; filename="{odd.name or "x"}"\r\n{kind}\r\n'
    return b"".join(
        [*parts, f"--{BOUNDARY}\r\n{head}".encode(), odd.content, f"\r\n--{BOUNDARY}--\r\n".encode()]
    )
