"""Real receivers of messages: a mail server in a process of its own, and an HTTP server that answers as it is told."""

from __future__ import annotations

import mailbox
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message as Letter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LONGEST_WAIT = 20.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@dataclass
class MailServer:
    """A mail server and the folder in which it keeps what it receives."""

    port: int
    folder: Path

    def letters(self) -> list[Letter]:
        """What has been received so far."""
        return list(mailbox.Maildir(self.folder, create=False))


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    """Runs aiosmtpd in a process of its own: a module that it needs is called ``public``, as our app is."""
    port, kept = free_port(), folder / "mail"
    command = [sys.executable, "-P", "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "-c", "aiosmtpd.handlers.Mailbox", str(kept)],
        cwd=folder,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + LONGEST_WAIT
        while not answers(port):
            assert process.poll() is None and time.monotonic() < until, "the mail server does not start"
            time.sleep(0.05)
        yield MailServer(port, kept)
    finally:
        process.terminate()
        process.wait(LONGEST_WAIT)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
    except OSError:
        return False
    return True


@dataclass
class Request:
    """A request as it came in."""

    path: str
    body: bytes
    heads: dict[str, str]


@dataclass
class Hook:
    """An HTTP receiver. ``answers`` are the statuses of the next answers, then 200; ``slow`` is how long it waits."""

    url: str
    requests: list[Request] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    slow: float = 0.0
    text: str = '{"errcode": 0}'
    location: str = ""


@contextmanager
def hook_server() -> Iterator[Hook]:
    """Runs an HTTP server on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.requests.append(Request(self.path, body, dict(self.headers)))
            if hook.slow:
                time.sleep(hook.slow)
            status = hook.answers.pop(0) if hook.answers else 200
            try:
                self.send_response(status)
                if hook.location:
                    self.send_header("Location", hook.location)
                self.end_headers()
                self.wfile.write(hook.text.encode())
            except OSError:
                return  # the sender did not wait

        def log_message(self, *args: object) -> None:
            """Keep the output of the tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hook = Hook(f"http://127.0.0.1:{server.server_port}/send")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
