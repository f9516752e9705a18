"""The running proxy: what it refuses, what it lets through, what it answers itself."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException, RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest

from common.web.body_limits import API_BODY, PAGE_BODY, STRANGERS_BODY
from common.web.doors import MEGABYTE
from common.web.permissions_policy import POLICY
from puyang_grid.addresses import BASE_DIR
from tests.live import LiveCity
from tests.nginx import HOST, Answer, Proxy, ask, nginx_program, proxy

pytestmark = [
    pytest.mark.real_nginx,
    pytest.mark.skipif(not nginx_program(), reason="no nginx on this machine (apt install nginx-light)"),
]
HSTS = "max-age=31536000; includeSubDomains; preload"
ERROR_SHAPE = {"code", "sentence", "field", "details", "request_id"}


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxy(tmp_path_factory.mktemp("nginx")) as found:
        yield found


def plainly(port: int, request: str) -> bytes:
    """Send a few lines without TLS and return everything that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        opened.sendall(request.replace("\n", "\r\n").encode())
        parts = []
        while part := opened.recv(65536):
            parts.append(part)
    return b"".join(parts)


# --- Names that are not ours ----------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example.net", "127.0.0.1", "grid.example.org.evil.net", "localhost"])
def test_who_asks_for_another_host_gets_no_answer(edge: Proxy, host: str) -> None:
    assert plainly(edge.http, f"GET / HTTP/1.1\nHost: {host}\nConnection: close\n\n") == b""


def test_who_names_no_host_gets_no_answer(edge: Proxy) -> None:
    assert plainly(edge.http, "GET / HTTP/1.0\n\n") == b""


@pytest.mark.parametrize("name", ["evil.example.net", "localhost"])
def test_another_name_in_the_handshake_sees_no_certificate(edge: Proxy, name: str) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        edge.connect(name=name)


def test_no_name_in_the_handshake_sees_no_certificate(edge: Proxy) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", edge.https), timeout=10) as plain,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(plain)


def test_one_name_in_the_handshake_and_another_in_the_request_gets_no_answer(edge: Proxy) -> None:
    with pytest.raises((RemoteDisconnected, ConnectionError)):
        edge.ask("/", Host="evil.example.net")


def test_every_name_of_ours_is_served(edge: Proxy) -> None:
    assert edge.ask("/").status == 200
    assert edge.ask("/", name=f"www.{HOST}", Host=f"www.{HOST}").status == 200


def test_without_tls_a_name_of_ours_leads_to_tls(edge: Proxy) -> None:
    answer = plainly(edge.http, f"GET /desk/?q=1 HTTP/1.1\nHost: {HOST}\nConnection: close\n\n").decode()
    assert answer.startswith("HTTP/1.1 301 ")
    assert f"Location: https://{HOST}/desk/?q=1\r\n" in answer


def test_without_tls_a_program_gets_an_error_and_no_redirect(edge: Proxy) -> None:
    answer = plainly(edge.http, f"GET /api/v1/cases/ HTTP/1.1\nHost: {HOST}\nConnection: close\n\n").decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 403 ") and "Location:" not in head
    assert set(json.loads(body)) == ERROR_SHAPE and "https" in json.loads(body)["sentence"]


def test_old_tls_is_not_spoken(edge: Proxy) -> None:
    connection = edge.connect()
    assert connection.sock.version() == "TLSv1.3"  # type: ignore[union-attr]
    connection.close()
    old = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{edge.https}", "-servername", HOST, "-tls1_1"],
        input="", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert old.returncode != 0


# --- What the application is told -----------------------------------------------------------------------------


def test_nobody_chooses_his_address(edge: Proxy) -> None:
    headers = json.loads(
        edge.ask("/", X_Forwarded_For="203.0.113.9, 10.0.0.1", X_Forwarded_Proto="http").body
    )
    assert headers["x-forwarded-for"] == ["127.0.0.1"]
    assert headers["x-forwarded-proto"] == ["https"]
    assert headers["host"] == [HOST]


def test_the_proxy_adds_no_headers_to_what_the_application_says(edge: Proxy) -> None:
    answer = edge.ask("/")
    assert set(answer.headers) <= {"server", "date", "content-type", "content-length", "connection"}
    assert "/" not in answer.one("server")  # no version


def test_health_is_not_for_the_world(edge: Proxy) -> None:
    assert edge.ask("/readyz").status == 404
    assert edge.ask("/livez").status == 200


def test_a_request_is_not_echoed(edge: Proxy) -> None:
    assert edge.ask("/", method="TRACE").status == 405


# --- How much may be sent ---------------------------------------------------------------------------------------


def sent(edge: Proxy, path: str, size: int) -> Answer:
    """Send a declared body length and a part of the body."""
    connection = edge.connect()
    try:
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):  # it has heard enough
            connection.send(b" " * size)
        return read_from(connection)
    finally:
        connection.close()


def read_from(connection: Any) -> Answer:
    response = connection.getresponse()
    headers: dict[str, list[str]] = {}
    for name, value in response.getheaders():
        headers.setdefault(name.lower(), []).append(value)
    try:
        body = response.read().decode()
    except (HTTPException, OSError):
        body = ""
    return Answer(response.status, headers, body)


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/api/v1/cases/", API_BODY),
        ("/api/v1/photos/", 12 * MEGABYTE),
        ("/api/v1/plans/7/changes/", 4 * MEGABYTE),
        ("/feedback/", PAGE_BODY),
        ("/sign-in/", STRANGERS_BODY),
        ("/r/0000/", STRANGERS_BODY),
        ("/complain/progress/", STRANGERS_BODY),
        ("/complain/410902001001/", 30 * MEGABYTE),
        ("/plans/7/import/", 40 * MEGABYTE),
        ("/staff/import/", 12 * MEGABYTE),
    ],
)
def test_an_address_refuses_a_body_above_its_limit(edge: Proxy, path: str, limit: int) -> None:
    assert sent(edge, path, limit).status == 200
    refused = sent(edge, path, limit + 1)
    assert refused.status == 413
    assert (
        refused.one("x-content-type-options") == "nosniff"
        and refused.one("strict-transport-security") == HSTS
    )
    if path.startswith("/api/"):
        assert refused.one("content-type").startswith("application/json")
        body = json.loads(refused.body)
        assert set(body) == ERROR_SHAPE and body["code"] == "too_large" and "规定大小" in body["sentence"]
    else:
        assert refused.one("content-type") == "text/html; charset=utf-8"
        assert "没有保存" in refused.body


def test_a_body_without_a_length_is_counted_as_it_comes(edge: Proxy) -> None:
    connection = edge.connect()
    try:
        connection.request("POST", "/api/v1/cases/", body=iter([b" " * 4096] * 20), encode_chunked=True,
                           headers={"Transfer-Encoding": "chunked"})  # fmt: skip
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
        pytest.fail("the proxy hung up without a word")
    finally:
        connection.close()


# --- Files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/protected-media/photo.html",
        "/protected-media/",
        "/%70rotected-media/photo.html",
        "//protected-media/photo.html",
    ],
)
def test_attachments_are_not_reached_by_their_address(edge: Proxy, path: str) -> None:
    answer = edge.ask(path)
    assert answer.status == 404 and "script" not in answer.body


def test_an_attachment_that_the_application_allows_comes_and_runs_nothing(edge: Proxy) -> None:
    answer = edge.ask("/attachment")
    assert (answer.status, answer.body) == (200, "<script>1</script>")
    assert answer.one("x-content-type-options") == "nosniff"
    assert answer.one("strict-transport-security") == HSTS
    policy = answer.one("content-security-policy")
    assert "default-src 'none'" in policy and "sandbox" in policy


def test_assets_are_served_and_kept_by_their_digest(edge: Proxy) -> None:
    plain, kept = edge.ask("/static/js/menu.js"), edge.ask("/static/js/menu.0123456789ab.js")
    for answer in (plain, kept):
        assert answer.status == 200 and answer.body == "export {};\n"
        assert answer.one("content-type").startswith(("application/javascript", "text/javascript"))
        assert answer.one("x-content-type-options") == "nosniff"
        assert answer.one("strict-transport-security") == HSTS
    assert kept.one("cache-control") == "public, max-age=31536000, immutable"
    assert "cache-control" not in plain.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/", "/static/js/", "/static/none.js", "/static../secret.txt", "/static/..%2fsecret.txt",
        "/static/%2e%2e/secret.txt", "/static/../media/photo.html",
    ],
)  # fmt: skip
def test_no_folder_is_listed_and_nothing_beside_the_assets_is_served(edge: Proxy, path: str) -> None:
    answer = edge.ask(path)
    assert "outside the assets" not in answer.body
    assert answer.status in (403, 404) or json.loads(answer.body)["path"]  # or it went to the application


# --- Rates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/sign-in/", "/r/1234/"])
def test_clients_with_too_many_requests_wait_and_get_a_sentence(edge: Proxy, path: str) -> None:
    connection = edge.connect()
    try:
        answers = [ask(connection, path) for _ in range(40)]
    finally:
        connection.close()
    refused = [answer for answer in answers if answer.status == 429]
    # Of the last five at least four are refused: on a slow machine a second goes by, and one more is let in.
    assert len(refused) >= 10 and [answer.status for answer in answers[-5:]].count(429) >= 4
    assert "操作太频繁" in refused[0].body and refused[0].one("retry-after") == "5"
    assert "default-src 'none'" in refused[0].one("content-security-policy")
    assert edge.ask("/").status == 200  # other pages stay open to the same office


def test_the_api_gets_its_own_error_shape_when_the_application_is_down(tmp_path: Path) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        with proxy(tmp_path, upstream=unheard.getsockname()[1]) as edge:
            answer, page = edge.ask("/api/v1/cases/"), edge.ask("/desk/")
    assert answer.status == page.status == 503 and answer.one("retry-after") == "5"
    assert set(json.loads(answer.body)) == ERROR_SHAPE and json.loads(answer.body)["code"] == "unavailable"
    assert "暂时不能服务" in page.body and page.one("x-content-type-options") == "nosniff"


# --- Its log, its start -----------------------------------------------------------------------------------------


def test_the_log_holds_no_query_and_no_code(edge: Proxy) -> None:
    edge.ask("/desk/?q=zhangsan")
    edge.ask("/r/8877665544/")
    edge.ask("/%72/8877665544/")
    log = edge.log_text("access.log")
    assert "/desk/" in log and "/r/***" in log
    assert "zhangsan" not in log and "8877665544" not in log
    assert "8877665544" not in edge.log_text("error.log")


@pytest.mark.parametrize("hosts", ["*", ".example.org", "grid.example.org;", "a b{", "-x.example.org", ""])
def test_it_does_not_start_with_a_wildcard_or_worse(tmp_path: Path, hosts: str) -> None:
    done = subprocess.run(
        ["sh", str(BASE_DIR / "deploy/nginx/entrypoint.sh"), "-t"],
        env={"PATH": "/usr/bin:/bin", "ALLOWED_HOSTS": hosts, "NGINX_RUN": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0 and done.stderr
    assert not (tmp_path / "server_name.conf").exists()


@pytest.mark.slow
def test_the_platform_behind_it_says_its_headers_once(live_city: LiveCity, tmp_path: Path) -> None:
    with proxy(tmp_path, host="localhost", upstream=live_city.port) as edge:
        page = edge.ask("/sign-in/", name="localhost", Host="localhost")
        api = edge.ask("/api/v1/cases/", name="localhost", Host="localhost")
        refused = edge.ask(
            "/api/v1/cases/", name="localhost", Host="localhost", method="POST", body=b" " * (API_BODY + 1)
        )
    assert page.status == 200 and "登录" in page.body
    for answer in (page, api):
        assert answer.one("permissions-policy") == POLICY
        assert "default-src 'none'" in answer.one("content-security-policy")
        assert answer.one("x-content-type-options") == "nosniff"
        assert answer.one("x-frame-options") == "DENY"
    assert api.status == 401 and set(json.loads(api.body)) == ERROR_SHAPE
    assert refused.status == 413 and set(json.loads(refused.body)) == ERROR_SHAPE
