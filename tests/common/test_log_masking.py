"""No telephone or identity number, code, search, name or address reaches the log."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from common.privacy.log_masking import masked
from common.web.request_log import RequestLog
from puyang_grid.addresses import BASE_DIR
from tests.town import Town


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        ("致电13812345678未接", "致电138****78未接"),
        ("身份证 41090219900307123X", "身份证 410****3X"),
        ({"who": ["13812345678"]}, {"who": ["138****78"]}),
        ("网格 410902001001001 已划定", "网格 410902001001001 已划定"),
        (13, 13),
        ("GET /r/x7Kq9mPz/", "GET /r/***/"),
        ("Not Found: /r/x7Kq9mPz", "Not Found: /r/***"),
        (
            {"referer": "https://grid.example.org/r/x7Kq9mPz/?a=1"},
            {"referer": "https://grid.example.org/r/***/?a=1"},
        ),
        ("GET /report/ /reports/r", "GET /report/ /reports/r"),
    ],
)
def test_personal_numbers_are_shortened(record: object, kept: object) -> None:
    assert masked(record) == kept


def test_a_request_is_logged_without_its_query() -> None:
    request = RequestFactory().get("/desk/", {"q": "张三"})
    assert RequestLog.format_request(request) == "GET /desk/"


def test_the_line_of_a_request_holds_no_search(db: None) -> None:
    with capture_logs() as lines:
        Client().get("/sign-in/", {"next": "/desk/?q=zhangsan"})
    assert [line["request"] for line in lines if line["event"] == "request_finished"] == ["GET /sign-in/"]
    assert "zhangsan" not in str(lines)


def test_a_failed_sign_in_names_nobody(town: Town) -> None:
    with capture_logs() as lines:
        for _ in range(8):
            Client().post("/sign-in/", {"username": "chen", "password": "x"}, REMOTE_ADDR="203.0.113.9")
    failed = [line for line in lines if line["event"] == "sign_in_failed"]
    assert [line["is_stopped"] for line in failed] == [False] * 7 + [True]
    assert "chen" not in str(lines) and "203.0.113.9" not in str(failed)


def test_the_proxy_writes_neither_queries_nor_codes() -> None:
    config = (BASE_DIR / "deploy/nginx/nginx.conf").read_text()
    log_format = config.partition("log_format plain ")[2].partition(";")[0]
    assert "$logged_uri" in log_format
    assert not any(name in log_format for name in ("$request ", '$request"', "$request_uri", "$args", "$uri"))
    assert '"~^/r/" "/r/***";' in config
