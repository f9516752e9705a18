"""After the night no data of an expired person is left; every count and every chain is unchanged (Art. 20, 25, 26)."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from accounts.idempotency import KeyedRequest, answer_once
from accounts.models import DeviceCode, IdempotencyKey, KnownNetwork, User
from audit.actions import append_entry
from audit.invariants import broken_chains, rows_that_their_chain_does_not_know
from audit.models import Entry
from audit.resealing import columns, outdated_indexes
from common import clock
from common.privacy.datasets import data_sets
from common.records.invariants import examine
from conduct.models import Complaint, ComplaintPhoto
from matters.models import MatterImport
from notifications.actions import relay_waiting, tell
from notifications.models import Message
from personnel.actions import PersonDraft, appoint_to_grid, enrol, relieve
from personnel.models import ContactRecord, GridPosting, IdentityRecord
from plans.models import ImportJob, ImportRow
from retention import invariants, rules
from retention.actions import RuleDraft, erase_what_is_over, lift_hold, place_hold, publish_rule
from retention.models import ErasureProof
from sweeps.models import Setback
from tests.cases import photo, reported
from tests.doors import Visitor
from tests.matters.test_editions import drafted as draft_edition
from tests.plans.drafts import drafted as draft_plan
from tests.retention.ended import IDENTITY, LATER, RESIDENT, closed, decided
from tests.town import MONDAY, Town
from workflow import actions
from workflow.measures import counts_by
from workflow.models import Attachment, Case, CaseContact
from workflow.periods import PERIODS, read_period

# Whatever is of an expired person: as text, and as the bytes in which it was sealed.
WORDS = ("金丝雀", "19755550001", "19755550002", "19755550003", IDENTITY)
TABLES_THAT_SHRINK = {
    "accounts_devicecode", "accounts_idempotencykey", "accounts_knownnetwork", "notifications_message",
    "notifications_message_readers", "notifications_outbox", "plans_importrow", "workflow_attachment",
}  # fmt: skip
TABLES_THAT_GROW = {"audit_entry", "retention_erasureproof"}


def leaver(town: Town, *, id_number: str = IDENTITY, phone: str = "19900003333") -> User:
    """Somebody who worked for a month and left."""
    draft = PersonDraft(
        name="演示新人",
        phone=phone,
        private_phone="19755550001",
        home_address="金丝雀巷甲一号",
        id_number=id_number,
    )
    place, day = town.division("中原路街道"), MONDAY.date()
    person = enrol(draft, place=place, today=day, at=MONDAY, by=town.tang)
    appoint_to_grid(
        person, role="part_time", village=town.grid.village, grid=town.grid, on=day, at=MONDAY, by=None
    )
    relieve(GridPosting.objects.get(user=person), on=day + timedelta(days=30), at=MONDAY, by=None)
    return person


@dataclass(frozen=True)
class Expired:
    """One of everything that ends."""

    case: Case
    clue: Case
    complaint: Complaint
    person: User
    job: ImportJob
    workbook: MatterImport


def seed(town: Town) -> Expired:
    """One row of every data set that expires, all past its time by ``LATER``."""
    case = closed(
        town,
        description="金丝雀居民（19755550002）家门口积水，住金丝雀巷乙二号。",
        place="金丝雀巷乙二号门前",
        **RESIDENT,
    )
    clue = closed_clue(town)
    complaint, _ = decided(town)
    ComplaintPhoto.objects.create(complaint=complaint, state="ready", file=ContentFile(b"x", name="c.jpg"))
    append_entry(f"complaint:{complaint.pk}", verb="draw", at=MONDAY, actor_id=None, record={})
    person = leaver(town)
    answer_once(
        KeyedRequest(town.chen, uuid.uuid4(), b"x"),
        lambda: (201, {"description": "金丝雀居民 19755550002"}),
        at=MONDAY,
    )
    tell("user:1", topic="x", subject=f"case:{case.pk}", sentence="请找金丝雀居民 19755550002", at=MONDAY)
    relay_waiting(at=MONDAY + timedelta(minutes=5))
    Message.objects.get(sentence__contains="金丝雀").readers.add(town.wang)
    KnownNetwork.objects.create(user=town.chen, network_digest="0" * 64, seen_at=MONDAY)
    DeviceCode.objects.create(
        user=town.chen, code_hash="0" * 64, issued_by=town.tang, issued_at=MONDAY, expires_at=MONDAY
    )
    return Expired(case, clue, complaint, person, *uploads(town))


def closed_clue(town: Town) -> Case:
    """A clue with a photo that the desk did not take up."""
    case = reported(
        town,
        matter_id=town.matter("非法集资线索").pk,
        description="金丝雀居民（19755550002）看见的。",
        photos=[photo(town.chen, kind="report")],
        **RESIDENT,
    )
    return actions.refuse_case(case, note="已移送公安。", by=town.zhao, at=MONDAY)


def uploads(town: Town) -> tuple[ImportJob, MatterImport]:
    photo(town.chen)
    plan, edition = draft_plan(town), draft_edition(town)
    job = ImportJob(
        plan=plan,
        file_name="x.csv",
        sha256="",
        form="csv",
        by=town.wu,
        at=MONDAY,
        status="ready",
        crs="EPSG:4490",
    )
    job.file.save("x.csv", ContentFile("金丝雀居民,19755550002".encode()))
    ImportRow.objects.create(job=job, outcome="fault", reason="x", cells=[["户主", "金丝雀居民"]])
    workbook = MatterImport.objects.create(
        edition=edition, file_name="x.xlsx", sha256="", by=town.wu, at=MONDAY, lines=[{"name": "金丝雀居民"}]
    )
    return job, workbook


def sealed_bytes(town: Town) -> list[str]:
    """Every sealed value of an expired person, as the database writes bytes."""
    kept = [
        *CaseContact.objects.values_list("name", "phone", "address"),
        *Complaint.objects.values_list("contact_name", "contact_phone"),
        *ContactRecord.objects.values_list("private_phone", "home_address"),
        *IdentityRecord.objects.values_list("id_number"),
    ]
    return [bytes(value).hex() for row in kept for value in row if value]


def everything() -> dict[str, str]:
    """All rows of every table as text; bytes in hex."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(
                f"SELECT coalesce(string_agg(row_to_json(t)::text, chr(10)), '') FROM \"{table}\" t"
            )
            found[table] = cursor.fetchone()[0]
    return found


def counts() -> dict[str, int]:
    return {table: len(text.splitlines()) for table, text in everything().items()}


def pages_now(town: Town) -> dict[str, str]:
    """The text of every page with counts: overviews, lists behind their numbers, piles, records, public pages."""
    asked = {
        "zheng": (
            "/overview/",
            "/overview/?period=year",
            "/cases/?measure=received&division=4109&period=year",
        ),
        "wu": ("/overview/", "/overview/?period=month"),
        "zhao": ("/overview/?division=410902001", "/desk/counts/", "/places/410902001/dots/"),
        "tang": ("/conduct/?pile=decided", f"/conduct/people/{town.chen.pk}/"),
        "chen": ("/mine/",),
        "": (
            *("/public/", "/public/410902/", "/public/410902001/", "/public/lists/410902/"),
            f"/public/grid/{town.grid.code}/",
        ),
    }
    found = {}
    for name, paths in asked.items():
        visitor = Visitor(getattr(town, name) if name else None)
        for path in paths:
            answer = visitor.get(path)
            assert answer.status_code == 200, (name, path, answer.status_code)
            page = re.sub(
                r'(csrfmiddlewaretoken" value|nonce|name="key" value)="[^"]*"', "", answer.content.decode()
            )
            page = re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)
            for word in ("金丝雀巷乙二号", "金丝雀居民", "19755550002"):  # what goes is no number that counts
                page = page.replace(word, "****")
            found[f"{name} {path}"] = page
    return found


@pytest.fixture
def night(town: Town, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Run the nightly erasure after every retention time; the clue's photos have a rule by then."""
    rule = RuleDraft("workflow.clue_photos", 100, (MONDAY + timedelta(days=1)).date(), "市文件")
    publish_rule(rule, by_id=None, at=MONDAY)

    def go() -> int:
        monkeypatch.setattr(clock, "now", lambda: LATER)
        return erase_what_is_over(at=LATER)

    return go


@pytest.mark.article(20)
@pytest.mark.article(26)
def test_no_byte_of_an_expired_person_is_left_and_all_chains_hold(
    town: Town, night: Callable[[], int], django_capture_on_commit_callbacks: Any
) -> None:
    things = seed(town)
    sealed = sealed_bytes(town)
    assert len(sealed) >= 8
    before, unchained = everything(), set(rows_that_their_chain_does_not_know())  # the cast has no chains
    assert {word for word in WORDS if any(word in text for text in before.values())} >= {
        "金丝雀",
        "19755550002",
    }
    files = [
        things.job.file,
        *(one.file for one in Attachment.objects.all()),
        *(one.file for one in ComplaintPhoto.objects.all()),
    ]
    with django_capture_on_commit_callbacks(execute=True):
        assert night() > 10
    assert not Setback.objects.exists()
    for table, text in everything().items():
        assert [word for word in (*WORDS, *sealed) if word in text] == [], table
    assert [file.name for file in files if file.storage.exists(file.name)] == []
    assert list(broken_chains()) == []
    assert set(rows_that_their_chain_does_not_know()) == unchained
    assert not [fault for fault in unchained if fault.split(":")[0] in ("case", "complaint", "erasure")]
    assert examine(invariants.INVARIANTS[0]).shown == ()
    again = erase_what_is_over(at=LATER)
    assert again == 0


@pytest.mark.article(20)
def test_what_was_done_stays_and_only_the_person_goes(town: Town, night: Callable[[], int]) -> None:
    things = seed(town)
    night()
    case = Case.objects.get(pk=things.case.pk)
    assert case.description == "****（****）家门口积水，住****。"
    assert (case.status, case.result, case.rating) == ("closed", "已清理", "satisfied")
    assert "家门口积水" in case.description
    complaint = Complaint.objects.get()
    assert (complaint.kind, complaint.finding, complaint.effect, complaint.person) == (
        "rude",
        "partly",
        "remind",
        town.chen,
    )
    assert {complaint.text, complaint.statement, complaint.answer} == {"（已按保存期限清除）"}
    assert complaint.photos.get().sentence == "照片已按保存期限清除。"
    record = ContactRecord.objects.get(user=things.person)
    assert (record.unseal("private_phone"), record.private_phone_index) == ("", "")
    assert things.person.grid_postings.exists() and User.objects.get(pk=things.person.pk).name == "演示新人"
    job = ImportJob.objects.get()
    assert (job.status, job.file.name, job.rows.count()) == ("discarded", "", 0)


@pytest.mark.article(20)
def test_statistics_are_unchanged_to_the_last_digit(
    town: Town, night: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(town)
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=2))
    pages, rows, measures = pages_now(town), counts(), measured()
    night()
    later = counts()
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=2))
    assert measured() == measures
    after = pages_now(town)
    assert {path: text for path, text in after.items() if text != pages[path]} == {}
    assert {table for table in rows if later[table] < rows[table]} <= TABLES_THAT_SHRINK
    assert {table for table in rows if later[table] > rows[table]} <= TABLES_THAT_GROW


def measured() -> dict[str, dict[int, dict[str, int]]]:
    """Every measure of every period over all cases, by county."""
    at = MONDAY + timedelta(days=2)
    periods = {key: read_period(key, at=at) for key in PERIODS}
    return {
        f"{column} {key}": counts_by(Case.objects.all(), column, period)
        for key, period in periods.items()
        if period is not None
        for column in ("county_id", "township_id", "grid_id")
    }


@pytest.mark.article(25)
def test_each_night_leaves_a_line_for_each_data_set_and_it_names_nobody(
    town: Town, night: Callable[[], int]
) -> None:
    things = seed(town)
    contact = CaseContact.objects.get(case=things.case)
    other = CaseContact.objects.get(case=things.clue)
    night()
    assert set(ErasureProof.objects.values_list("dataset", flat=True)) == set(data_sets())
    proof = ErasureProof.objects.get(dataset="workflow.contacts")
    numbers = sorted([contact.pk, other.pk])
    assert (proof.erased, proof.held, proof.left) == (2, 0, 0)
    assert proof.digest == hashlib.sha256("\n".join(map(str, numbers)).encode()).hexdigest()
    assert proof.before == LATER - timedelta(days=730)
    link = Entry.objects.get(subject=f"erasure:{proof.pk}")
    assert (link.verb, link.actor_id) == ("erase", None)
    erased = Entry.objects.filter(subject=f"case:{things.case.pk}").order_by("seq").last()
    assert erased is not None and (erased.verb, erased.record["contact"]) == ("erase", True)


@pytest.mark.article(20)
def test_held_rows_are_skipped_reported_and_erased_after_their_release(
    town: Town, night: Callable[[], int]
) -> None:
    things = seed(town)
    holds = [
        place_hold(f"{kind}:{getattr(things, name).pk}", reason="行政诉讼", by=town.xia, at=MONDAY)
        for kind, name in (("case", "case"), ("complaint", "complaint"), ("account", "person"))
    ]
    night()
    assert CaseContact.objects.get(case=things.case).unseal("phone") == RESIDENT["contact_phone"]
    assert Complaint.objects.get().unseal("contact_phone") == "19755550003"
    assert IdentityRecord.objects.get(user=things.person).unseal("id_number") == IDENTITY
    assert Message.objects.filter(subject=f"case:{things.case.pk}").exists()
    assert not CaseContact.objects.get(case=things.clue).phone
    assert ErasureProof.objects.get(dataset="workflow.contacts").held == 1
    assert examine(invariants.INVARIANTS[0]).holds
    for each in holds:
        lift_hold(each, reason="已结案", by=town.xia, at=LATER)
    erase_what_is_over(at=LATER)
    assert not any(CaseContact.objects.values_list("phone", flat=True))
    assert not IdentityRecord.objects.get(user=things.person).id_number


@pytest.mark.article(20)
def test_nothing_goes_a_day_too_early_and_open_cases_keep_their_resident(town: Town) -> None:
    case = closed(town, **RESIDENT)
    still = reported(town, **RESIDENT)
    assert case.ended_at is not None
    last = case.ended_at + timedelta(days=730)
    erase_what_is_over(at=last)
    assert CaseContact.objects.get(case=case).phone
    erase_what_is_over(at=last + timedelta(seconds=1))
    assert not CaseContact.objects.get(case=case).phone
    erase_what_is_over(at=LATER)
    assert CaseContact.objects.get(case=still).phone


@pytest.mark.article(20)
def test_people_who_serve_or_come_back_keep_their_records(town: Town, night: Callable[[], int]) -> None:
    person = leaver(town)
    day = (MONDAY + timedelta(days=200)).date()
    appoint_to_grid(
        person, role="part_time", village=town.grid.village, grid=town.grid, on=day, at=MONDAY, by=None
    )
    night()
    assert ContactRecord.objects.get(user=person).private_phone
    assert IdentityRecord.objects.get(user=person).id_number


@pytest.mark.article(20)
def test_two_leavers_lose_their_numbers_and_one_of_them_may_come_back(
    town: Town, night: Callable[[], int]
) -> None:
    people = [leaver(town), leaver(town, id_number="110105194912310038", phone="19900003335")]
    night()
    assert [record.id_number_index for record in IdentityRecord.objects.filter(user__in=people)] == ["", ""]
    assert [count for column in columns() for count in outdated_indexes(column)] == []
    draft = PersonDraft(name="演示回来", phone="19900003334", id_number=IDENTITY)
    again = enrol(draft, place=town.division("中原路街道"), today=MONDAY.date(), at=MONDAY, by=town.tang)
    assert again.identity.unseal("id_number") == IDENTITY


@pytest.mark.article(20)
def test_verify_says_what_is_overdue_by_more_than_a_day_and_which_set_has_no_rule(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(town, **RESIDENT)
    ended = Case.objects.get().ended_at
    assert ended is not None
    for hours, holds in ((1, True), (24, True), (26, False)):
        monkeypatch.setattr(clock, "now", lambda hours=hours: ended + timedelta(days=730, hours=hours))
        faults = [fault for fault in invariants.kept_too_long() if "workflow.contacts" in fault]
        assert bool(faults) is not holds, hours
    assert faults == ["办结事项的反映人（workflow.contacts）有 1 条超过保存期限一天以上，没有清除"]


@pytest.mark.article(20)
def test_an_answer_is_kept_thirty_days_and_the_same_write_is_new_after_that(town: Town) -> None:
    request = KeyedRequest(town.chen, uuid.uuid4(), b"x")
    assert answer_once(request, lambda: (201, 1), at=MONDAY) == (201, 1)
    erase_what_is_over(at=MONDAY + timedelta(days=30))
    assert answer_once(request, lambda: (201, 2), at=MONDAY) == (201, 1)
    erase_what_is_over(at=MONDAY + timedelta(days=30, seconds=1))
    assert not IdempotencyKey.objects.exists()


@pytest.mark.article(20)
def test_what_a_resident_is_known_by_does_not_enter_the_line_that_nobody_can_erase(town: Town) -> None:
    case = reported(town, description="金丝雀居民说，打 19755550002 找他。", **RESIDENT)
    assert case.description == "金丝雀居民说，打 19755550002 找他。"
    assert case.events.get().note == "****说，打 **** 找他。"


@pytest.mark.article(20)
def test_a_data_set_that_raises_holds_up_no_other(
    town: Town, night: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(town)

    def broken() -> Any:
        raise ValueError("no such column")

    sets = data_sets()
    bad = replace(sets["accounts.codes"], rows=broken)
    monkeypatch.setattr(rules, "data_sets", lambda: {**sets, "accounts.codes": bad})
    assert night() > 10
    assert Setback.objects.get().row == "accounts.codes"
    assert set(ErasureProof.objects.values_list("dataset", flat=True)) == set(sets) - {"accounts.codes"}
