"""Runs one report through the whole chain over HTTP, as the right people, with nothing but their passwords."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener
from uuid import uuid4

from PIL import Image

from common.shapes import Json

BOUNDARY = "puyang-walkthrough"


class WalkthroughFailed(Exception):
    """A step did not follow the law and the state table."""


class Person:
    """A person with a browser: cookies, a password, and the API."""

    def __init__(self, base_url: str, username: str, password: str, *, sign_in: str) -> None:
        self.base_url, self.username = base_url.rstrip("/"), username
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        self._call("GET", sign_in)
        form = {"username": username, "password": password, "csrfmiddlewaretoken": self._csrf()}
        self._call("POST", sign_in, urlencode(form).encode(), "application/x-www-form-urlencoded")
        if not any(cookie.name == "sessionid" for cookie in self.cookies):
            raise WalkthroughFailed(f"{username} 登录失败")

    def _csrf(self) -> str:
        return next((cookie.value or "" for cookie in self.cookies if cookie.name == "csrftoken"), "")

    def _call(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        request = Request(f"{self.base_url}{path}", data=body, method=method)
        request.add_header("Referer", self.base_url)
        request.add_header("X-CSRFToken", self._csrf())
        request.add_header("Idempotency-Key", str(uuid4()))
        if kind:
            request.add_header("Content-Type", kind)
        try:
            with self.opener.open(request, timeout=20) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()

    def get(self, path: str) -> tuple[int, Any]:
        """GET JSON."""
        status, body = self._call("GET", path)
        return status, json.loads(body or b"null")

    def post(self, path: str, body: Json) -> tuple[int, Any]:
        """POST JSON."""
        status, answer = self._call("POST", path, json.dumps(body).encode(), "application/json")
        return status, json.loads(answer or b"null")

    def photo(self, kind: str) -> str:
        """Upload a drawn picture; returns its number."""
        picture = io.BytesIO()
        Image.new("RGB", (640, 480), (150, 160, 152)).save(picture, "JPEG")
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="kind"\r\n\r\n{kind}\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="p.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        body = head + picture.getvalue() + f"\r\n--{BOUNDARY}--\r\n".encode()
        status, answer = self._call(
            "POST", "/api/v1/photos/", body, f"multipart/form-data; boundary={BOUNDARY}"
        )
        if status != 201:
            raise WalkthroughFailed(f"照片未收下：{status} {answer[:200]!r}")
        return str(json.loads(answer)["uid"])


@dataclass(frozen=True)
class Step:
    """The result of one step."""

    who: str
    verb: str
    status_name: str
    due_at: str
    explained: str
    seen_by: tuple[str, ...]


@dataclass
class Walk:
    """The case and the people who move it."""

    people: dict[str, Person]
    case_id: int = 0
    version: int = 0
    expected_everywhere: frozenset[str] = field(default=frozenset())

    def report(self, matter_name: str) -> Step:
        """Report a case as the worker, in the first grid of the worker."""
        worker = self.people["worker"]
        _, me = worker.get("/api/v1/me/")
        _, matters = worker.get("/api/v1/matters/?county=410902")
        matter = next(matter for matter in matters if matter["name"] == matter_name)
        report = {
            "grid_id": me["grids"][0]["id"],
            "matter_id": matter["id"],
            "description": "巡查发现垃圾堆在单元门口。",
            "place": "3号楼前",
            "for_resident": True,
            "photos": [worker.photo("report")],
        }
        status, answer = worker.post("/api/v1/cases/", report)
        if status != 201:
            raise WalkthroughFailed(f"上报失败：{status} {answer}")
        self.case_id, self.version = answer["id"], answer["version"]
        return self.look("worker", "report")

    def run_verb(self, who: str, verb: str, **fields: Any) -> Step:
        """Run a verb as one person; any status but 200 ends the walk."""
        status, answer = self.people[who].post(
            f"/api/v1/cases/{self.case_id}/{verb.replace('_', '-')}/", {"version": self.version, **fields}
        )
        if status != 200:
            raise WalkthroughFailed(f"{who} {verb}：{status} {answer}")
        self.version = answer["version"]
        return self.look(who, verb)

    def look(self, who: str, verb: str) -> Step:
        """Check for every person whether they see the case, and read its clock from one who does."""
        answers = {name: person.get(f"/api/v1/cases/{self.case_id}/") for name, person in self.people.items()}
        seen = {name: body for name, (status, body) in answers.items() if status == 200}
        odd = {name: status for name, (status, _) in answers.items() if status not in (200, 404)}
        if odd:
            raise WalkthroughFailed(f"查看应答异常：{odd}")
        missing = self.expected_everywhere - seen.keys()
        if missing or "stranger" in seen:
            raise WalkthroughFailed(f"{verb} 后可见范围不对：缺 {sorted(missing)}，多 {'stranger' in seen}")
        _, absent = self.people["stranger"].get("/api/v1/cases/999999999999/")
        if _without_number(answers["stranger"][1]) != _without_number(absent):
            raise WalkthroughFailed("看不见的与不存在的应答不同")
        body = next(iter(seen.values()))
        return Step(
            who,
            verb,
            body["status_name"],
            body["due_at"] or "",
            body["deadline_explained"],
            tuple(sorted(seen)),
        )


def _without_number(body: Json) -> Json:
    """The response without its request number."""
    return {key: value for key, value in body.items() if key != "request_id"}


def walk_whole_chain(people: dict[str, Person]) -> Iterator[Step]:
    """Report → leader → township → correction → accept → assign → return → sign → feedback → rework → close."""
    walk = Walk(people, expected_everywhere=frozenset({"worker", "leader", "dispatcher", "county", "city"}))
    yield walk.report("暴露垃圾、积存渣土")
    yield walk.run_verb("leader", "take_up")
    yield walk.run_verb("leader", "send_up", note="社区没有清运车辆。")
    yield walk.run_verb("dispatcher", "return_for_correction", note="请补充具体楼号。")
    yield walk.run_verb("worker", "resubmit", description="垃圾堆在3号楼2单元门口，约两车。")
    yield walk.run_verb("dispatcher", "accept")
    handler_unit = next(
        place for verb, kind, place in people["handler"].get("/api/v1/me/")[1]["grants"] if verb == "handle"
    )
    yield walk.run_verb("dispatcher", "assign", unit=handler_unit, reason="事项清单主办")
    yield walk.run_verb("handler", "hand_back", note="该处属物业范围。")
    yield walk.run_verb("dispatcher", "reject_return", note="清单主办为城市管理。")
    yield walk.run_verb("handler", "sign")
    yield walk.run_verb(
        "handler", "feed_back", result="已清运两车。", photos=[people["handler"].photo("result")]
    )
    yield walk.run_verb("worker", "fail_check", note="墙角还有残余。")
    yield walk.run_verb(
        "handler", "feed_back", result="残余已清。", photos=[people["handler"].photo("result")]
    )
    yield walk.run_verb("worker", "pass_check")
    yield walk.run_verb("worker", "rate", rating="satisfied")
