"""A real nginx with our configuration, in front of a small upstream that says what it was asked.

Host names of the containers, ports and paths are replaced in a copy; each replacement must find its place, so that a
configuration that has moved on is noticed here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from puyang_grid.addresses import BASE_DIR
from puyang_grid.pid_files import wait_until
from tests.live import free_port

HOST = "grid.example.org"
PLACES = ("/usr/sbin/nginx", "/usr/local/sbin/nginx")
WITH_HTTP2_LINE = (1, 25, 1)  # before, `http2` stood in `listen`


def nginx_program() -> str:
    """Return where nginx is, or nothing."""
    return shutil.which("nginx") or next((place for place in PLACES if Path(place).exists()), "")


class Upstream(BaseHTTPRequestHandler):
    """Replaces gunicorn: returns the headers that came, or what the path asks for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/attachment":
            self._answer({"X-Accel-Redirect": "/protected-media/photo.html"}, b"")
        else:
            headers = {name.lower(): self.headers.get_all(name) for name in self.headers}
            self._answer(
                {"Content-Type": "application/json"}, json.dumps({"path": self.path, **headers}).encode()
            )

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def _answer(self, headers: dict[str, str], body: bytes) -> None:
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Stay silent."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, list[str]]
    body: str

    def one(self, name: str) -> str:
        """The value of a header that occurs exactly once."""
        (value,) = self.headers[name.lower()]
        return value


@dataclass
class Proxy:
    """A running nginx; ``ask`` speaks to it as a browser that believes its certificate."""

    folder: Path
    http: int
    https: int
    certificate: Path

    def connect(self, *, name: str = HOST) -> HTTPConnection:
        """Shake hands for a host name; the caller closes."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=10)
        connection = HTTPConnection(HOST)
        try:
            connection.sock = context.wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise
        return connection

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | None = None, name: str = HOST, **headers: str
    ) -> Answer:
        """Ask once over TLS; words of a header's name are joined by hyphens."""
        connection = self.connect(name=name)
        try:
            return ask(connection, path, method=method, body=body, **headers)
        finally:
            connection.close()

    def log_text(self, log: str) -> str:
        path = self.folder / log
        return path.read_text() if path.exists() else ""


def ask(
    connection: HTTPConnection, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str
) -> Answer:
    """Ask over an open connection."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=sent)
    return read(connection.getresponse())


def read(response: HTTPResponse) -> Answer:
    found: dict[str, list[str]] = {}
    for name, value in response.getheaders():
        found.setdefault(name.lower(), []).append(value)
    return Answer(response.status, found, response.read().decode())


@contextmanager
def proxy(folder: Path, *, host: str = HOST, upstream: int = 0) -> Iterator[Proxy]:
    """Start nginx under ``folder`` before an upstream of ours, or before the one that listens on a port."""
    server = None
    if not upstream:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        upstream = server.server_port
    found = Proxy(folder, free_port(), free_port(), folder / "certificate.pem")
    lay_out(found, host, upstream)
    child = start(found, host)
    try:
        wait_until(lambda: listens(found.https) or child.poll() is not None, what="nginx's answer")
        if child.poll() is not None:
            raise RuntimeError(
                f"nginx does not start: {found.log_text('error.log')}{found.log_text('output.log')}"
            )
        yield found
    finally:
        child.terminate()
        child.wait(10)
        if server:
            server.shutdown()
            server.server_close()


def start(found: Proxy, host: str) -> subprocess.Popen[bytes]:
    """Start it by the container's own entry point."""
    path = f"{Path(nginx_program()).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environ = {
        **os.environ,
        "PATH": path,
        "ALLOWED_HOSTS": f"{host},www.{HOST}",
        "NGINX_RUN": str(found.folder / "run"),
    }
    command = ["sh", str(BASE_DIR / "deploy/nginx/entrypoint.sh"), "-c", str(found.folder / "nginx.conf")]
    with (found.folder / "output.log").open("w") as output:
        return subprocess.Popen([*command, "-g", "daemon off;"], env=environ, stdout=output, stderr=output)


def lay_out(found: Proxy, host: str, upstream: int) -> None:
    """Write configuration, certificate, assets and an attachment."""
    folder = found.folder
    for part in ("run", "cache", "static/js", "media"):
        (folder / part).mkdir(parents=True)
    (folder / "static/js/menu.js").write_text("export {};\n")
    (folder / "static/js/menu.0123456789ab.js").write_text("export {};\n")
    (folder / "media/photo.html").write_text("<script>1</script>")
    (folder / "secret.txt").write_text("outside the assets")
    write_certificate(found.certificate, folder / "key.pem", names=(host, f"www.{HOST}"))
    (folder / "nginx.conf").write_text(as_run_here(found, upstream))


def as_run_here(found: Proxy, upstream: int) -> str:
    """Return the configuration with the places of this machine in it."""
    folder, deploy = found.folder, BASE_DIR / "deploy/nginx"
    text = (deploy / "nginx.conf").read_text(encoding="utf-8")
    here = {
        "server web:8000": f"server 127.0.0.1:{upstream}",
        "listen 8080": f"listen 127.0.0.1:{found.http}",
        "listen 8443": f"listen 127.0.0.1:{found.https}",
        "/run/secrets/tls_certificate": str(found.certificate),
        "/run/secrets/tls_key": str(folder / "key.pem"),
        "/etc/nginx/headers.conf": str(deploy / "headers.conf"),
        "/srv/static/": f"{folder}/static/",
        "/srv/media/": f"{folder}/media/",
        "/var/cache/nginx/": f"{folder}/cache/",
        "/tmp/": f"{folder}/run/",
        "error_log stderr warn;": f"error_log {folder}/error.log warn;",
        "/dev/stdout": f"{folder}/access.log",
    }
    assert [there for there in here if there not in text] == []
    text = re.sub("|".join(map(re.escape, here)), lambda place: here[place[0]], text)
    if version() < WITH_HTTP2_LINE:
        text = text.replace("http2 on;", "")
        text = re.sub(r"(listen [\d.:]+ ssl)", r"\1 http2", text)
    user = "user root;\n" if os.geteuid() == 0 else ""  # the folders of a test are for its own account
    return user + text


def version() -> tuple[int, ...]:
    printed = subprocess.run([nginx_program(), "-v"], capture_output=True, text=True, check=True).stderr
    return tuple(int(part) for part in re.findall(r"\d+", printed.partition("/")[2].split()[0]))


def write_certificate(certificate: Path, key: Path, *, names: tuple[str, ...]) -> None:
    """Write a certificate that signs itself, for a day."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
