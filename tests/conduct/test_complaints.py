"""Anybody may complain; the complainant stays secret, and nobody is found at fault without a hearing (Art. 12, 26)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from PIL import Image

from access import subjects
from audit.models import AccessEntry, Entry
from common.errors import IllegalMove, NotPermitted, RuleViolation
from conduct import actions, evidence
from conduct.models import Complaint
from conduct.views import public
from notifications.models import Outbox
from tests.cases import refused
from tests.doors import Visitor
from tests.shapes import Sent
from tests.town import MONDAY, Town

NAME, PHONE = "演示投诉人", "19900008888"
HOSTILE = "<script>alert(1)</script>'\"{{ 7*7 }}=1+1"


@pytest.fixture(autouse=True)
def nobody_has_complained_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "seconds_to_wait", lambda name, **options: 0)


def complained(town: Town, **fields: Any) -> Complaint:
    usual: Sent = {"kind": "rude", "text": "说话不耐烦", "person": town.chen, "contact_name": NAME}
    draft = actions.ComplaintDraft(grid=town.grid, **{**usual, "contact_phone": PHONE, **fields})
    return actions.complain(draft, source="public", at=MONDAY)[0]


def shown(visitor: Visitor, path: str, fields: Sent) -> str:
    """The page with the code, to which a sent complaint leads."""
    answer = visitor.post(path, fields)
    assert (answer.status_code, answer["Location"]) == (302, "/complain/progress/code/")
    return visitor.text(answer["Location"])


def key_on(visitor: Visitor, path: str) -> str:
    """The number of a fresh form."""
    found = re.search(r'name="key" value="([0-9a-f-]{36})"', visitor.text(path))
    assert found is not None
    return found[1]


def heard(town: Town) -> Complaint:
    complaint = actions.take_up(complained(town), by=town.tang, at=MONDAY)
    complaint = actions.hear(complaint, by=town.tang, at=MONDAY)
    return actions.answer(complaint, statement="当时在接急件，态度是急了。", by=town.chen, at=MONDAY)


@pytest.mark.article(12)
def test_a_resident_complains_without_account_name_or_script_and_asks_by_code(town: Town) -> None:
    path, stranger = f"/complain/{town.grid.code}/", Visitor()
    assert "泄露国家秘密" in stranger.text(path)
    fields = {"person": town.chen.pk, "kind": "rude", "text": "说话不耐烦"}
    assert stranger.post(path, {**fields, "kind": ""}).status_code == 422
    page = shown(stranger, path, fields)
    code = re.search(r"[0-9a-f]{4}(-[0-9a-f]{4}){3}", page)
    assert code is not None
    assert "待受理" in stranger.post("/complain/progress/", {"code": code[0]}).content.decode()
    wrong = stranger.post("/complain/progress/", {"code": "0000-0000-0000-0000"})
    assert wrong.status_code == 422 and "没有这个查询码" in wrong.content.decode()
    assert code[0] not in str(Complaint.objects.values().get())


@pytest.mark.article(12)
def test_the_code_is_shown_for_ten_minutes_and_can_be_copied_printed_and_saved(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {"person": town.chen.pk, "kind": "rude", "text": "说话不耐烦"}
    stranger = Visitor()
    page = shown(stranger, f"/complain/{town.grid.code}/", fields)
    code = re.search(r'<b id="code">([0-9a-f-]{19})</b>', page)
    assert code is not None
    assert "查询码只在本页显示十分钟，以后再也看不到" in page
    assert 'data-copy="code" hidden>' in page and "data-print hidden>" in page
    saved = re.search(r'href="data:text/plain;charset=utf-8,([^"]+)" download="投诉查询码.txt"', page)
    assert saved is not None
    text = unquote(saved[1])
    assert f"查询码 {code[1]}" in text
    assert "http://testserver/complain/progress/" in text
    assert Complaint.objects.get().number in text and town.grid.name in text
    assert code[1] not in Visitor().text("/complain/progress/")
    assert Visitor().get("/complain/progress/code/")["Location"] == "/complain/progress/"
    held = stranger.client.cookies[public.COOKIE]
    assert held["httponly"] and held["samesite"] == "Strict" and held["path"] == "/complain/progress/code/"
    monkeypatch.setattr(public, "SHOWN_FOR", -1)
    assert stranger.get("/complain/progress/code/")["Location"] == "/complain/progress/"


@pytest.mark.article(12)
def test_a_complaint_sent_twice_or_reloaded_is_one_with_one_code(town: Town) -> None:
    path, stranger = f"/complain/{town.grid.code}/", Visitor()
    fields: Sent = {"key": key_on(stranger, path), "kind": "rude", "text": "说话不耐烦", "contact_name": NAME}
    first = shown(stranger, path, fields)
    assert shown(stranger, path, fields) == first == stranger.text("/complain/progress/code/")
    complaint = Complaint.objects.get()
    assert Entry.objects.filter(subject=f"complaint:{complaint.pk}").count() == 1
    assert key_on(stranger, path) != fields["key"]
    actions.take_up(complaint, by=town.tang, at=MONDAY)  # what the office does in between changes nothing
    assert shown(stranger, path, fields) == first


@pytest.mark.article(12)
@pytest.mark.parametrize(
    "changed",
    [
        {"text": "说话不耐烦，还骂人"},
        {"contact_phone": PHONE},
        {"concerns_township": "on"},
        {"person": "chen"},
        {"kind": "other"},
    ],
)
def test_a_changed_complaint_is_refused_once_and_can_be_sent_as_another(town: Town, changed: Sent) -> None:
    path, stranger = f"/complain/{town.grid.code}/", Visitor()
    fields: Sent = {"key": key_on(stranger, path), "kind": "rude", "text": "说话不耐烦", "contact_name": NAME}
    shown(stranger, path, fields)
    if "person" in changed:
        changed = {"person": town.chen.pk}
    answer = stranger.post(path, {**fields, **changed})
    page = answer.content.decode()
    assert answer.status_code == 422 and Complaint.objects.count() == 1
    assert f"这件投诉已经交过，编号 {Complaint.objects.get().number}，后来改动的内容没有收下。" in page
    fresh = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert fresh is not None and fresh[1] != fields["key"] and NAME in page
    shown(stranger, path, {**fields, **changed, "key": fresh[1]})
    assert Complaint.objects.count() == 2


def test_a_damaged_form_number_is_a_new_form(town: Town) -> None:
    path = f"/complain/{town.grid.code}/"
    for key in ("", "x", "0" * 500):
        shown(Visitor(), path, {"kind": "rude", "text": "说话不耐烦", "key": key})
    assert Complaint.objects.count() == 3


@pytest.mark.article(12)
@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, "中原路街道"),
        ({"concerns_township": True}, "华龙区"),
        ({"person": "li"}, "华龙区"),
        ({"person": None}, "中原路街道"),
    ],
)
def test_what_concerns_the_township_is_examined_by_the_county(town: Town, fields: Sent, place: str) -> None:
    if fields.get("person") == "li":
        fields = {"person": town.li}
    complaint = complained(town, **fields)
    assert complaint.division.name == place
    notice = Outbox.objects.get(topic="complaint")
    assert notice.audience == f"handle_conduct:division:{complaint.division_id}"
    assert "Chen" not in notice.sentence


@pytest.mark.article(26)
@pytest.mark.parametrize(
    "name", ["wu", "xu", "zhao", "wang", "chen", "sun", "zheng", "shen", "xia", "nobody"]
)
def test_only_who_examines_it_sees_it(town: Town, name: str) -> None:
    complaint = complained(town)
    for path in (f"/conduct/{complaint.pk}/", f"/conduct/{complaint.pk}/take_up/"):
        assert Visitor(getattr(town, name)).get(path).status_code == 404
    assert Visitor(town.tang).get(f"/conduct/{complaint.pk}/").status_code == 200
    assert AccessEntry.objects.filter(subject=f"complaint:{complaint.pk}", actor_id=town.tang.pk).count() == 1


@pytest.mark.article(12)
def test_who_complained_is_sealed_masked_and_unknown_to_the_person(town: Town) -> None:
    complaint = complained(town)
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_name, contact_phone FROM conduct_complaint")
        assert not any(word.encode() in bytes(cell) for cell in cursor.fetchone() for word in (NAME, PHONE))
    page = Visitor(town.tang).text(f"/conduct/{complaint.pk}/")
    assert "199****8888" in page and NAME not in page and PHONE not in page
    complaint = actions.hear(actions.take_up(complaint, by=town.tang, at=MONDAY), by=town.tang, at=MONDAY)
    for path in ("/conduct/mine/", f"/conduct/mine/{complaint.pk}/answer/"):
        seen = Visitor(town.chen).text(path)
        assert "说话不耐烦" in seen
        assert not any(word in seen for word in (NAME, PHONE, "199****", "演***"))
    assert Visitor(town.lin).get(f"/conduct/mine/{complaint.pk}/answer/").status_code == 404
    found = subjects.find(town.tang, f"complaint:{complaint.pk}", "contact_phone")
    assert not found.subject.refusal(town.tang, complaint, "contact_phone")
    complaint.status = "decided"
    assert found.subject.refusal(town.tang, complaint, "contact_phone")


@pytest.mark.article(12)
def test_nobody_is_found_at_fault_unheard(town: Town) -> None:
    complaint = actions.take_up(complained(town), by=town.tang, at=MONDAY)
    fields = {"finding": "substantiated", "effect": "remind", "answer": "已批评，并向您致歉。"}
    with refused(RuleViolation) as caught:
        actions.decide(complaint, by=town.tang, at=MONDAY, **fields)
    assert "本人说明" in caught.value.sentence
    with pytest.raises(IntegrityError, match="nobody_is_found_at_fault_unheard"), transaction.atomic():
        Complaint.objects.filter(pk=complaint.pk).update(finding="partly")
    complaint = actions.hear(complaint, by=town.tang, at=MONDAY)
    with refused(RuleViolation):
        actions.decide(complaint, by=town.tang, at=MONDAY + timedelta(days=1), **fields)
    decided = actions.decide(complaint, by=town.tang, at=MONDAY + timedelta(days=20), **fields)
    assert decided.status == "decided"


@pytest.mark.article(12)
def test_a_finding_is_shown_to_the_manager_and_the_person(town: Town) -> None:
    actions.decide(
        heard(town), finding="partly", effect="remind", answer="已提醒谈话。", by=town.tang, at=MONDAY
    )
    for name in ("tang", "wu", "chen"):
        assert "提醒谈话" in Visitor(getattr(town, name)).text(f"/conduct/people/{town.chen.pk}/")
    for name in ("xu", "lin", "zhao"):
        assert Visitor(getattr(town, name)).get(f"/conduct/people/{town.chen.pk}/").status_code == 404
    verbs = (
        Entry.objects.filter(subject__startswith="complaint:").order_by("seq").values_list("verb", flat=True)
    )
    assert list(verbs) == ["complain", "take_up", "hear", "answer", "decide"]


def test_what_is_unfounded_has_no_effect_and_leaves_no_record(town: Town) -> None:
    complaint = heard(town)
    with refused(RuleViolation):
        actions.decide(
            complaint, finding="unfounded", effect="remind", answer="查无此事。", by=town.tang, at=MONDAY
        )
    complaint = Complaint.objects.get()
    actions.decide(
        complaint, finding="unfounded", effect="none", answer="查无此事，谢谢。", by=town.tang, at=MONDAY
    )
    assert "没有记录" in Visitor(town.tang).text(f"/conduct/people/{town.chen.pk}/")


def test_nobody_examines_a_complaint_about_himself(town: Town) -> None:
    complaint = complained(town)
    Complaint.objects.filter(pk=complaint.pk).update(person=town.tang)
    complaint = Complaint.objects.get()
    with refused(NotPermitted):
        actions.take_up(complaint, by=town.tang, at=MONDAY)
    assert Visitor(town.tang).get(f"/conduct/{complaint.pk}/").status_code == 404
    with pytest.raises(IntegrityError, match="nobody_decides_about_himself"), transaction.atomic():
        Complaint.objects.update(decided_by=town.tang)


@pytest.mark.parametrize("name", ["wu", "xu", "chen", "zhao"])
def test_others_move_nothing(town: Town, name: str) -> None:
    complaint = complained(town)
    for verb in (actions.take_up, actions.pass_up):
        with refused(NotPermitted):
            verb(complaint, by=getattr(town, name), at=MONDAY)


def test_a_township_that_passed_a_case_up_no_longer_sees_it(town: Town) -> None:
    complaint = actions.pass_up(complained(town), by=town.tang, at=MONDAY)
    assert complaint.division.name == "华龙区"
    assert Visitor(town.tang).get(f"/conduct/{complaint.pk}/").status_code == 404
    assert Visitor(town.wu).get(f"/conduct/{complaint.pk}/").status_code == 200
    with refused(IllegalMove):
        actions.answer(complaint, statement="不是这样的情况", by=town.chen, at=MONDAY)


@pytest.mark.article(12)
@pytest.mark.parametrize(
    ("typed", "kept"),
    [("0393-6666666", "0393-6666666"), ("199 0000 8888", PHONE), ("１９９００００８８８８", PHONE)],
)
def test_a_landline_can_be_left_and_a_number_is_kept_in_one_spelling(
    town: Town, typed: str, kept: str
) -> None:
    path = f"/complain/{town.grid.code}/"
    answer = Visitor().post(path, {"kind": "other", "text": "说话不耐烦", "contact_phone": typed})
    assert answer.status_code == 302, answer.content.decode()
    assert Complaint.objects.get().unseal("contact_phone") == kept


def test_a_code_may_be_typed_wide_and_with_spaces(town: Town) -> None:
    draft = actions.ComplaintDraft(grid=town.grid, kind="other", text="说话不耐烦")
    complaint, code = actions.complain(draft, source="public", at=MONDAY)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code.upper())
    assert actions.complaint_by_code(f" {wide[:9]} {wide[9:]}") == complaint


@pytest.mark.article(12)
def test_hostile_words_in_every_field_do_nothing(town: Town) -> None:
    path = f"/complain/{town.grid.code}/"
    fields = {"kind": "other", "text": HOSTILE, "contact_name": HOSTILE[:40], "occurred_on": "2026-01-01"}
    assert Visitor().post(path, fields).status_code == 302
    complaint = Complaint.objects.get()
    page = Visitor(town.tang).text(f"/conduct/{complaint.pk}/")
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    for wrong in (
        {"text": "x" * 2001},
        {"text": "短"},
        {"kind": "murder"},
        {"person": town.sun.pk},
        {"person": "abc"},
        {"occurred_on": "2099-01-01"},
        {"occurred_on": "昨天"},
        {"contact_phone": HOSTILE[:11]},
        {"contact_name": "x" * 41},
    ):
        assert Visitor().post(path, {**fields, **wrong}).status_code == 422, wrong
    assert Complaint.objects.count() == 1
    assert Visitor().get("/complain/000/").status_code == 404


def test_evidence_is_encoded_afresh_and_shown_to_who_examines_it(town: Town) -> None:
    written = io.BytesIO()
    Image.new("RGB", (40, 30)).save(written, "PNG")
    path = f"/complain/{town.grid.code}/"
    fields: Sent = {"kind": "sham", "text": "照片里的不是现场", "person": town.chen.pk}
    bad = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", content_type="image/png")
    assert Visitor().post(path, {**fields, "photos": [bad]}).status_code == 422
    four = [SimpleUploadedFile(f"{n}.png", written.getvalue()) for n in range(4)]
    assert Visitor().post(path, {**fields, "photos": four}).status_code == 422
    good = SimpleUploadedFile("a.png", written.getvalue())
    assert Visitor().post(path, {**fields, "photos": [good]}).status_code == 302
    assert evidence.draw_waiting(at=MONDAY) == 1
    photo = f"/conduct/photos/{Complaint.objects.get().photos.get().uid}/"
    assert Visitor(town.tang).get(photo)["Content-Type"] == "image/jpeg"
    for name in ("chen", "wu", "xu"):
        assert Visitor(getattr(town, name)).get(photo).status_code == 404


def test_the_desk_registers_what_came_by_telephone(town: Town) -> None:
    path = f"/conduct/register/{town.grid.code}/"
    fields: Sent = {"kind": "rude", "text": "电话里说的情况", "person": town.chen.pk}
    zhao = Visitor(town.zhao)
    fields["key"] = key_on(zhao, path)
    assert [zhao.post(path, fields).status_code for _ in range(2)] == [302, 302]
    assert Complaint.objects.get().source == "desk"
    for name in ("duan", "xu", "chen", "sun", "nobody"):
        assert Visitor(getattr(town, name)).get(path).status_code == 404


def test_the_pages_lead_from_the_list_to_the_conclusion(town: Town) -> None:
    complaint, tang = complained(town), Visitor(town.tang)
    assert complaint.number in tang.text("/conduct/")
    page = f"/conduct/{complaint.pk}/"
    assert tang.post(f"{page}take_up/", {"version": 1}).status_code == 302
    assert tang.post(f"{page}take_up/", {"version": 1}).status_code == 409
    assert tang.post(f"{page}hear/", {"version": 2}).status_code == 302
    chen = Visitor(town.chen)
    speak = f"/conduct/mine/{complaint.pk}/answer/"
    assert chen.post(speak, {"version": 3, "statement": "短"}).status_code == 422
    assert chen.post(speak, {"version": 3, "statement": "当时在接急件。"}).status_code == 302
    fields = {
        "version": 4,
        "finding": "substantiated",
        "effect": "criticize",
        "answer": "已批评教育，向您致歉。",
    }
    assert tang.post(f"{page}decide/", {**fields, "finding": ""}).status_code == 422
    assert tang.post(f"{page}decide/", fields).status_code == 302
    assert "属实" in tang.text("/conduct/?pile=decided")
    assert tang.get("/conduct/?pile=nothing").status_code == 404
    assert Visitor(town.chen).get("/conduct/").status_code == 403


def test_the_list_costs_the_same_for_one_and_for_many(town: Town) -> None:
    tang = Visitor(town.tang)
    complained(town)
    few = tang.statements("/conduct/")
    for _ in range(9):
        complained(town)
    assert tang.statements("/conduct/") == few


def test_one_address_does_not_flood_the_township(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "seconds_to_wait", lambda name, **options: 7)
    answer = Visitor().post(f"/complain/{town.grid.code}/", {"kind": "rude", "text": "说话不耐烦"})
    assert answer.status_code == 429 and not Complaint.objects.exists()


# --- Whom it is about -----------------------------------------------------------------------------------------


def unnamed(town: Town) -> Complaint:
    return actions.take_up(complained(town, person=None), by=town.tang, at=MONDAY)


@pytest.mark.article(12)
def test_who_was_meant_is_found_out_named_heard_and_stands_on_his_record(town: Town) -> None:
    complaint, tang = unnamed(town), Visitor(town.tang)
    page = tang.text(f"/conduct/{complaint.pk}/")
    assert "写明被投诉人" in page and "请本人说明" not in page
    path = f"/conduct/{complaint.pk}/name_person/"
    assert f'<option value="{town.mei.pk}">' not in tang.text(path), "of another village"
    fields = {"version": complaint.version, "person": town.mei.pk}
    assert tang.post(path, fields).status_code == 422
    assert tang.post(path, {**fields, "person": town.chen.pk}).status_code == 302
    complaint.refresh_from_db()
    assert (complaint.person, complaint.status) == (town.chen, "examining")
    assert (
        Entry.objects.filter(subject=f"complaint:{complaint.pk}").latest("seq").record["person"]
        == town.chen.pk
    )
    complaint = actions.hear(complaint, by=town.tang, at=MONDAY)
    complaint = actions.answer(complaint, statement="当时在接急件。", by=town.chen, at=MONDAY)
    actions.decide(complaint, finding="partly", effect="remind", answer="已谈话。", by=town.tang, at=MONDAY)
    assert Complaint.objects.on_record().filter(person=town.chen).exists()


@pytest.mark.article(12)
def test_only_who_examines_names_and_only_somebody_of_the_grid_and_once(town: Town) -> None:
    complaint = unnamed(town)
    for somebody in (town.zhao, town.chen, town.duan, town.nobody):
        with refused(NotPermitted):
            actions.name_person(complaint, person=town.chen, by=somebody, at=MONDAY)
    with refused(RuleViolation) as caught:
        actions.name_person(complaint, person=town.mei, by=town.tang, at=MONDAY)
    assert caught.value.field == "person"
    with refused(IllegalMove):
        actions.name_person(complained(town, person=None), person=town.chen, by=town.tang, at=MONDAY)
    named = actions.name_person(complaint, person=town.chen, by=town.tang, at=MONDAY)
    with refused(NotPermitted):
        actions.name_person(named, person=town.lin, by=town.tang, at=MONDAY)


@pytest.mark.article(12)
def test_the_townships_own_are_named_by_the_county(town: Town) -> None:
    complaint = unnamed(town)
    with refused(RuleViolation) as caught:
        actions.name_person(complaint, person=town.li, by=town.tang, at=MONDAY)
    assert "请转县区" in caught.value.sentence
    complaint = actions.pass_up(complaint, by=town.tang, at=MONDAY)
    complaint = actions.take_up(complaint, by=town.wu, at=MONDAY)
    assert actions.name_person(complaint, person=town.li, by=town.wu, at=MONDAY).person == town.li
