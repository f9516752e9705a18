"""Identity documents of residents and codes of organizations: their one spelling, and what is wrong with one. Pure.

Nothing is corrected in silence: what cannot be read is refused with a sentence, and the text stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from common.privacy.check_digits import check_digit

CITIZEN, RESIDENCE, PERMANENT, PASSPORT, NONE = "citizen", "residence", "permanent", "passport", "none"
DOCUMENTS = {
    CITIZEN: "居民身份证",
    RESIDENCE: "港澳台居民居住证",
    PERMANENT: "外国人永久居留身份证",
    PASSPORT: "护照",
    NONE: "没有证件或不便提供",
}
CITIZEN_SHAPE = re.compile(r"[1-9]\d{16}[\dX]")
OLD_SHAPE = re.compile(r"[1-9]\d{14}")
ROUNDED = re.compile(r"[1-9]\d{14}0{3}|[1-9](\.\d+)?E\+?1[4-7]")
RESIDENCE_PREFIXES = ("810000", "820000", "830000")
PERMANENT_NEW = re.compile(r"9\d{16}[\dX]")
PERMANENT_OLD = re.compile(r"[A-Z]{3}\d{12}")
PASSPORT_SHAPE = re.compile(r"[A-Z0-9]{5,17}")
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_SHAPE = re.compile(rf"[1-9A-HJ-NP-RTUWXY][{CREDIT_LETTERS}]\d{{6}}[{CREDIT_LETTERS}]{{10}}")
CREDIT_WEIGHTS = tuple(3**place % 31 for place in range(17))
OLDEST = date(1900, 1, 1)


ROUNDED_SENTENCE = (
    "这个证件号码像是电子表格四舍五入过的，后几位已经丢了。请把这一列改成文本格式，按证件重新填写。"
)
OLD_SENTENCE = (
    "这是 15 位的旧身份证号码，2013 年起停止使用。请按现在的 18 位身份证填写；没有的，证件类型选“没有证件”。"
)


def document_fault(kind: str, number: str, *, today: date) -> str:
    """Returns what is wrong with a document's number, as a sentence; empty if it is valid.

    ``number`` is in its one spelling (:func:`common.typed.identity_in`). GB 11643-1999 for citizens and for
    residence permits of Hong Kong, Macao and Taiwan residents; permits for permanent residence of foreigners have 18
    characters that begin with 9 since 2023, or three letters and twelve digits before.
    """
    if kind == NONE:
        return "选了“没有证件”，号码请留空。" if number else ""
    if not number:
        return "请填写证件号码；确实没有的，证件类型选“没有证件”。"
    return CHECKS[kind](number, today)


def _citizen(number: str, today: date) -> str:
    if number[:6] in RESIDENCE_PREFIXES:
        return "这是港澳台居民居住证的号码，证件类型请选“港澳台居民居住证”。"
    if PERMANENT_NEW.fullmatch(number) or PERMANENT_OLD.fullmatch(number):
        return "这是外国人永久居留身份证的号码，证件类型请选“外国人永久居留身份证”。"
    return _eighteen(number, today)


def _eighteen(number: str, today: date) -> str:
    if OLD_SHAPE.fullmatch(number):
        return OLD_SENTENCE
    if ROUNDED.fullmatch(number) and not _is_valid_eighteen(number):
        return ROUNDED_SENTENCE
    if not CITIZEN_SHAPE.fullmatch(number):
        return f"证件号码应为 18 位，最后一位可以是 X；您填了 {len(number)} 位。"
    born = born_by(number)
    if born is None:
        return "证件号码里的出生日期不存在，请核对有没有写错数字。"
    if born > today:
        return "证件号码里的出生日期在今天以后，请核对有没有写错数字。"
    if born < OLDEST:
        return "证件号码里的出生日期早于 1900 年，请核对有没有写错数字。"
    return "" if check_digit(number[:17]) == number[17] else "证件号码的校验位不对，请核对有没有写错数字。"


def _is_valid_eighteen(number: str) -> bool:
    return bool(CITIZEN_SHAPE.fullmatch(number)) and check_digit(number[:17]) == number[17]


def _residence(number: str, today: date) -> str:
    if CITIZEN_SHAPE.fullmatch(number) and number[:6] not in RESIDENCE_PREFIXES:
        return "港澳台居民居住证的号码以 810000、820000 或 830000 开头；别的号码请选对应的证件类型。"
    return _eighteen(number, today)


def _permanent(number: str, today: date) -> str:
    if PERMANENT_OLD.fullmatch(number):
        return ""
    if not PERMANENT_NEW.fullmatch(number):
        return "外国人永久居留身份证的号码是 9 开头的 18 位，旧证是 3 个字母加 12 位数字。"
    return _eighteen(number, today)


def _passport(number: str, today: date) -> str:
    if PASSPORT_SHAPE.fullmatch(number) and any(sign.isdigit() for sign in number):
        return ""
    return "护照号码是 5 到 17 位的字母和数字。"


CHECKS: dict[str, Callable[[str, date], str]] = {
    CITIZEN: _citizen,
    RESIDENCE: _residence,
    PERMANENT: _permanent,
    PASSPORT: _passport,
}


def born_by(number: str) -> date | None:
    """Returns the date of birth in an 18-character number; None for another number or a day that does not exist."""
    if not CITIZEN_SHAPE.fullmatch(number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_by(number: str) -> str:
    """Returns ``male`` or ``female`` by an 18-character number, empty for another one."""
    if not CITIZEN_SHAPE.fullmatch(number):
        return ""
    return "male" if int(number[16]) % 2 else "female"


def credit_code_fault(code: str) -> str:
    """Returns what is wrong with a unified social credit code (GB 32100-2015), as a sentence; empty if valid."""
    if len(code) == 18 and ROUNDED.fullmatch(code) and credit_check(code) != code[17]:
        return ROUNDED_SENTENCE.replace("证件号码", "信用代码").replace("证件", "执照")
    if not CREDIT_SHAPE.fullmatch(code):
        return "统一社会信用代码是 18 位数字和大写字母，没有 I、O、S、V、Z。"
    return "" if credit_check(code) == code[17] else "统一社会信用代码的校验位不对，请对照执照核对。"


def credit_check(code: str) -> str:
    """Returns the check character for the first 17 characters of a unified social credit code."""
    total = sum(
        CREDIT_LETTERS.index(sign) * weight for sign, weight in zip(code[:17], CREDIT_WEIGHTS, strict=True)
    )
    return CREDIT_LETTERS[-total % 31]
