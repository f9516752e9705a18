"""Unreadable input gets a refusal with a sentence, never a server error."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from common.errors import RuleViolation
from common.numbers import whole_number
from common.records.keyset import decode_cursor, encode_cursor
from common.web.parsers import is_deeper
from tests.cases import case_in
from tests.doors import Visitor
from tests.shapes import Sent
from tests.town import MONDAY, Town
from workflow.models import Case

ORDER = ("-reported_at", "-pk")
TOO_LONG = "9" * 5000
DEEP = "[" * 100_000 + "]" * 100_000


def cursor_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("007", 7), ("9" * 15, 10**15 - 1)])
def test_plain_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "²", "-1", "1.0", " 1", "１", "9" * 16, TOO_LONG])
def test_anything_else_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_a_cursor_of_ours_comes_back() -> None:
    assert decode_cursor(encode_cursor([MONDAY, 7]), order=ORDER) == [MONDAY, 7]


@pytest.mark.parametrize(
    "text",
    [
        "[Infinity]", "[NaN]", "[" + "9" * 30 + "]", f"[{TOO_LONG}]", DEEP, "[[[1]]]", "[null]",
        '["0001-01-01T00:00:00+08:00", 1]', '["2026-11-16T09:00:00", 1]', "{}", "\x00",
    ],
)  # fmt: skip
def test_a_cursor_of_somebody_else_is_refused(text: str) -> None:
    order = ORDER if "," in text else ("-pk",)
    with pytest.raises(RuleViolation):
        decode_cursor(cursor_of(text), order=order)


@pytest.mark.parametrize("path", ["/r/%00/", "/sign-in/?next=%00", "/?q=%ff", "/desk/?q=a%00b"])
def test_an_unreadable_address_is_a_bad_request(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 400
    assert "无法识别的字符" in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers


def test_an_undecodable_path_leads_nowhere(db: None) -> None:
    assert Client().get("/%ff/").status_code == 404


def test_the_api_says_so_in_its_own_shape(town: Town) -> None:
    answer = Visitor(town.chen).get("/api/v1/cases/?cursor=%00")
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "sentence", "field", "details", "request_id"}


@pytest.mark.parametrize("fields", [{"text": "a\0b"}, {"te\0xt": "a"}])
def test_an_unreadable_form_is_a_bad_request(town: Town, fields: dict[str, str]) -> None:
    assert Visitor(town.chen).post("/feedback/", fields).status_code == 400


def test_an_unreadable_cookie_is_a_bad_request(db: None) -> None:
    assert Client(headers={"cookie": 'sessionid="a\\000b"'}).get("/").status_code == 400


def test_a_chinese_address_is_readable(town: Town) -> None:
    assert Visitor(town.zhao).get("/desk/", q="井盖").status_code == 200


def test_signing_in_minds_no_broken_address_of_the_page_before(db: None) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://[::bad"}
    answer = Client().get("/sign-in/", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/sign-in/?next=%2F")


@pytest.mark.parametrize("number", ["²", TOO_LONG, "9" * 16])
def test_pages_mind_no_broken_number(town: Town, number: str) -> None:
    chen = Visitor(town.chen)
    assert chen.get("/", grid=number).status_code == 200
    assert chen.get("/report/", grid=number).status_code == 200
    assert chen.get("/report/similar/", grid_id=number, matter_id=number).status_code == 200


@pytest.mark.parametrize("number", ["²", TOO_LONG, "9" * 16])
def test_nothing_is_merged_into_a_broken_number(town: Town, number: str) -> None:
    case = case_in("awaiting_assignment", town)
    answer = Visitor(town.zhao).post(f"/cases/{case.pk}/merge/", {"version": case.version, "into": number})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/mine/", "/api/v1/cases/", "/api/v1/messages/", "/messages/"])
@pytest.mark.parametrize("text", ["[Infinity]", '["0001-01-01T00:00:00+23:59", 1]', DEEP[99_000:101_000]])
def test_lists_refuse_a_broken_cursor(town: Town, path: str, text: str) -> None:
    assert Visitor(town.chen).get(path, cursor=cursor_of(text)).status_code == 422


def sent(town: Town, path: str, body: str) -> Any:
    return Visitor(town.chen).client.post(
        path, body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
    )


@pytest.mark.parametrize("depth", [30, 900, 30_000])
def test_a_body_too_deep_is_a_bad_request(town: Town, depth: int) -> None:
    answer = sent(town, "/api/v1/cases/", '{"title":' + "[" * depth + "]" * depth + "}")
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "sentence", "field", "details", "request_id"}


@pytest.mark.parametrize(
    "fields",
    [
        {"grid_id": 10**30}, {"matter_id": 10**30}, {"matter_id": -(10**30)}, {"title": "a\0b"},
        {"occurred_at": "0001-01-01T00:00:00"}, {"occurred_at": "0001-01-01T00:00:00+23:59"},
        {"occurred_at": "9999-12-31T23:59:59-23:59"}, {"photos": ["\0"]}, {"description": "\ud800"},
    ],
)  # fmt: skip
def test_a_report_with_impossible_values_is_refused(town: Town, fields: Sent) -> None:
    answer = sent(town, "/api/v1/cases/", json.dumps(town.report_payload(**fields)))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "fields",
    [
        {"grid_id": TOO_LONG}, {"grid_id": "9" * 30}, {"matter_id": "9" * 30}, {"matter_id": "²"},
        {"occurred_at": "0001-01-01T00:00"}, {"occurred_at": "9999-12-31T23:59"},
        {"accuracy_m": "9" * 30}, {"lon": "nan"}, {"lat": "1e400"}, {"outcome": "²"},
    ],
)  # fmt: skip
def test_so_is_the_form_with_them(town: Town, fields: dict[str, str]) -> None:
    assert Visitor(town.chen).post("/report/", {**town.report_payload(), **fields}).status_code == 422


@pytest.mark.parametrize("key", ["²", "", "x" * 300])
def test_a_report_whose_form_number_is_damaged_is_taken_as_a_form_of_its_own(town: Town, key: str) -> None:
    answer = Visitor(town.chen).post("/report/", {**town.report_payload(), "outcome": "send", "key": key})
    assert answer.status_code == 302 and Case.objects.count() == 1


def test_no_notice_has_such_a_number(town: Town) -> None:
    assert sent(town, "/api/v1/messages/", json.dumps({"ids": [10**30]})).status_code == 422


def test_depth_is_counted_in_brackets() -> None:
    assert not is_deeper([[1]], 2)
    assert is_deeper([[1]], 1)
    assert is_deeper([[[]]], 1)
