"""Telephone, identity and card numbers in free text are found, however written; codes, dates and hotlines are not."""

from __future__ import annotations

import sys
from time import process_time

import pytest

from common.privacy.redaction import find_personal, redacted, words_of
from tests.common.texts import Text, corpus

SEED, SIZE = 20261123, 10_000


def misses(sample: Text) -> list[str]:
    found = find_personal(sample.text)
    return [
        sample.text[each.start : each.end]
        for each in sample.planted
        if not any(one.start <= each.start and one.end >= each.end for one in found)
    ]


@pytest.mark.slow
@pytest.mark.article(20)
def test_of_10000_texts_nearly_all_numbers_are_found_and_nearly_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    texts = corpus(seed=SEED, size=SIZE)
    planted = [each for sample in texts for each in sample.planted]
    clean = [sample for sample in texts if not sample.planted]
    missed = [word for sample in texts for word in misses(sample)]
    alarms = [sample.text for sample in clean if find_personal(sample.text)]
    recall, false = 1 - len(missed) / len(planted), len(alarms) / len(clean)
    summary = f"{SIZE} texts, {len(planted)} numbers, recall {recall:.2%}, false alarms {false:.2%}"
    with capsys.disabled():
        sys.stdout.write(f"\nredaction: {summary}\n")
    assert (len(clean), len({each.kind for each in planted})) == (SIZE // 2, 4)
    assert len(planted) > SIZE // 2
    assert recall >= 0.99, missed[:20]
    assert false <= 0.005, alarms[:20]


@pytest.mark.article(20)
def test_what_is_masked_once_stays_so_and_nothing_else_is_touched() -> None:
    for sample in corpus(seed=SEED + 1, size=1500):
        once = redacted(sample.text)
        assert redacted(once) == once
        assert find_personal(once) == ()
        kept, at = [], 0
        for found in find_personal(sample.text):
            kept.append(sample.text[at : found.start])
            at = found.end
        kept.append(sample.text[at:])
        place = 0
        for piece in kept:
            place = once.index(piece, place) + len(piece)


@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("text", "number", "kind", "shown"),
    [
        ("请打１３８－１２３４－５６７８。", "１３８－１２３４－５６７８", "mobile", "138****5678"),
        ("全角，（０３９３）４４１２３４５", "（０３９３）４４１２３４５", "landline", "039****2345"),
        ("我+86 138 1234 5678", "+86 138 1234 5678", "mobile", "138****5678"),
        ("一三八零零一三八零零零找我", "一三八零零一三八零零零", "mobile", "138****8000"),
        ("家里电话：8812345", "8812345", "landline", "*****45"),
        ("本人11010519491231002Ｘ", "11010519491231002Ｘ", "id_number", "110***********002X"),
        ("号110105 19491231 002x。", "110105 19491231 002x", "id_number", "110***********002X"),
        ("身份证410901850505432", "410901850505432", "id_number", "410***********5432"),
        ("打到4111 1111 1111 1111", "4111 1111 1111 1111", "bank_card", "****1111"),
    ],
)
def test_positions_kinds_and_masks(text: str, number: str, kind: str, shown: str) -> None:
    (found,) = find_personal(text)
    assert text[found.start : found.end] == number
    assert (found.kind, found.masked) == (kind, shown)
    assert redacted(text) == text.replace(number, shown)


@pytest.mark.article(20)
@pytest.mark.parametrize(
    "text",
    [
        "网格编码410902001001003，微网格41090200100100301",
        "410902001001003 等 12 个网格",
        "区划代码410902001001",
        "事项20261123-000123、方案410902-2026-001、申请SX-410902-2026-012",
        "豫政〔2026〕12号、濮政办〔2026〕138号",
        "2026-11-23 13:00 至 2026-12-08 18:30",
        "13812345678元、15 000 000 000 元",
        "火警119，热线12345，客服400-618-1234",
        "值班电话0393-4412345，监督电话：（0393）8812345",
        "东经115.1381234567",
        "订单号4111111111111111",
        "138****5678、****1111",
    ],
)
def test_codes_dates_amounts_and_public_lines_are_left_alone(text: str) -> None:
    assert find_personal(text) == ()


@pytest.mark.article(20)
def test_a_wrong_check_digit_counts_where_the_words_say_what_it_is() -> None:
    assert find_personal("代号110105194912310021") == ()
    assert words_of(find_personal("身份证号110105194912310021")) == "身份证号 110***********0021"


@pytest.mark.article(20)
@pytest.mark.parametrize("row", ["1 ", "2-", "13 ", "一三八", "6222-", "(0393)", "138 1234 ", "13812345678 "])
def test_the_longest_body_of_digits_is_read_in_a_moment(row: str) -> None:
    """64 kB is the longest body of the API; no request takes three seconds."""
    start = process_time()
    find_personal(row * (64_000 // len(row)))
    assert process_time() - start < 3


@pytest.mark.article(20)
def test_two_identity_numbers_in_single_digits_are_found_one_after_the_other() -> None:
    number = " ".join("11010519491231002X")
    assert [found.kind for found in find_personal(f"{number} {number}")] == ["id_number", "id_number"]
