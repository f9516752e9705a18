"""Numbers of residents and organizations: a library agrees, and every wrong one gets its sentence (Art. 15)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from stdnum.cn import ric, uscc

from common.privacy.check_digits import check_digit
from registry.documents import (
    CITIZEN,
    CREDIT_LETTERS,
    NONE,
    PASSPORT,
    PERMANENT,
    RESIDENCE,
    born_by,
    credit_check,
    credit_code_fault,
    document_fault,
)

TODAY = date(2026, 11, 16)


def made(place: str, born: date, serial: int) -> str:
    """A number of no person: its place is 410999, which is no county."""
    first = f"{place}{born:%Y%m%d}{serial:03d}"
    return first + check_digit(first)


@pytest.mark.article(15)
def test_an_outside_library_agrees_about_numbers_of_citizens() -> None:
    """The library refuses people born before their county had its code (findings); their check digits it knows."""
    random = Random(14)
    for _ in range(3000):
        born = date(1930, 1, 1) + timedelta(days=random.randrange(35_000))
        number = made("410928", born, random.randrange(1000))
        spoilt = number[:16] + str(random.randrange(10)) + number[17]
        for each in (number, spoilt):
            is_right = ric.is_valid(each) if born.year >= 1987 else ric.calc_check_digit(each) == each[17]
            assert (document_fault(CITIZEN, each, today=TODAY) == "") == is_right
        assert born_by(number) == ric.get_birth_date(number)


@pytest.mark.article(15)
def test_an_outside_library_agrees_about_codes_of_organizations() -> None:
    random = Random(15)
    for _ in range(3000):
        first = "91410902" + "".join(random.choice(CREDIT_LETTERS) for _ in range(9))
        code = first + credit_check(first)
        spoilt = code[:12] + random.choice(CREDIT_LETTERS) + code[13:]
        for each in (code, spoilt):
            assert (credit_code_fault(each) == "") == uscc.is_valid(each)


@pytest.mark.article(15)
@pytest.mark.parametrize(
    ("kind", "number", "words"),
    [
        (CITIZEN, made("410999", date(1980, 2, 3), 12)[:-1] + "?", "18 位"),
        (CITIZEN, made("410999", date(1980, 2, 3), 12)[:17] + "0", "校验位"),
        (CITIZEN, "410999800203123", "15 位的旧身份证"),
        (CITIZEN, made("410999", date(2030, 2, 3), 12), "今天以后"),
        (CITIZEN, "41099919800231" + "0011", "不存在"),
        (CITIZEN, "410999198002030000", "四舍五入"),
        (CITIZEN, "4.10999E+17", "四舍五入"),
        (CITIZEN, made("810000", date(1980, 2, 3), 12), "港澳台居民居住证"),
        (CITIZEN, made("911156", date(1980, 2, 3), 12), "外国人永久居留"),
        (CITIZEN, "4109991980", "您填了 10 位"),
        (CITIZEN, "", "没有证件"),
        (RESIDENCE, made("410999", date(1980, 2, 3), 12), "810000"),
        (PERMANENT, "AB123", "9 开头"),
        (PASSPORT, "护照", "字母和数字"),
        (NONE, "123", "留空"),
    ],
)
def test_a_number_that_cannot_be_right_gets_a_sentence(kind: str, number: str, words: str) -> None:
    assert words in document_fault(kind, number, today=TODAY)


@pytest.mark.article(15)
@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (CITIZEN, made("410999", date(1980, 2, 3), 12)),
        (RESIDENCE, made("830000", date(1980, 2, 3), 12)),
        (PERMANENT, made("911156", date(1980, 2, 3), 12)),
        (PERMANENT, "CAN110080101234"),
        (PASSPORT, "E12345678"),
        (NONE, ""),
    ],
)
def test_every_kind_of_document_has_its_numbers(kind: str, number: str) -> None:
    assert document_fault(kind, number, today=TODAY) == ""
