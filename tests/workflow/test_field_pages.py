"""The field pages: who sees what, refusals that keep the input, and the number of statements."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from common import clock
from matters.actions import RequestDraft, hand
from matters.models import Matter
from personnel.models import Organization
from tests.cases import case_in, photo, reported
from tests.doors import Visitor
from tests.town import MONDAY, Town
from tests.workflow.test_asks import QUESTIONS, asks
from workflow import actions
from workflow.models import Attachment, Case
from workflow.queues import QUEUES, cases_in

# Frame: session, account, grants, posts, unread. Then the page's own.
FRAME = 5


def picture(name: str = "a.jpg") -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (60, 40), (90, 120, 90)).save(written, "JPEG")
    return SimpleUploadedFile(name, written.getvalue(), content_type="image/jpeg")


def many(town: Town, count: int, status: str) -> None:
    for number in range(count):
        case_in(status, town, at=MONDAY + timedelta(minutes=number))


@pytest.mark.parametrize(
    ("path", "person", "status"),
    [
        ("/", "chen", "awaiting_verification"),
        ("/", "wang", "awaiting_leader"),
        ("/mine/", "chen", "awaiting_acceptance"),
        ("/village/", "wang", "awaiting_leader"),
        ("/village/?queue=to_verify", "chen", "awaiting_verification"),
        ("/messages/", "chen", "awaiting_leader"),
    ],
)
def test_a_list_costs_the_same_for_one_row_and_for_many(
    town: Town, path: str, person: str, status: str
) -> None:
    visitor = Visitor(getattr(town, person))
    costs = []
    for more in (1, 9, 20):
        many(town, more, status)
        costs.append(visitor.statements(path))
    assert costs[0] == costs[1] == costs[2]
    assert costs[0] <= FRAME + 9  # the home of the phone also counts what was asked of the grid off the list


def test_the_page_of_a_case_costs_the_same_however_long_its_line(town: Town) -> None:
    visitor = Visitor(town.chen)
    short, long = reported(town), case_in("awaiting_verification", town)
    costs = [visitor.statements(f"/cases/{case.pk}/") for case in (short, long)]
    assert costs[0] == costs[1]
    assert costs[0] <= FRAME + 8


@pytest.mark.parametrize("path", ["/mine/", "/village/", "/report/", "/cases/1/", "/messages/"])
def test_a_stranger_is_asked_to_sign_in_and_brought_back(town: Town, path: str) -> None:
    answer = Visitor().get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in/?next={path}"


def test_a_case_out_of_sight_and_a_missing_one_answer_alike(town: Town) -> None:
    case = reported(town)
    visitor = Visitor(town.shi)
    for path in ("", "withdraw/", "take-up/"):
        hidden, missing = visitor.get(f"/cases/{case.pk}/{path}"), visitor.get(f"/cases/999999/{path}")
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert "没有找到这一页" in hidden.content.decode()


def test_a_photo_is_seen_by_who_sees_the_case_and_by_nobody_else(town: Town) -> None:
    uid = photo(town.chen, kind="report")
    reported(town, photos=[uid])
    for path in (f"/photos/{uid}/", f"/photos/{uid}/small/"):
        seen = Visitor(town.wang).get(path)
        assert (seen.status_code, seen["Content-Type"]) == (200, "image/jpeg")
        assert seen["X-Content-Type-Options"] == "nosniff"
        assert Visitor(town.shi).get(path).status_code == 404


def test_the_plain_form_reports_once_however_often_it_is_sent(town: Town) -> None:
    visitor = Visitor(town.chen)
    fields = {**town.report_payload(), "outcome": "send", "key": str(uuid4())}
    first, second = visitor.post("/report/", fields), visitor.post("/report/", fields)
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_a_report_without_a_matter_keeps_the_words_and_the_photos(town: Town) -> None:
    visitor = Visitor(town.chen)
    fields = {"grid_id": town.grid.pk, "description": "楼道杂物", "photos": picture(), "key": str(uuid4())}
    answer = visitor.post("/report/", fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请选择事项；清单里没有的，用一句话写明是什么事。" in page
    assert "楼道杂物" in page
    assert "已收到 1 张照片" in page
    kept = Attachment.objects.get().uid
    again = visitor.post(
        "/report/", {**town.report_payload(), "kept_photos": str(kept), "key": fields["key"]}
    )
    assert again.status_code == 302
    assert Case.objects.get().attachments.get().uid == kept


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(town: Town) -> None:
    fake = SimpleUploadedFile("a.jpg", b"<script>", content_type="image/jpeg")
    answer = Visitor(town.chen).post("/report/", {**town.report_payload(), "photos": fake})
    assert answer.status_code == 422
    assert "不是能打开的照片" in answer.content.decode()
    assert not Case.objects.exists()


def test_somebody_without_a_grid_reads_why_he_cannot_report(town: Town) -> None:
    answer = Visitor(town.sun).get("/report/")
    assert answer.status_code == 403
    assert "没有可以上报的网格" in answer.content.decode()


def test_what_was_reported_within_a_day_is_shown_as_perhaps_the_same(town: Town) -> None:
    case = reported(town, at=clock.now() - timedelta(hours=3))
    fields = {"grid_id": town.grid.pk, "matter_id": case.matter_id}
    assert "可能重复" in Visitor(town.chen).get("/report/similar/", **fields).content.decode()
    Case.objects.update(reported_at=clock.now() - timedelta(hours=25))
    assert "可能重复" not in Visitor(town.chen).get("/report/similar/", **fields).content.decode()


def test_the_returned_report_opens_filled_in_and_goes_back(town: Town) -> None:
    case = case_in("awaiting_leader", town, description="楼道杂物")
    actions.return_for_correction(case, note="请写明楼号", by=town.wang, at=MONDAY)
    visitor = Visitor(town.chen)
    assert "待补正" in visitor.text("/")
    assert "楼道杂物" in visitor.text(f"/cases/{case.pk}/resubmit/")
    case.refresh_from_db()
    fields = {"description": "三号楼楼道杂物", "place": "三号楼", "version": case.version}
    answer = visitor.post(f"/cases/{case.pk}/resubmit/", fields)
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.status, case.description) == ("awaiting_leader", "三号楼楼道杂物")


def test_a_stale_page_overwrites_nothing_and_keeps_the_words(town: Town) -> None:
    case = case_in("coordinating", town)
    old = case.version
    actions.send_up_case(case, note="社区办不了", by=town.wang, at=MONDAY + timedelta(hours=1))
    answer = Visitor(town.zhao).post(f"/cases/{case.pk}/refuse/", {"note": "不属于网格事项", "version": old})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "办过这件事" in page
    assert "不属于网格事项" in page
    case.refresh_from_db()
    assert case.status == "awaiting_acceptance"


@pytest.mark.parametrize("version", [{}, {"version": ""}, {"version": "0"}, {"version": "²"}])
@pytest.mark.parametrize("door", ["/cases/{}/refuse/", "/desk/cases/{}/refuse/"])
def test_a_page_that_says_no_version_does_nothing_and_then_says_one(
    town: Town, door: str, version: dict[str, str]
) -> None:
    case = case_in("awaiting_acceptance", town)
    answer = Visitor(town.zhao).post(door.format(case.pk), {"note": "不属于网格事项", **version})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有说明看到的是哪一版" in page and "不属于网格事项" in page
    assert f'name="version" value="{case.version}"' in page
    case.refresh_from_db()
    assert case.status == "awaiting_acceptance"


def test_undo_takes_the_version_that_its_toast_has_seen(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    zhao = Visitor(town.zhao)
    zhao.post(f"/cases/{case.pk}/accept/", {"version": case.version})
    toast = {"version": Case.objects.get(pk=case.pk).version}
    assert zhao.post(f"/cases/{case.pk}/undo/").status_code == 422
    assert zhao.post(f"/cases/{case.pk}/undo/", toast).status_code == 302
    assert zhao.post(f"/cases/{case.pk}/undo/", toast).status_code == 409


def test_a_verb_of_somebody_else_says_whose_it_is(town: Town) -> None:
    case = reported(town)
    answer = Visitor(town.chen).get(f"/cases/{case.pk}/take-up/")
    assert answer.status_code == 403
    assert "由所在村（社区）的网格长接办" in answer.content.decode()


def test_no_address_leads_away_from_the_platform(town: Town) -> None:
    case = reported(town)
    fields = {"version": case.version, "next": "https://example.org/"}
    answer = Visitor(town.wang).post(f"/cases/{case.pk}/take-up/", fields)
    assert answer["Location"] == f"/cases/{case.pk}/"


def test_a_leader_takes_up_with_one_press_and_stays_in_the_list(town: Town) -> None:
    case = reported(town)
    wang = Visitor(town.wang)
    assert f'action="/cases/{case.pk}/take-up/"' in wang.text("/village/")
    fields = {"version": case.version, "next": "/village/?queue=to_take_up"}
    answer = wang.post(f"/cases/{case.pk}/take-up/", fields)
    assert answer["Location"] == "/village/?queue=to_take_up"
    assert "已接办" in wang.text("/village/?queue=to_take_up")


def test_what_a_department_asks_is_counted_among_what_waits_for_me(town: Town) -> None:
    before = re.search(r'todo-number">(\d+)<', Visitor(town.chen).text("/"))
    body = Organization.objects.get(code="hlq-chengguan")
    hand(RequestDraft(body, "核对座椅"), [town.grid], by=town.sun, at=MONDAY)
    page = Visitor(town.chen).text("/")
    after = re.search(r'todo-number">(\d+)<', page)
    assert before is not None and after is not None
    assert int(after[1]) == int(before[1]) + 1
    assert "1 项等您答复" in page and "都办完了" not in page


def test_a_leader_who_guides_another_village_does_not_see_its_leader_s_work(
    town: Town,
) -> None:
    case_in("awaiting_leader", town)
    waiting = QUEUES["to_take_up"]
    assert cases_in(waiting, town.wang).count() == 1
    assert cases_in(waiting, town.li).count() == 0


def test_the_same_form_sent_again_with_other_words_names_the_first_and_offers_to_add(town: Town) -> None:
    visitor = Visitor(town.chen)
    fields = {**town.report_payload(), "outcome": "send", "key": str(uuid4())}
    visitor.post("/report/", fields)
    case = Case.objects.get()
    changed = {**fields, "description": "楼道杂物，三号楼"}
    answer = visitor.post("/report/", changed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"这件事已经上报过，编号 {case.number}" in page
    assert f'<a href="/cases/{case.pk}/">补充到 {case.number}</a>' in page
    assert "楼道杂物，三号楼" in page
    assert "幂等" not in page and "Key" not in page
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert key and key[1] != fields["key"]  # sent again on purpose, it is another report
    assert visitor.post("/report/", {**changed, "key": key[1]}).status_code == 302
    assert Case.objects.count() == 2


def test_the_form_knows_what_each_matter_demands_before_it_is_sent(town: Town) -> None:
    page = Visitor(town.chen).text("/report/")

    def radio(name: str) -> str:
        found = re.search(rf'<input type="radio" name="matter_id" value="{town.matter(name).pk}"[^>]*>', page)
        assert found
        return found[0]

    assert "data-photo" in radio("违法建设线索") and "data-place" in radio("违法建设线索")
    assert "不得当场办结" in radio("违法建设线索")
    assert "由网格长办结" in radio("物业纠纷")
    assert "保密线索" in radio("非法集资线索")
    assert "data-result-photo" in radio("路灯故障") and "data-not-here" not in radio("路灯故障")
    assert not re.search("data-(photo|place|result-photo|witness|not-here)", radio("邻里纠纷"))


def test_an_emergency_demands_nothing_of_the_form(town: Town) -> None:
    asks(town, "井盖缺损", severity=3, photo_before=True, place_required=True, questions=list(QUESTIONS))
    page = Visitor(town.chen).text("/report/")
    matter = Matter.objects.filter(name="井盖缺损").latest("pk")
    radio = re.search(rf'<input type="radio" name="matter_id" value="{matter.pk}"[^>]*>', page)
    question = re.search(rf'<input class="input" id="ask-{matter.pk}-poles"[^>]*>', page)
    assert radio and question
    assert not re.search("data-(photo|place)", radio[0]) and "required" not in question[0]
