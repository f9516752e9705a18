"""The API: one error shape, idempotency, versions, keyset pages, the same verbs."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.models import IdempotencyKey, User
from common.shapes import Json
from common.web.api_errors import SENTENCES
from tests.cases import case_in, reported
from tests.shapes import Sent
from tests.town import MONDAY, Town
from workflow.models import Attachment, Case
from workflow.rulebook import current_rulebook
from workflow.verbs import CASE_VERBS

CASES = "/api/v1/cases/"


class Phone:
    """Somebody's API client."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, path: str, fields: Sent, *, key: str = "") -> Any:
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self.client.post(path, fields, content_type="application/json", headers=headers)

    def upload(self, content: bytes, *, key: str = "") -> Any:
        fields = {"photo": SimpleUploadedFile("p.jpg", content, content_type="image/jpeg"), "kind": "report"}
        return self.client.post("/api/v1/photos/", fields, headers={"Idempotency-Key": key or str(uuid4())})


@pytest.fixture
def chen(town: Town) -> Phone:
    return Phone(town.chen)


@pytest.mark.article(19)
def test_a_report_is_acknowledged_within_twelve_statements(town: Town, chen: Phone) -> None:
    fields = town.report_payload()
    chen.post(CASES, fields)  # a process that has been running for a while
    current_rulebook()
    with CaptureQueriesContext(connection) as captured:
        answer = chen.post(CASES, fields)
    assert answer.status_code == 201
    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    savepoints = len(captured) - len(statements)
    assert savepoints == 2, "the door's own transaction, a savepoint only because the test has one around it"
    assert len(statements) <= 12, "\n".join(statements)


def test_the_same_key_gives_the_first_answer_and_one_case(town: Town, chen: Phone) -> None:
    key = str(uuid4())
    first, second = (chen.post(CASES, town.report_payload(), key=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Case.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(town: Town, chen: Phone) -> None:
    key = str(uuid4())
    chen.post(CASES, town.report_payload(), key=key)
    answer = chen.post(CASES, town.report_payload(description="别的事"), key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    case = Case.objects.get()
    body = answer.json()
    assert (
        body["sentence"]
        == f"这件事已经上报过，编号 {case.number}。后来改动的内容没有发出，可以补充到那一件。"
    )
    assert body["details"] == {"id": case.pk, "number": case.number, "url": f"/cases/{case.pk}/"}


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"lat": 99}, "纬度"), ({"title": "长" * 81}, "清单里没有，写一句是什么事"), ({"grid_id": "x"}, "网格")],
)
def test_a_refused_field_is_named_as_on_the_form(
    town: Town, chen: Phone, fields: dict[str, object], name: str
) -> None:
    answer = chen.post(CASES, town.report_payload(**fields))
    assert answer.status_code == 422
    assert answer.json()["sentence"].startswith(f"{name}：")
    assert answer.json()["field"] == next(iter(fields))


def test_two_people_may_use_the_same_key(town: Town, chen: Phone) -> None:
    key = str(uuid4())
    chen.post(CASES, town.report_payload(), key=key)
    assert Phone(town.zhao).post(CASES, town.report_payload(), key=key).status_code == 201


def test_a_refused_write_leaves_its_key_free(town: Town, chen: Phone) -> None:
    key = str(uuid4())
    assert chen.post(CASES, town.report_payload(matter_id=None), key=key).status_code == 422
    assert not IdempotencyKey.objects.exists()
    assert chen.post(CASES, town.report_payload(), key=key).status_code == 201


def test_a_write_without_a_key_is_refused(town: Town, chen: Phone) -> None:
    answer = chen.client.post(CASES, town.report_payload(), content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["field"] == "Idempotency-Key"
    assert answer.json()["sentence"] == "这次提交没有带防止重复的编号，没有生效。请刷新页面再提交。"


def test_a_verb_repeated_with_its_key_answers_as_the_first_time(town: Town) -> None:
    case, wang, key = reported(town), Phone(town.wang), str(uuid4())
    path = f"{CASES}{case.pk}/take-up/"
    first, second = (wang.post(path, {"version": 1}, key=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert (
        first.json()
        == second.json()
        == {
            "id": case.pk,
            "status": "coordinating",
            "version": 2,
            "level": "township",
        }
    )


def test_a_stale_version_is_a_409_that_says_who_and_what(town: Town) -> None:
    case, wang = reported(town), Phone(town.wang)
    wang.post(f"{CASES}{case.pk}/take-up/", {"version": 1})
    answer = wang.post(f"{CASES}{case.pk}/send-up/", {"version": 1, "note": "办不了"})
    assert answer.status_code == 409
    answer_body = answer.json()
    assert answer_body["code"] == "stale_version"
    when = case.events.get(seq=2).at.isoformat()
    newer = {"version": 2, "status": "coordinating", "changed_by": "Wang", "changed_at": when}
    assert answer_body["details"] == newer


def test_a_verb_at_the_wrong_moment_and_by_the_wrong_person(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    wrong_moment = Phone(town.wang).post(f"{CASES}{case.pk}/take-up/", {"version": case.version})
    assert (wrong_moment.status_code, wrong_moment.json()["code"]) == (409, "illegal_move")
    wrong_person = Phone(town.wang).post(f"{CASES}{case.pk}/accept/", {"version": case.version})
    assert (wrong_person.status_code, wrong_person.json()["code"]) == (403, "not_permitted")


@pytest.mark.article(20)
@pytest.mark.parametrize("verb", sorted(CASE_VERBS))
def test_a_case_out_of_sight_answers_exactly_like_a_missing_one(town: Town, verb: str) -> None:
    case, duan = case_in("in_hand", town), Phone(town.duan)
    body = {"version": 1, "note": "x", "result": "x", "rating": "fair", "unit": town.chengguan.pk, "into": 1}
    slug = verb.replace("_", "-")
    hidden, missing = (duan.post(f"{CASES}{pk}/{slug}/", body) for pk in (case.pk, 10**9))
    assert hidden.status_code == missing.status_code == 404
    assert _without_number(hidden) == _without_number(missing)


@pytest.mark.article(20)
@pytest.mark.parametrize("tail", ["", "events/"])
def test_reading_out_of_sight_answers_exactly_like_missing(town: Town, tail: str) -> None:
    case, duan = case_in("in_hand", town), Phone(town.duan)
    hidden, missing = (duan.get(f"{CASES}{pk}/{tail}") for pk in (case.pk, 10**9))
    assert hidden.status_code == missing.status_code == 404
    assert _without_number(hidden) == _without_number(missing)
    assert hidden.json()["sentence"] == SENTENCES[404]


def _without_number(answer: Any) -> Json:
    body: Sent = answer.json()
    body.pop("request_id")
    return body


def test_a_case_out_of_sight_cannot_be_named_in_a_merge(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    elsewhere = reported(town, by="shi", grid_id=_grid_of_shi(town), matter_id=None, title="别处")
    answers = [
        Phone(town.zhao).post(f"{CASES}{case.pk}/merge/", {"version": case.version, "into": pk})
        for pk in (elsewhere.pk, 10**9)
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert _without_number(answers[0]) == _without_number(answers[1])


def _grid_of_shi(town: Town) -> int:
    pk: int = town.shi.grid_postings.values_list("grid_id", flat=True).get()
    return pk


def test_pages_follow_each_other_without_gap_or_repeat(town: Town) -> None:
    expected = [reported(town, at=MONDAY).pk for _ in range(120)]
    zhao, cursor, found = Phone(town.zhao), "", []
    for _ in range(5):
        answer = zhao.get(f"{CASES}?queue=all&cursor={cursor}").json()
        found += [row["id"] for row in answer["rows"]]
        cursor = answer["next_cursor"]
        if not cursor:
            break
    assert found == sorted(expected, reverse=True)


@pytest.mark.parametrize("query", ["queue=nonsense", "cursor=%%%", "cursor=W10", "cursor=bm90LWpzb24"])
def test_a_list_asked_for_wrongly_says_so(town: Town, query: str) -> None:
    answer = Phone(town.zhao).get(f"{CASES}?{query}")
    assert answer.status_code == 422
    assert answer.json()["sentence"]


def test_every_error_has_the_one_shape(town: Town, chen: Phone) -> None:
    answers = [
        chen.get(f"{CASES}999999/"),
        chen.post(CASES, {"grid_id": "x"}),
        chen.client.put(CASES),
        Client().get(CASES),
        chen.client.post(
            CASES, "{", content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
        ),
    ]
    for answer in answers:
        assert set(answer.json()) == {"code", "sentence", "field", "details", "request_id"}
        assert answer.json()["sentence"]
    assert [answer.status_code for answer in answers] == [404, 422, 405, 401, 400]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("fake.jpg", b"GIF89a not a picture at all"),
        ("page.jpg", b"<html><script>alert(1)</script></html>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("cut.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 40),
    ],
)
def test_a_file_that_is_no_picture_is_refused(town: Town, chen: Phone, name: str, content: bytes) -> None:
    upload = SimpleUploadedFile(name, content, content_type="image/jpeg")
    answer = chen.client.post("/api/v1/photos/", {"photo": upload}, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 422
    assert answer.json()["field"] == "photo"


def drawn(shade: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (20, 20), (shade, 90, 10)).save(written, "JPEG")
    return written.getvalue()


def test_a_photo_sent_twice_is_stored_once_and_another_under_its_key_is_refused(chen: Phone) -> None:
    key = str(uuid4())
    first, second = (chen.upload(drawn(10), key=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Attachment.objects.count() == 1
    assert chen.upload(drawn(200), key=key).json()["code"] == "key_reused"


@pytest.mark.parametrize("path", [CASES, "/api/v1/photos/", "/api/v1/messages/"])
def test_every_write_asks_for_a_key(chen: Phone, path: str) -> None:
    answer = chen.client.post(path)
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")


def test_no_metadata_of_the_phone_s_picture_is_kept(town: Town, chen: Phone) -> None:
    picture, written = Image.new("RGB", (64, 48), (10, 90, 10)), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret remark"
    exif.get_ifd(0x8825)[1] = "N"
    picture.save(written, "JPEG", exif=exif)
    answer = chen.upload(written.getvalue())
    assert answer.status_code == 201
    case = Case.objects.get(
        pk=chen.post(CASES, town.report_payload(photos=[answer.json()["uid"]])).json()["id"]
    )
    kept = case.attachments.get().file
    assert b"secret remark" not in kept.read()
    with Image.open(kept) as stored:
        assert not stored.getexif()


@pytest.mark.parametrize("queue", ["all", "acceptance", "assignment", "late", "working"])
def test_a_list_costs_the_same_for_1_10_and_100_rows(town: Town, queue: str) -> None:
    zhao = Phone(town.zhao)
    zhao.get(f"{CASES}?queue={queue}")
    counts = []
    for more in (1, 9, 40):
        for _ in range(more):
            case_in("awaiting_assignment", town)
            case_in("awaiting_acceptance", town)
        with CaptureQueriesContext(connection) as captured:
            zhao.get(f"{CASES}?queue={queue}")
        counts.append(len(captured))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 5
