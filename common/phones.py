"""Reads telephone numbers as people write them, and tells their kinds apart. Pure.

``phonenumbers`` knows area codes, services and other countries. A mobile number is known by its shape alone: new
ranges are given out before any library knows them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from common.typed import DASHES, code_in, plain

MOBILE, LANDLINE, SERVICE, SHORT, FOREIGN = "mobile", "landline", "service", "short", "foreign"
HERE, COUNTRY_CODE, AREA = "CN", 86, "0393"
LONGEST = 20  # characters of a number in its one spelling
LONGEST_TYPED = 40
MOBILE_SHAPE = re.compile(r"1[3-9]\d{9}")
SHORT_SHAPE = re.compile(r"11\d|12[0-2]|1[02]\d{3}|9[56]\d{3,4}")  # 110, 12345, 95598
LOCAL_SHAPE = re.compile(r"[2-8]\d{6}")  # a number of Puyang without its area code
WRITTEN = re.compile(r"\+?[\d() .-]+")
EXTENSION = re.compile(
    r"(?P<number>.*\d\)?) ?(?:转|分机|ext\.?|[x#,]) ?(?P<extension>\d{1,6})", re.IGNORECASE
)
LAST_GROUP = re.compile(r"(?P<number>.*\d)[- ](?P<extension>\d{1,6})")
NOT_MOBILE = "手机号应为 11 位数字。"
IS_LANDLINE = "这是座机号码，这里要填 11 位手机号。"
IS_SERVICE = "这是服务号码，这里要填 11 位手机号。"
NOT_A_PHONE = "电话号码不对。手机号 11 位；座机写上区号，如 0393-6666666；也可以填 400 电话。"


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in its one spelling, and its kind."""

    text: str
    kind: str


def phone_in(text: str) -> Phone | None:
    """The one number that a text names, or None.

    A mobile number is 19900000901, a landline 0393-6666666, with an extension 0393-6666666-801, a service
    400-820-8820, a number of another country +852 2345 6789.
    """
    digits = code_in(text)
    if MOBILE_SHAPE.fullmatch(digits):
        return Phone(digits, MOBILE)
    if SHORT_SHAPE.fullmatch(digits):
        return Phone(digits, SHORT)
    typed = plain(text).translate(DASHES)
    split = EXTENSION.fullmatch(typed)
    if split:
        return _with_extension(split["number"], split["extension"])
    found = _number(typed)
    if found is None and (split := LAST_GROUP.fullmatch(typed)):
        return _with_extension(split["number"], split["extension"])
    return found


def _with_extension(typed: str, extension: str) -> Phone | None:
    found = _number(typed)
    if found is None or found.kind not in (LANDLINE, SERVICE):
        return None
    text = f"{found.text}-{extension}"
    return Phone(text, found.kind) if len(text) <= LONGEST else None


def _number(typed: str) -> Phone | None:
    if not WRITTEN.fullmatch(typed) or len(typed) > LONGEST_TYPED:
        return None  # the library would take the first of two numbers, or letters as keys of a telephone
    if LOCAL_SHAPE.fullmatch(code_in(typed).replace("-", "")):
        typed = AREA + typed
    try:
        found = phonenumbers.parse(typed, HERE)
    except phonenumbers.NumberParseException:
        return None
    national = str(found.national_number)
    if found.country_code != COUNTRY_CODE:
        written = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        is_number = phonenumbers.is_valid_number(found) and len(written) <= LONGEST
        return Phone(written, FOREIGN) if is_number else None
    if MOBILE_SHAPE.fullmatch(national):
        return Phone(national, MOBILE)
    if not phonenumbers.is_valid_number(found):
        return None
    area = phonenumbers.length_of_geographical_area_code(found)
    if area:
        return Phone(f"0{national[:area]}-{national[area:]}", LANDLINE)
    if len(national) == 10:
        return Phone(f"{national[:3]}-{national[3:6]}-{national[6:]}", SERVICE)
    return Phone(national, SERVICE)


def normal_phone(text: str) -> str:
    """A telephone number in its one spelling; a text that is no number stays as it is, in half-width characters."""
    found = phone_in(text)
    return found.text if found else plain(text)


def why_not_phone(text: str) -> str:
    """What is wrong with a number under which a person is called, as a sentence; empty if it is valid."""
    found = phone_in(text)
    return "" if found and found.kind != SHORT else NOT_A_PHONE


def why_not_desk_phone(text: str) -> str:
    """What is wrong with the number of an office, which may be a short one such as 12345, as a sentence."""
    return "" if phone_in(text) else NOT_A_PHONE


def why_not_mobile(text: str) -> str:
    """What is wrong with a mobile number, as a sentence; empty if it is valid."""
    found = phone_in(text)
    if found is None:
        return NOT_MOBILE
    return {MOBILE: "", LANDLINE: IS_LANDLINE, SERVICE: IS_SERVICE, SHORT: IS_SERVICE}.get(
        found.kind, NOT_MOBILE
    )


def to_dial(text: str) -> str:
    """A stored number as a telephone dials it: an extension after a pause."""
    found = phone_in(text)
    parts = text.split("-")
    most = {LANDLINE: 2, SERVICE: 3}.get(found.kind, len(parts)) if found else len(parts)
    return ",".join(("-".join(parts[:most]), *parts[most:])).replace(" ", "")
