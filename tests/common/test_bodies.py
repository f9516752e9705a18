"""No address accepts a larger body than its limit, and the proxy has the same limits."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory

from common.web import doors
from common.web.body_limits import API_BODY, PAGE_BODY, STRANGERS_BODY, limit_at, view_name_at
from common.web.doors import MEGABYTE, addresses, allowed_body, door_of, require_doors
from puyang_grid.addresses import BASE_DIR
from tests.doors import Visitor
from tests.faults import assert_none
from tests.town import Town

SAMPLES = {
    "int": "7", "slug": "settle", "uuid": "00000000-0000-4000-8000-000000000000", "str": "410902001001",
}  # fmt: skip
UNITS = {"k": 1024, "m": MEGABYTE}
LOCATION = re.compile(r'^ {4}location (?:(=|~) )?"?(/[^" ]*|\^[^"]*)"? \{\n(.*?)^ {4}\}', re.M | re.S)
SIZE = re.compile(r"client_max_body_size (\d+)([km]);")


def path_of(route: str) -> str:
    """An address of a route."""
    if route.startswith("^") or "(?P" in route:
        return "/lists/7/1-7/"
    return "/" + re.sub(r"<(\w+):\w+>", lambda found: SAMPLES[found[1]], route)


PATHS = {name: path_of(route) for name, route in addresses()}


def size_in(text: str) -> int | None:
    found = SIZE.search(text)
    return int(found[1]) * UNITS[found[2]] if found else None


CONFIG = (BASE_DIR / "deploy/nginx/nginx.conf").read_text()
LOCATIONS = LOCATION.findall(CONFIG)


def proxys_limit(path: str) -> int:
    """What nginx lets through: an equal location, else the first that matches, else the longest beginning."""
    everywhere = size_in(CONFIG[: CONFIG.index("server {")])
    assert everywhere is not None
    prefixes: dict[str, int] = {}
    expressions: list[tuple[str, int]] = []
    for kind, place, body in LOCATIONS:
        size = size_in(body) or everywhere
        if kind == "=" and place == path:
            return size
        if kind == "~":
            expressions.append((place, size))
        elif not kind and path.startswith(place):
            prefixes[place] = size
    for expression, size in expressions:
        if re.search(expression, path):
            return size
    return prefixes[max(prefixes, key=len)]


def test_the_proxy_lets_through_what_the_application_takes() -> None:
    limits = {name: (limit_at(path, view_name_at(path)), proxys_limit(path)) for name, path in PATHS.items()}
    assert_none(
        f"{name}: the application takes {taken}, the proxy {passed}"
        for name, (taken, passed) in limits.items()
        if passed != taken and (taken, passed) != (STRANGERS_BODY, PAGE_BODY)
    )
    assert STRANGERS_BODY < PAGE_BODY and len(limits) > 200


def test_what_takes_no_file_takes_little() -> None:
    for name, path in PATHS.items():
        if not allowed_body(name):
            most = API_BODY if path.startswith("/api/") else PAGE_BODY
            assert limit_at(path, view_name_at(path)) <= most
    wide = {name for name in PATHS if allowed_body(name) > PAGE_BODY}
    assert wide == {
        "api:photos", "api:hand_in_photo", "api:plan_change", "boards:post", "conduct:complain", "conduct:register",
        "matters:import_matters", "personnel:import", "plans:import", "registry:import", "workflow:report",
        "workflow:register",
        "workflow:settle", "workflow:feed_back", "workflow:desk_settle", "workflow:desk_feed_back",
        "workflow:supplement", "workflow:resubmit", "workflow:desk_supplement", "workflow:desk_resubmit",
        "workflow:feed_back_share",
    }  # fmt: skip


def sent(client: Client, path: str, size: int, kind: str = "application/json") -> Any:
    return client.generic("POST", path, b" " * size, content_type=kind)


@pytest.mark.parametrize("path", ["/api/v1/cases/", "/api/v1/messages/", "/api/v1/cases/7/undo/"])
def test_the_api_takes_64_kilobytes(town: Town, path: str) -> None:
    client = Visitor(town.chen).client
    assert sent(client, path, API_BODY).status_code in (400, 404, 422)
    answer = sent(client, path, API_BODY + 1)
    assert answer.status_code == 413
    assert set(answer.json()) == {"code", "sentence", "field", "details", "request_id"}
    assert answer.json()["code"] == "too_large" and "最多 64 kB" in answer.json()["sentence"]


def test_a_plan_change_takes_more(town: Town) -> None:
    client = Visitor(town.wu).client
    assert sent(client, "/api/v1/plans/7/changes/", MEGABYTE).status_code in (400, 422)
    assert sent(client, "/api/v1/plans/7/changes/", 4 * MEGABYTE + 1).status_code == 413


FORM = "application/x-www-form-urlencoded"


def test_a_form_takes_a_megabyte_and_says_so(town: Town) -> None:
    client = Visitor(town.chen).client
    assert sent(client, "/feedback/", PAGE_BODY, FORM).status_code != 413
    answer = sent(client, "/feedback/", PAGE_BODY + 1, FORM)
    assert answer.status_code == 413 and "这里最多 1.0 MB" in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("path", ["/complain/progress/", "/sign-in/", "/r/0000/", "/nowhere/"])
def test_a_stranger_sends_little(db: None, path: str) -> None:
    assert sent(Client(), path, STRANGERS_BODY + 1, FORM).status_code == 413


def test_what_a_stranger_sends_to_a_door_that_is_shut_is_not_read(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WSGIRequest, "_get_post", lambda self: pytest.fail("read"))
    monkeypatch.setattr(WSGIRequest, "POST", property(lambda self: pytest.fail("read")))
    assert sent(Client(), "/report/", 5 * MEGABYTE, "multipart/form-data; boundary=x")["Location"].startswith(
        "/sign-in/"
    )
    assert sent(Client(), "/api/v1/photos/", 5 * MEGABYTE).status_code == 401


def test_a_body_without_a_length_is_not_read(db: None) -> None:
    request = RequestFactory().generic("POST", "/sign-in/", b"x" * 10, content_type=FORM)
    environ = {**request.environ, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    answer = Client().request(**environ)
    assert answer.status_code == 400 and "没有说明内容的长度" in answer.content.decode()


def test_a_body_longer_than_declared_is_read_only_to_its_declared_length() -> None:
    environ = RequestFactory().generic("POST", "/api/v1/cases/", b"x" * 10).environ
    environ["wsgi.input"] = stream = io.BytesIO(b"x" * 1000)
    request = WSGIRequest(environ)
    assert request.read() == b"x" * 10
    assert stream.tell() == 10


def test_a_body_is_allowed_only_where_there_is_a_door(monkeypatch: pytest.MonkeyPatch) -> None:
    require_doors()
    assert door_of("workflow:report") is not None
    monkeypatch.setitem(doors._bodies, "workflow:nothing", 7)
    assert any("workflow:nothing" in fault for fault in doors.undeclared())


def test_the_limit_stands_before_whatever_reads() -> None:
    order = list(settings.MIDDLEWARE)
    assert order.index("common.web.body_limits.BodyLimit") < order.index("common.web.input_gate.InputGate")
