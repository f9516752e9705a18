"""A file of people: a preview with faults, nothing saved before it is confirmed, a repeat makes nothing twice."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from common.errors import NotPermitted
from grids.models import Grid
from registry.actions import NewRecord, register_record, write_people
from registry.kinds import KINDS
from registry.models import PeopleImport, Record, Relation, SearchKey, Value
from registry.policies import KEEPING
from tests.cases import refused
from tests.doors import Visitor
from tests.personnel.rosters import upload, workbook
from tests.registry.people import number_of, person
from tests.shapes import Sent
from tests.town import MONDAY, Town

HEADINGS = (
    *("姓名", "证件类型", "身份证号", "出生日期", "性别", "联系电话", "居住情况", "户籍地址", "网格编码"),
    *("门牌地址", "与户主关系"),
)
LATER = MONDAY + timedelta(hours=1)
GRID = "410902001001001"


def line(name: str, born: date | None = None, **cells: Any) -> Sent:
    """A line of somebody who lives in Chen's grid."""
    return {
        "姓名": name,
        "身份证号": number_of(born) if born else None,
        "网格编码": GRID,
        "门牌地址": "京东小区3号楼2单元501",
        "与户主关系": "户主",
        **cells,
    }


def sent(visitor: Visitor, lines: list[Sent]) -> PeopleImport:
    """The import of a file with these lines."""
    file = upload(workbook(lines, headings=HEADINGS), "居民.xlsx")
    answer = visitor.client.post("/registry/import/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return PeopleImport.objects.latest("pk")


def written(visitor: Visitor, lines: list[Sent]) -> PeopleImport:
    """The same, confirmed and written."""
    job = sent(visitor, lines)
    visitor.post(f"/registry/import/{job.pk}/confirm/")
    write_people(at=LATER)
    job.refresh_from_db()
    return job


FAMILY = [
    line("李演示", date(1980, 2, 3), 联系电话="19900004444"),
    line("王演文", date(1982, 3, 4), 与户主关系="配偶"),
    line("李演江", date(2010, 5, 6), 与户主关系="子女"),
]


@pytest.mark.article(15)
def test_a_family_is_read_shown_and_written_as_one_household(town: Town) -> None:
    chen = Visitor(town.chen)
    job = sent(chen, FAMILY)
    assert job.counts == {"fault": 0, "create": 3, "change": 0, "same": 0, "alike": 0}
    assert not Record.objects.exists()
    page = chen.text(f"/registry/import/{job.pk}/")
    assert "新登记 3 人" in page
    assert "李**" in page
    for secret in ("李演示", number_of(date(1980, 2, 3)), "19900004444"):
        assert secret not in page
    chen.post(f"/registry/import/{job.pk}/confirm/")
    assert "正在写入：0 / 3" in chen.text(f"/registry/import/{job.pk}/")
    assert write_people(at=LATER) == 1
    job.refresh_from_db()
    assert (job.status, job.done, bytes(job.lines)) == ("written", 3, b"")
    counted = {kind: Record.objects.filter(kind=kind).count() for kind in KINDS}
    assert counted == {"person": 3, "household": 1, "house": 1, "place": 0, "organization": 0}
    roles = set(Relation.objects.filter(kind="member").values_list("role", flat=True))
    assert roles == {"head", "spouse", "child"}
    assert set(Value.objects.values_list("source", flat=True)) == {"import"}


@pytest.mark.article(15)
def test_the_same_file_again_confirms_and_makes_nothing_twice(town: Town) -> None:
    chen = Visitor(town.chen)
    written(chen, FAMILY)
    before = (Record.objects.count(), Relation.objects.count(), SearchKey.objects.count())
    job = written(chen, [*FAMILY[:2], {**FAMILY[2], "联系电话": "19900005555"}])
    assert job.counts == {"fault": 0, "create": 0, "change": 1, "same": 2, "alike": 0}
    assert (Record.objects.count(), Relation.objects.count()) == before[:2]
    assert Value.objects.filter(field="phone", until=None).count() == 2


@pytest.mark.article(15)
@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"身份证号": number_of(date(1980, 2, 3))[:17] + "0"}, "证件号码", "校验位"),
        ({"身份证号": 4.10999198002030e17}, "证件号码", ""),
        ({"身份证号": "410999800203123"}, "证件号码", "15 位的旧身份证"),
        ({"出生日期": "2030-01-01"}, "出生日期", "今天以后"),
        ({"网格编码": "410922100201001"}, "网格编码", "不归您登记"),
        ({"网格编码": "9"}, "网格编码", "不归您登记"),
        ({"门牌地址": None}, "门牌地址", "请填写门牌地址"),
        ({"与户主关系": "朋友"}, "与户主关系", "应是户主"),
        ({"联系电话": "12"}, "联系电话", "电话号码不对"),
        ({"证件类型": "护照", "身份证号": None}, "证件号码", "请填写证件号码"),
    ],
)
def test_a_line_that_cannot_be_right_says_which_column_and_why(
    town: Town, cells: dict[str, object], column: str, words: str
) -> None:
    chen = Visitor(town.chen)
    job = sent(chen, [{**line("李演示"), **cells}, line("王演文", 门牌地址="京东小区9号")])
    assert (job.counts["fault"], job.counts["create"]) == (1, 1)
    page = chen.text(f"/registry/import/{job.pk}/")
    assert f"{column}：" in page
    assert words in page
    answer = chen.get(f"/registry/import/{job.pk}/faults/")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert any(words in str(cell) for row in book.active.values for cell in row)


@pytest.mark.article(15)
def test_a_number_twice_and_two_householders_are_faults_of_the_later_line(town: Town) -> None:
    job = sent(Visitor(town.chen), [FAMILY[0], {**FAMILY[0]}, line("赵演海", 与户主关系="户主")])
    assert (job.counts["create"], job.counts["fault"]) == (1, 2)


@pytest.mark.article(15)
def test_who_looks_like_somebody_held_is_left_to_a_person(town: Town) -> None:
    person(town, born="1980-02-03", phone="19900004444")
    cells = {"出生日期": "1980-02-03", "联系电话": "19900004444"}
    job = sent(Visitor(town.chen), [line("李演示", **cells), line("王演文", 门牌地址="京东小区9号")])
    assert (job.counts["alike"], job.counts["create"]) == (1, 1)


@pytest.mark.article(20)
def test_who_is_registered_elsewhere_is_not_changed_by_a_file(town: Town) -> None:
    other = town.grid_of("002001")
    values = {"name": "李演示", "number": number_of(date(1980, 2, 3)), "phone": "19900001111"}
    held = register_record(NewRecord("person", other, values), by=town.mei, at=MONDAY)
    job = written(Visitor(town.chen), [FAMILY[0], FAMILY[1]])
    assert (job.counts["fault"], job.counts["create"], job.done) == (1, 1, 1)
    assert held.values.present().get(field="phone").plain() == "19900001111"


@pytest.mark.article(20)
def test_a_file_belongs_to_who_sent_it_and_is_forgotten_after_a_day(town: Town) -> None:
    job = sent(Visitor(town.chen), FAMILY)
    assert Visitor(town.wang).get(f"/registry/import/{job.pk}/").status_code == 404
    assert "李演示" not in repr(PeopleImport.objects.values())
    assert write_people(at=job.ends_at) == 1
    job.refresh_from_db()
    assert (job.status, bytes(job.lines)) == ("expired", b"")
    answer = Visitor(town.chen).post(f"/registry/import/{job.pk}/confirm/")
    assert answer.status_code == 409


@pytest.mark.article(20)
def test_who_only_guides_cannot_send_a_file(town: Town) -> None:
    with refused(NotPermitted):
        KEEPING.require(town.li)
    assert Visitor(town.li).get("/registry/import/").status_code == 403


@pytest.mark.article(15)
def test_a_grid_that_ended_meanwhile_is_counted_as_refused(town: Town) -> None:
    wang = Visitor(town.wang)
    job = sent(wang, FAMILY)
    wang.post(f"/registry/import/{job.pk}/confirm/")
    Grid.objects.filter(pk=town.grid.pk).update(status="retired", retired_on=MONDAY.date())
    write_people(at=LATER)
    job.refresh_from_db()
    assert (job.status, job.counts["refused"], Record.objects.count()) == ("written", 3, 0)
    assert "没有登记" in wang.text(f"/registry/import/{job.pk}/")
