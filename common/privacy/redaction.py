"""Finds telephone, identity and bank card numbers in free Chinese text, and masks them (Art. 20, 26). Pure.

Digits are read in groups, so a number is found in every form: full-width, in blocks of four, with dashes. Identity
numbers and cards are recognised by their check digits, telephone numbers by their shape, old identity numbers by their
birthday; if a shape fits two kinds, the text before the number decides. Public service numbers (12345, 400, a duty
room's line) and codes of grids, cases and documents are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from common.privacy.check_digits import check_digit, is_luhn
from common.privacy.masking import mask

# Each character is replaced by exactly one, so that positions in both texts are the same.
FULL_WIDTH = {ord("０") + number: str(number) for number in range(10)}
LETTERS = {ord("Ｘ"): "X", ord("ｘ"): "X", ord("x"): "X", ord("＋"): "+", ord("（"): "(", ord("）"): ")"}
DASHES = dict.fromkeys(map(ord, "－–—―‐‑‒−﹣_·•・．"), "-")
SPACES = dict.fromkeys(map(ord, "\u3000\u00a0\u2002\u2003\u2009\u202f\t"), " ")
PLAIN = FULL_WIDTH | LETTERS | DASHES | SPACES
SPOKEN = {ord(word): str(number) for number, word in enumerate("〇一二三四五六七八九")} | {
    ord("零"): "0", ord("幺"): "1", ord("壹"): "1", ord("贰"): "2", ord("叁"): "3", ord("肆"): "4", ord("伍"): "5",
    ord("陆"): "6", ord("柒"): "7", ord("捌"): "8", ord("玖"): "9",
}  # fmt: skip
SPOKEN_RUN = re.compile(f"[{''.join(map(chr, SPOKEN))}]{{11}}(?:[{''.join(map(chr, SPOKEN))}]{{7}})?X?")

ANY_DIGIT, FEWEST_DIGITS = re.compile(f"[\\d{''.join(map(chr, SPOKEN))}]"), 7
GROUP = re.compile(r"\d+")
BETWEEN = re.compile(r"[ -]{1,3}")  # what may stand between two groups of one number
IN_BRACKETS = re.compile(r"\)?[ -]{0,2}")  # after an area code
LONGEST_NUMBER, LONGEST_CONTEXT, LONGEST_ROW = 19, 14, 40

PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
# A 15-digit number with a birthday looks like the township and village in a grid code; below this year only words help.
OLD_NUMBERS_FROM = 37
CARDS = {16: re.compile(r"4(?!109)|5[1-5]|62|60|35"), 17: re.compile("62"), 18: re.compile("62")}
CARDS |= {19: re.compile("62|9558|95599|601|621|436742|4563|690755")}
MOBILE = re.compile(r"1[3-9]\d{9}")
MOBILE_SHAPES = frozenset(
    ((11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3), (5, 6), (6, 5), (5, 3, 3), (3, 2, 2, 2, 2))
)  # fmt: skip
LANDLINE = re.compile(r"0(?:10|2\d)[2-9]\d{7}|0[3-9]\d{2}[2-9]\d{6,7}")
LOCAL = re.compile(r"[2-9]\d{6,7}")

ABOUT_IDENTITY = re.compile(r"身份证|证件号|公民身份")
ABOUT_CARD = re.compile(
    r"卡号|银行|账号|帐号|账户|储蓄|存折|信用卡|社保卡|工行|农行|建行|中行|邮储|农商|信用社|打款|汇款|转账"
)
ABOUT_PHONE = re.compile(r"电话|座机|固话|家里|宅电|联系方式|致电|号码")
# A public line: people need to read its number.
FOR_EVERYBODY = re.compile(
    r"(?:值班|监督|举报|投诉|咨询|服务|热线|办公|工作|公开|便民|报修|抢修|维修|客服|急救|报警|求助|受理|值守|调度|物业电话)"
    r"(?:室|部|处|中心|台)?的?(?:联系)?(?:电话|热线|座机|号码|专线)?(?:号码)?(?:是|为|：|:)?\s*[(]?$"
)
A_CODE = re.compile(
    r"(?:编码|代码|编号|文号|单号|案号|档案号|流水号|批次?号|表号|户号|学号|工号|票号|车架号|设备号|地块|宗地|图斑|序号|件号|证号|条码)"
    r"(?:是|为|：|:)?\s*$"
)
OF_A_GRID = re.compile(
    r"[)\s]*(?:号|的)?(?:微|专属)?网格(?:是|为|：|:|[(\s])*$|^[)\s]*(?:号|的)?(?:微|专属)?网格"
)
AN_AMOUNT = re.compile(r"\s?(?:[.]\d|元|万元|亿元|平方|平米|㎡|亩|吨|公里|立方|户(?!主|口|籍)|%|％)")


@dataclass(frozen=True)
class Found:
    """One number: its position, its kind and its masked form."""

    start: int
    end: int
    kind: str
    masked: str

    @property
    def first(self) -> int:
        """The position of its first character in the text, counted from 1."""
        return self.start + 1

    @property
    def word(self) -> str:
        """The name of its kind on a page."""
        return WORDS[self.kind]


HIDDEN = "****"
WORDS = {"mobile": "手机号", "landline": "电话号码", "id_number": "身份证号", "bank_card": "银行卡号"}
MASK_OF = {"mobile": "phone", "landline": "phone", "id_number": "id_number", "bank_card": "bank_card"}


@dataclass(frozen=True)
class _Group:
    """A run of digits that stands alone: not part of a word, not the rest of a masked number."""

    start: int
    end: int
    digits: str


def find_personal(text: str) -> tuple[Found, ...]:
    """Return every personal number in a text, from left to right; the cost is linear in the length of the text."""
    if len(ANY_DIGIT.findall(text)) < FEWEST_DIGITS:
        return ()
    plain = text.translate(PLAIN)
    found = [
        Found(start, end, kind, mask(digits, kind=MASK_OF[kind]))
        for kind, (start, end, digits) in _written_in_digits(plain)
    ]
    taken = {place for each in found for place in range(each.start, each.end)}
    found += (each for each in _spoken(plain) if each.start not in taken)
    return tuple(sorted(found, key=lambda each: each.start))


def redacted(text: str) -> str:
    """The text with its personal numbers masked; a second call changes nothing."""
    for found in reversed(find_personal(text)):
        text = f"{text[: found.start]}{found.masked}{text[found.end :]}"
    return text


def without(text: str, known: Iterable[str]) -> str:
    """The text without any personal number and without the known data of a person; no part of either is left."""
    for value in sorted(known, key=len, reverse=True):
        if len(value) > 1:
            text = text.replace(value, HIDDEN)
    for found in reversed(find_personal(text)):
        text = f"{text[: found.start]}{HIDDEN}{text[found.end :]}"
    return text


def words_of(found: tuple[Found, ...]) -> str:
    """The numbers found, masked, as a text: ``手机号 138****5678、身份证号 …``; each once."""
    return "、".join(dict.fromkeys(f"{each.word} {each.masked}" for each in found))


# --- Groups of digits, put together -------------------------------------------------------------------------------

Read = tuple[int, int, str]  # start, end, and digits
Reader = Callable[[str, list[_Group]], Read | None]


def _written_in_digits(plain: str) -> Iterator[tuple[str, Read]]:
    """The numbers that the readers find in the groups, one reader after the other; each group is used once."""
    groups = [
        _Group(each.start(), each.end(), each[0])
        for each in GROUP.finditer(plain)
        if "*" not in plain[max(each.start() - 1, 0) : each.end() + 1]
    ]
    runs, is_used = _runs(plain, groups), bytearray(len(groups))
    for kind, reads, lengths in READERS:
        for at in range(len(groups)):
            for last, length in runs[at]:
                if length not in lengths or any(is_used[at : last + 1]):
                    continue
                if (read := reads(plain, groups[at : last + 1])) is not None:
                    is_used[at : last + 1] = b"\x01" * (last + 1 - at)
                    yield kind, read
                    break


def _runs(plain: str, groups: list[_Group]) -> list[list[tuple[int, int]]]:
    """For each group, the ends of the runs that could be one number, with their digits; the longest first."""
    gaps = [plain[a.end : min(b.start, a.end + 5)] for a, b in pairwise(groups)]
    linked = [bool(BETWEEN.fullmatch(gap)) for gap in gaps]
    found: list[list[tuple[int, int]]] = []
    endless = _endless(groups, linked)
    for at, first in enumerate(groups):
        length, last, here = len(first.digits), at, []
        while at not in endless and length <= LONGEST_NUMBER:
            here.append((last, length))
            if last == len(gaps) or not (linked[last] or (last == at and IN_BRACKETS.fullmatch(gaps[last]))):
                break
            last += 1
            length += len(groups[last].digits)
        found.append([run for run in reversed(here) if run[1] >= FEWEST_DIGITS])
    return found


def _endless(groups: list[_Group], linked: list[bool]) -> set[int]:
    """Groups inside a long row of groups of one or two digits, such as 1-2-3-4-…, which is not a number."""
    found: set[int] = set()
    start = 0
    for at, group in enumerate(groups):
        if len(group.digits) > 2:
            start = at + 1
        elif at + 1 == len(groups) or not linked[at] or len(groups[at + 1].digits) > 2:
            if at + 1 - start > LONGEST_ROW:
                found.update(range(start, at + 1))
            start = at + 1
    return found


def _joined(groups: list[_Group]) -> str:
    return "".join(group.digits for group in groups)


def _before(plain: str, start: int) -> str:
    """The text before a number: back to the last number or the end of a clause."""
    words = re.split(r"[\d*，,。；;、！？!?\n]", plain[max(start - LONGEST_CONTEXT, 0) : start])[-1]
    return words.rstrip("+")


def _after(plain: str, end: int) -> str:
    return plain[end : end + LONGEST_CONTEXT]


def _identity(plain: str, groups: list[_Group]) -> Read | None:
    digits, start, end = _joined(groups), groups[0].start, groups[-1].end
    if len(digits) == 17 and (last := re.match(r"[ -]?X(?![A-Za-z])", _after(plain, end))):
        digits, end = f"{digits}X", end + last.end()
    if len(digits) != 18 or not PROVINCES.match(digits) or not _is_day(digits[6:14]):
        return None
    if check_digit(digits[:17]) != digits[17] and not ABOUT_IDENTITY.search(_before(plain, start)):
        return None
    return start, end, digits


def _old_identity(plain: str, groups: list[_Group]) -> Read | None:
    digits, start = _joined(groups), groups[0].start
    if len(digits) != 15 or not PROVINCES.match(digits) or not _is_day(f"19{digits[6:12]}"):
        return None
    end, before = groups[-1].end, _before(plain, start)
    if not ABOUT_IDENTITY.search(before):
        is_grid = OF_A_GRID.search(before) or OF_A_GRID.match(_after(plain, end))
        if int(digits[6:8]) < OLD_NUMBERS_FROM or A_CODE.search(before) or is_grid:
            return None
    return start, end, digits


def _card(plain: str, groups: list[_Group]) -> Read | None:
    digits, start, end = _joined(groups), groups[0].start, groups[-1].end
    before = _before(plain, start)
    if not CARDS[len(digits)].match(digits) and not ABOUT_CARD.search(before):
        return None
    return None if not is_luhn(digits) or A_CODE.search(before) else (start, end, digits)


def _mobile(plain: str, groups: list[_Group]) -> Read | None:
    if groups[0].digits[0] not in "108":
        return None
    digits, shape = _joined(groups), tuple(len(group.digits) for group in groups)
    start, end = groups[0].start, groups[-1].end
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and MOBILE.fullmatch(digits[len(prefix) :]):
            rest = shape[1:] if shape[0] == len(prefix) else (shape[0] - len(prefix), *shape[1:])
            shape, digits = rest, digits[len(prefix) :]
            break
    is_grouped = shape in MOBILE_SHAPES or max(shape) <= 2
    if not MOBILE.fullmatch(digits) or not is_grouped or AN_AMOUNT.match(_after(plain, end)):
        return None
    if re.search(r"\d\d\.$", plain[max(start - 3, 0) : start]) or _is_in_word(plain, start, end):
        return None
    before = _before(plain, start)
    return None if A_CODE.search(before) else (_with_plus(plain, start), end, digits)


def _landline(plain: str, groups: list[_Group]) -> Read | None:
    if len(groups) > 4 or groups[0].digits[0] not in "023456789":  # prefixes such as 86 begin with 8 or 0
        return None
    digits, start, end = _joined(groups), groups[0].start, groups[-1].end
    before = _before(plain, start)
    if FOR_EVERYBODY.search(before) or A_CODE.search(before):
        return None
    if AN_AMOUNT.match(_after(plain, end)) or _is_in_word(plain, start, end):
        return None
    for prefix in ("0086", "86"):
        is_apart = len(groups[0].digits) == len(prefix) or plain[start - 1 : start] == "+"
        if digits.startswith(prefix) and is_apart:
            rest = digits.removeprefix(prefix)
            digits = rest if rest.startswith("0") else f"0{rest}"
            break
    if LANDLINE.fullmatch(digits):
        opening = 1 if plain[start - 1 : start] == "(" and ")" in plain[start:end] else 0
        return _with_plus(plain, start - opening), end, digits
    if LOCAL.fullmatch(digits) and len(groups) <= 2 and ABOUT_PHONE.search(before) and _ends_so(before):
        return start, end, digits
    return None


READERS: tuple[tuple[str, Reader, frozenset[int]], ...] = (
    ("id_number", _identity, frozenset((17, 18))),
    ("bank_card", _card, frozenset(CARDS)),
    ("mobile", _mobile, frozenset((11, 13, 15))),  # 11 digits, or 13 and 15 with 86 or 0086
    ("landline", _landline, frozenset(range(7, 17))),
    ("id_number", _old_identity, frozenset((15,))),
)


def _spoken(plain: str) -> Iterator[Found]:
    """Find numbers written in Chinese digits: 一三八…"""
    for run in SPOKEN_RUN.finditer(plain):
        digits = run[0].translate(SPOKEN)
        alone = [_Group(0, len(digits.rstrip("X")), digits.rstrip("X"))]
        for kind, reads in (("id_number", _identity), ("mobile", _mobile)):
            if reads(digits, alone) is not None:
                yield Found(run.start(), run.end(), kind, mask(digits, kind=MASK_OF[kind]))
                break


def _is_day(digits: str) -> bool:
    """Whether eight digits are a possible birthday of a living person."""
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1900 <= born.year <= 2100


def _is_in_word(plain: str, start: int, end: int) -> bool:
    """Whether Latin letters stand on both sides, as in a hash, a number plate or a model name."""
    return bool(
        re.search(r"[A-Za-z]$", plain[max(start - 1, 0) : start])
        and re.match(r"[A-Za-z]", _after(plain, end))
    )


def _with_plus(plain: str, start: int) -> int:
    return start - 1 if plain[start - 1 : start] == "+" else start


def _ends_so(before: str) -> bool:
    """Whether a clause ends with words that announce a number: 电话, 家里电话是, 联系电话："""
    return bool(re.search(r"(?:电话|座机|固话|宅电|号码|联系方式|致电)(?:号码|是|为|：|:|\s|[(])*$", before))
