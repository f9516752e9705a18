"""Numbers, codes, days and telephones have one spelling, however people and programs write them."""

from __future__ import annotations

from datetime import date

import pytest

from common.days import day_in
from common.phones import normal_phone, phone_in, to_dial, why_not_desk_phone, why_not_mobile, why_not_phone
from common.typed import code_in, identity_in, reference_in

NEW_YEAR, DECEMBER = date(2025, 1, 1), date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025年1月1日", NEW_YEAR),
        ("2025/1/1", NEW_YEAR),
        ("2025.1.1", NEW_YEAR),
        ("2025-1-1", NEW_YEAR),
        ("２０２５年１月１日", NEW_YEAR),
        (" 2025 年 1 月 1 号 ", NEW_YEAR),
        ("２０２５．０１．０１", NEW_YEAR),
        ("20250101", NEW_YEAR),
        ("2026-12-01 00:00:00", DECEMBER),
        ("2026-12-01T08:30:00.000", DECEMBER),
        ("2026/12/1 8:30", DECEMBER),
        ("2026-11-30T16:00:00Z", DECEMBER),  # midnight in Beijing
        ("2026-12-01T00:00:00+08:00", DECEMBER),
    ],
)
def test_a_day_is_read_as_it_is_written(text: str, day: date) -> None:
    assert day_in(text) == day


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026111", "“2026111”分不清是几月几日"),
        ("202611", "“202611”分不清是几月几日"),
        ("2026-02-30", "“2026-02-30”这一天不存在"),
        ("20261301", "“20261301”这一天不存在"),
        ("26-1-1", "“26-1-1”不是日期"),
        ("1/2/2026", "“1/2/2026”不是日期"),
        ("2026-1/1", "“2026-1/1”不是日期"),
        ("2026年1月", "“2026年1月”不是日期"),
        ("下周一", "“下周一”不是日期"),
        ("9999-12-31T23:00:00Z", "不存在"),
        ("2026-12-01 25:00:00Z", "不存在"),
    ],
)
def test_what_is_no_day_or_could_be_two_is_refused_in_a_sentence_that_shows_it(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        day_in(text)


@pytest.mark.parametrize(
    ("text", "one", "kind"),
    [
        ("199 0000 0903", "19900000903", "mobile"),
        ("199-0000-0904", "19900000904", "mobile"),
        ("+86 199 0000 0905", "19900000905", "mobile"),
        ("+8619900000905", "19900000905", "mobile"),
        ("0086-199-0000-0905", "19900000905", "mobile"),
        ("１９９０００００９０６", "19900000906", "mobile"),
        ("199\u20110000\u20110907", "19900000907", "mobile"),  # hyphens that do not break
        ("0393-6666666", "0393-6666666", "landline"),
        ("（0393）6666666", "0393-6666666", "landline"),
        ("03936666666", "0393-6666666", "landline"),
        ("0393 666 6666", "0393-6666666", "landline"),
        ("+86 393 6666666", "0393-6666666", "landline"),
        ("666-6666", "0393-6666666", "landline"),  # a number of Puyang
        ("010-12345678", "010-12345678", "landline"),
        ("0393-6666666转801", "0393-6666666-801", "landline"),
        ("0393-6666666-801", "0393-6666666-801", "landline"),
        ("0393-6666666 分机 801", "0393-6666666-801", "landline"),
        ("400-820-8820", "400-820-8820", "service"),
        ("４００８２０８８２０", "400-820-8820", "service"),
        ("400 820 8820 转 2", "400-820-8820-2", "service"),
        ("12345", "12345", "short"),
        ("+852 2345 6789", "+852 2345 6789", "foreign"),
    ],
)
def test_a_telephone_has_one_spelling_and_a_kind(text: str, one: str, kind: str) -> None:
    found = phone_in(text)
    assert found is not None and (found.text, found.kind) == (one, kind)
    assert normal_phone(text) == normal_phone(one) == one


@pytest.mark.parametrize(
    "text",
    [
        *("", "123", "1990000777x", "199000009031", "1990000090", "0393-666666", "电话0393-6666666"),
        *("19900000901/19900000902", "19900000901、19900000902", "19900000901转8", "1" * 30, "=1+1"),
    ],
)
def test_no_number_and_two_numbers_are_no_telephone(text: str) -> None:
    assert phone_in(text) is None
    assert (
        why_not_mobile(text) == "手机号应为 11 位数字。" and why_not_phone(text) and why_not_desk_phone(text)
    )


def test_a_mobile_number_field_refuses_other_kinds_by_name() -> None:
    assert why_not_mobile("199 0000 0903") == ""
    assert why_not_mobile("0393-6666666") == "这是座机号码，这里要填 11 位手机号。"
    assert why_not_mobile("400-820-8820") == "这是服务号码，这里要填 11 位手机号。"
    assert why_not_phone("0393-6666666") == why_not_phone("400-820-8820") == ""
    assert why_not_phone("12345") and not why_not_desk_phone("12345")


def test_a_link_dials_the_extension_after_a_pause() -> None:
    assert to_dial("0393-6666666-801") == "0393-6666666,801"
    assert to_dial("400-820-8820-2") == "400-820-8820,2"
    assert to_dial("0393-6666666") == "0393-6666666"
    assert (to_dial("19900000903"), to_dial("12345")) == ("19900000903", "12345")
    assert to_dial("+852 2345 6789") == "+85223456789"


def test_codes_and_identity_numbers_lose_their_width_and_their_spaces() -> None:
    assert code_in("４１０９０２ 001 001") == "410902001001"
    assert code_in("６－１２") == code_in("6—12") == "6-12"
    assert reference_in("街办（２０２６） Ｎｏ．３号") == "街办（2026） No．3号"
    assert identity_in(" 410999 1990 0101 001ｘ\u200b") == "41099919900101001X"
