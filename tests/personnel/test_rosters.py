"""People come in from a workbook: previewed, a reason for each faulty line, confirmed once, sealed (Art. 10, 20)."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from openpyxl import load_workbook

from accounts.models import User
from audit.models import Entry
from common.errors import IllegalMove, NotPermitted, RuleViolation
from personnel.actions import confirm_roster, discard_roster, drop_rosters, lines_of, take_roster
from personnel.invariants import grants_without_post
from personnel.models import ContactRecord, GridPosting, IdentityRecord, StaffImport
from tests.cases import refused
from tests.doors import Visitor
from tests.personnel.rosters import HEADINGS, line, number_of, upload, workbook
from tests.shapes import Sent
from tests.town import MONDAY, Town

SECRETS = (number_of(1), "19800010001", "示范路1号院")


def taken(town: Town, *lines: Sent, by: str = "tang", **options: Any) -> StaffImport:
    file = upload(workbook(lines, **options))
    return take_roster(file, name=file.name, size=file.size, by=getattr(town, by), at=MONDAY)


def reasons(job: StaffImport) -> str:
    return "；".join(sentence for row in lines_of(job) for _, sentence in row["faults"])


@pytest.mark.article(10)
def test_a_confirmed_roster_enrols_posts_and_seals(town: Town) -> None:
    leader = line(
        2,
        岗位="网格长",
        村社区编码="410902001002",
        网格编码="",
        来源="村(居)民委员会主要负责人",
        到岗日期="2026-11-10",
    )
    job = taken(town, line(1, 任命机构="desk-zyl", 文号="街办〔2026〕3号", 到岗日期="2026-11-10"), leader)
    assert job.counts == {"create": 2, "appoint": 0, "same": 0, "fault": 0}, reasons(job)
    assert not User.objects.filter(phone="19900010001").exists()  # nothing is done before it is confirmed
    confirm_roster(job, by=town.tang, at=MONDAY)
    user = User.objects.get(phone="19900010001")
    post = GridPosting.objects.get(user=user)
    assert (post.grid, post.source, post.document) == (town.grid, "社会招聘", "街办〔2026〕3号")
    assert post.appointed_by is not None and post.appointed_by.code == "desk-zyl"
    assert IdentityRecord.objects.get(user=user).unseal("id_number") == number_of(1)
    assert ContactRecord.objects.get(user=user).unseal("private_phone") == "19800010001"
    assert not user.has_usable_password()
    assert Entry.objects.filter(subject=f"account:{user.pk}", verb="enrol", actor_id=town.tang.pk).exists()
    assert Entry.objects.filter(subject=f"grid_posting:{post.pk}", verb="appoint").exists()
    assert list(grants_without_post()) == []


@pytest.mark.article(20)
def test_lines_lie_sealed_and_go_with_the_decision(town: Town) -> None:
    job = taken(town, line(1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT personnel_staffimport::text FROM personnel_staffimport")
        kept = cursor.fetchone()[0]
    assert not any(secret in kept or secret.encode().hex() in kept for secret in (*SECRETS, "示例0001"))
    confirm_roster(job, by=town.tang, at=MONDAY)
    job.refresh_from_db()
    assert bytes(job.lines) == b""
    with pytest.raises(IntegrityError, match="a_decided_roster_keeps_no_lines"), transaction.atomic():
        StaffImport.objects.filter(pk=job.pk).update(lines=b"x")
    other = taken(town, line(2))
    assert drop_rosters(at=MONDAY + timedelta(hours=23)) == 0
    assert drop_rosters(at=MONDAY + timedelta(hours=24)) == 1
    other.refresh_from_db()
    assert (other.status, bytes(other.lines)) == ("expired", b"")
    with refused(IllegalMove):
        confirm_roster(other, by=town.tang, at=MONDAY)


@pytest.mark.article(20)
def test_the_same_file_again_makes_nobody_twice(town: Town) -> None:
    confirm_roster(taken(town, line(1), line(2, 身份证号="")), by=town.tang, at=MONDAY)
    people = User.objects.count()
    again = taken(town, line(1), line(2, 身份证号=""))
    assert again.counts == {"create": 0, "appoint": 0, "same": 2, "fault": 0}
    with refused(RuleViolation):
        confirm_roster(again, by=town.tang, at=MONDAY)
    moved = taken(town, line(1, 网格编码="410902001001002"))
    assert moved.counts["appoint"] == 1
    confirm_roster(moved, by=town.tang, at=MONDAY)
    assert User.objects.count() == people
    assert GridPosting.objects.filter(user__phone="19900010001").count() == 2


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"身份证号": number_of(1)[:17] + ("0" if number_of(1)[17] != "0" else "1")}, "校验位不对"),
        ({"身份证号": 410999196001010017}, "末几位可能已经丢失"),
        ({"工作电话": "123"}, "11 位"),
        ({"工作电话": None}, "请填写工作电话"),
        ({"姓名": "甲"}, "2–40"),
        ({"岗位": "队长"}, "岗位应是"),
        ({"网格编码": "410902009009009"}, "不归您管理"),
        ({"网格编码": "410902002001001"}, "不归您管理"),  # 胜利路街道 is not Tang's
        ({"网格编码": None}, "要填网格编码"),
        ({"村社区编码": "410902001002"}, "不在所填的村"),
        ({"岗位": "网格长", "网格编码": None, "来源": "社会招聘", "村社区编码": "410902001002"}, "第十条"),
        (
            {
                "岗位": "网格长",
                "网格编码": None,
                "来源": "城乡社区党组织主要负责人",
                "村社区编码": "410902001001",
            },
            "已有在任网格长",
        ),
        ({"来源": "亲戚介绍"}, "第十条"),
        ({"到岗日期": "去年冬天"}, "“去年冬天”不是日期"),
        ({"到岗日期": None}, "请填写到岗日期"),
        ({"到岗日期": "2026111"}, "M2 的“2026111”分不清是几月几日"),
        ({"到岗日期": "2024-06-01"}, "2025 年 1 月 1 日以后"),
        ({"到岗日期": "2026-02-30"}, "这一天不存在"),
        ({"姓名": "=1+1"}, "是公式"),
        ({"账号": "a b"}, "账号"),
        ({"账号": "chen"}, "账号已有人用"),
        ({"任命机构": "不存在的机构"}, "没有这个机构"),
        ({"住址": "长" * 101}, "最多 100 个字"),
    ],
)
def test_each_faulty_line_says_why_and_the_others_go_in(town: Town, cells: Sent, words: str) -> None:
    job = taken(town, line(1, **cells), line(2))
    assert words in reasons(job), reasons(job)
    assert job.counts["fault"] == 1 and job.counts["create"] == 1
    confirm_roster(job, by=town.tang, at=MONDAY)
    assert User.objects.filter(name="示例0002").count() == 1
    assert not User.objects.filter(name="示例0001").exists()


def test_a_day_of_the_spreadsheet_is_a_day(town: Town) -> None:
    assert taken(town, line(1, 到岗日期=MONDAY.date())).counts["create"] == 1
    texts = (
        "2026/11/20",
        "2026年11月20日",
        "20261120",
        "2026.11.20",
        "2026-11-20 00:00:00",
        "２０２６－１１－２０",
    )
    for text in texts:
        assert taken(town, line(1, 到岗日期=text)).counts["create"] == 1


@pytest.mark.parametrize(
    "phone", ["199 0001 0001", "199-0001-0001", "+86 199 0001 0001", "１９９０００１０００１", 19900010001]
)
def test_a_telephone_is_read_as_people_write_it(town: Town, phone: Any) -> None:
    job = taken(town, line(1, 工作电话=phone))
    assert job.counts["create"] == 1, reasons(job)
    confirm_roster(job, by=town.tang, at=MONDAY)
    assert User.objects.get(name="示例0001").phone == "19900010001"
    assert taken(town, line(1)).counts["same"] == 1


@pytest.mark.parametrize("heading", ["工作电话", "私人电话"])
@pytest.mark.parametrize(
    ("phone", "sentence"),
    [
        ("0393-6666666", "这是座机号码，这里要填 11 位手机号。"),
        ("400-820-8820", "这是服务号码，这里要填 11 位手机号。"),
        ("19900010001/19900010002", "手机号应为 11 位数字。"),
        ("1" * 90, "最多 40 个字。"),
    ],
)
def test_what_is_not_a_mobile_number_is_refused_in_one_sentence(
    town: Town, heading: str, phone: str, sentence: str
) -> None:
    (faulty,) = lines_of(taken(town, line(1, **{heading: phone})))
    ((_, why),) = faulty["faults"]
    assert why.endswith(sentence)


@pytest.mark.article(20)
def test_an_identity_number_in_two_spellings_is_one_person(town: Town) -> None:
    wide = number_of(1).translate({48 + digit: 0xFF10 + digit for digit in range(10)})
    confirm_roster(taken(town, line(1, 身份证号=f"{wide[:6]} {wide[6:]}")), by=town.tang, at=MONDAY)
    kept = IdentityRecord.objects.get(user__name="示例0001")
    assert kept.unseal("id_number") == number_of(1)
    assert kept.id_number_index in IdentityRecord.indexes_of("id_number", wide)
    other = taken(town, line(2, 身份证号=wide))
    assert "登记在别人名下" in reasons(other)
    twice = taken(
        town, line(3, 身份证号=number_of(3)), line(4, 身份证号=f" {number_of(3)[:6]} {number_of(3)[6:]}")
    )
    assert "身份证号与第 2 行相同" in reasons(twice)


@pytest.mark.parametrize(
    "headings",
    [
        {"姓名": "姓  名", "工作电话": "工作电话（手机）"},
        {"姓名": "*姓\n名", "到岗日期": "到岗日期(年-月-日)"},
    ],
)
def test_headings_are_known_as_people_lay_them_out(town: Town, headings: dict[str, str]) -> None:
    cells = {headings.get(heading, heading): value for heading, value in line(1).items()}
    assert taken(town, cells, headings=[headings.get(one, one) for one in HEADINGS]).counts["create"] == 1


@pytest.mark.article(10)
def test_merged_cells_count_for_each_line_and_the_preview_says_so(town: Town) -> None:
    book = load_workbook(
        io.BytesIO(workbook([line(1, 任命机构="desk-zyl", 文号="街办〔2026〕3号"), line(2), line(3)]))
    )
    for column in "KL":
        book.active.merge_cells(f"{column}2:{column}4")
    written = io.BytesIO()
    book.save(written)
    file = upload(written.getvalue())
    job = take_roster(file, name=file.name, size=file.size, by=town.tang, at=MONDAY)
    assert job.counts["create"] == 3, reasons(job)
    page = Visitor(town.tang).text(f"/staff/import/{job.pk}/")
    assert page.count("L2:L4 是合并单元格，文号取了它的值。") == 3
    confirm_roster(job, by=town.tang, at=MONDAY)
    posts = GridPosting.objects.filter(user__name__startswith="示例000")
    assert {post.document for post in posts} == {"街办〔2026〕3号"}
    assert {post.appointed_by.code for post in posts} == {"desk-zyl"}


def test_who_stands_in_a_file_twice_is_refused_the_second_time(town: Town) -> None:
    same_number, same_phone = line(2, 身份证号=number_of(1)), line(3, 工作电话="19900010001")
    job = taken(town, line(1), same_number, same_phone)
    assert job.counts["create"] == 1 and job.counts["fault"] == 2
    assert "与第 2 行相同" in reasons(job)


def test_who_is_known_under_another_name_or_number_is_not_mixed_up(town: Town) -> None:
    confirm_roster(taken(town, line(1)), by=town.tang, at=MONDAY)
    job = taken(town, line(2, 身份证号=number_of(1)), line(3, 姓名="示例0001", 工作电话="19900010001"))
    assert job.counts["fault"] == 2
    assert "登记在别人名下" in reasons(job) and "不一致" in reasons(job)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name,phone\n", "不是 Excel 工作簿"),
        (workbook([line(1)], headings=[one for one in HEADINGS if one != "岗位"]), "缺少岗位"),
        (workbook([{"a": 1}], headings=["a", "b", "c"]), "没有找到表头"),
        (workbook([]), "没有人员"),
        (workbook([line(1)], headings=(*HEADINGS, "姓名")), "重复的列名"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_whole(town: Town, content: bytes, words: str) -> None:
    answer = Visitor(town.tang).post("/staff/import/", {"file": upload(content)})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not StaffImport.objects.exists()


def test_a_file_that_unpacks_to_too_much_is_not_read(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.named.UNZIPPED_BYTES", 1000)
    with refused(RuleViolation) as caught:
        taken(town, line(1))
    assert "太多" in caught.value.sentence


@pytest.mark.article(11)
@pytest.mark.parametrize("name", ["chen", "zhao", "zheng", "xia", "nobody"])
def test_only_who_manages_staff_imports(town: Town, name: str) -> None:
    with refused(NotPermitted):
        taken(town, line(1), by=name)
    assert Visitor(getattr(town, name)).get("/staff/import/").status_code == 403


@pytest.mark.article(20)
def test_a_roster_is_seen_and_decided_by_who_uploaded_it(town: Town) -> None:
    job = taken(town, line(1))
    for name in ("xu", "wu"):
        other = Visitor(getattr(town, name))
        for path in ("", "faults/"):
            assert other.get(f"/staff/import/{job.pk}/{path}").status_code == 404
        for path in ("confirm/", "discard/"):
            assert other.post(f"/staff/import/{job.pk}/{path}").status_code == 404
        with refused(NotPermitted):
            confirm_roster(job, by=getattr(town, name), at=MONDAY)
        with refused(NotPermitted):
            discard_roster(job, by=getattr(town, name))


@pytest.mark.article(20)
def test_preview_and_faults_show_nothing_private(town: Town) -> None:
    tang = Visitor(town.tang)
    lines = [line(1), line(2, 岗位="队长", 姓名="=HYPERLINK(1)"), line(3, 来源="@亲戚")]
    answer = tang.post("/staff/import/", {"file": upload(workbook(lines))})
    page = tang.text(answer["Location"])
    assert "有误" in page and "来源应是条例第十条所列" in page
    page += tang.text(f"{answer['Location']}?show=create")
    assert "示例0001" in page and "199****0001" in page
    content = b"".join(tang.get(f"{answer['Location']}faults/").streaming_content)
    cells = [
        str(cell.value) for row in load_workbook(io.BytesIO(content)).active for cell in row if cell.value
    ]
    secrets = [*SECRETS, number_of(2), number_of(3), "19800010002", "示范路2号院"]
    assert not any(secret in text for secret in secrets for text in (page, *cells))
    assert not any(cell.startswith(("=", "@")) for cell in cells)


def test_what_changed_since_the_preview_is_shown_before_it_is_done(town: Town) -> None:
    tang = Visitor(town.tang)
    path = tang.post("/staff/import/", {"file": upload(workbook([line(1), line(2)]))})["Location"]
    User.objects.create(username="other", name="另一个人", phone="19900010001")
    answer = tang.post(f"{path}confirm/")
    assert answer.status_code == 409 and "请再核对一遍" in answer.content.decode()
    assert "确认导入 1 人" in answer.content.decode()
    assert tang.post(f"{path}confirm/").status_code == 302
    assert tang.post(f"{path}confirm/").status_code == 302  # sent twice
    page = tang.text(path)
    assert "登记并任命 1 人" in page and " 0 人" not in page
    assert User.objects.filter(name="示例0002").count() == 1


def test_the_template_is_read_back_and_a_new_file_replaces_the_waiting_one(town: Town) -> None:
    tang = Visitor(town.tang)
    content = b"".join(tang.get("/staff/import/template/").streaming_content)
    people = load_workbook(io.BytesIO(content))["人员"]
    assert [cell.value for cell in people[1]] == list(HEADINGS)
    first, second = taken(town, line(1)), taken(town, line(2))
    first.refresh_from_db()
    assert (first.status, second.status) == ("discarded", "ready")
    with pytest.raises(IntegrityError, match="one_roster_waits_for_each_person"), transaction.atomic():
        StaffImport.objects.create(by=town.tang, at=MONDAY, ends_at=MONDAY)
    assert tang.post(f"/staff/import/{second.pk}/discard/").status_code == 302
    assert "已删除" in tang.text(f"/staff/import/{second.pk}/")


def test_a_preview_costs_the_same_for_few_and_for_many(town: Town) -> None:
    tang = Visitor(town.tang)
    few = tang.post("/staff/import/", {"file": upload(workbook([line(1)]))})["Location"]
    before = tang.statements(few)
    many = [line(number) for number in range(1, 60)]
    assert (
        tang.statements(tang.post("/staff/import/", {"file": upload(workbook(many))})["Location"]) == before
    )
