"""docs/security.md names code that exists, has every requirement, and says whether each is met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from puyang_grid.addresses import BASE_DIR
from tests.architecture.named_places import NAMED, is_there
from tests.faults import assert_none

STATES = ("holds", "partly", "does not hold", "does not apply")
# ASVS 5.0.0: by section, the level of each requirement in its order.
LEVELS = {
    "V1.1": "22", "V1.2": "1111122223", "V1.3": "112222222223", "V1.4": "222", "V1.5": "123",
    "V2.1": "122", "V2.2": "112", "V2.3": "12223", "V2.4": "23",
    "V3.1": "3", "V3.2": "113", "V3.3": "12223", "V3.4": "11222233", "V3.5": "11122333", "V3.6": "3", "V3.7": "22333",
    "V4.1": "12233", "V4.2": "23333", "V4.3": "22", "V4.4": "1222",
    "V5.1": "2", "V5.2": "112333", "V5.3": "113", "V5.4": "222",
    "V6.1": "122", "V6.2": "111111112222", "V6.3": "11223333", "V6.4": "112233", "V6.5": "22222333", "V6.6": "2223",
    "V6.7": "33", "V6.8": "2222",
    "V7.1": "222", "V7.2": "1111", "V7.3": "22", "V7.4": "11222", "V7.5": "223", "V7.6": "22",
    "V8.1": "1233", "V8.2": "1123", "V8.3": "133", "V8.4": "23",
    "V9.1": "111", "V9.2": "1222",
    "V10.1": "22", "V10.2": "223", "V10.3": "22223", "V10.4": "1111122222233333", "V10.5": "22222", "V10.6": "22",
    "V10.7": "222",
    "V11.1": "2233", "V11.2": "22233", "V11.3": "11233", "V11.4": "1222", "V11.5": "23", "V11.6": "23", "V11.7": "33",
    "V12.1": "12233", "V12.2": "11", "V12.3": "22223",
    "V13.1": "2333", "V13.2": "222223", "V13.3": "2233", "V13.4": "1222233",
    "V14.1": "22", "V14.2": "12223333", "V14.3": "122",
    "V15.1": "12233", "V15.2": "12233", "V15.3": "1222222", "V15.4": "3333",
    "V16.1": "2", "V16.2": "22222", "V16.3": "2222", "V16.4": "222", "V16.5": "2223",
    "V17.1": "23", "V17.2": "22223333", "V17.3": "22",
}  # fmt: skip
ASKED = [
    f"{section}.{number}"
    for section, levels in LEVELS.items()
    for number, level in enumerate(levels, start=1)
    if level in "12"
]
# GB/T 22239-2019, third level: the letters of each control.
GRADED = {
    "8.1.4.1": "abcd", "8.1.4.2": "abcdefg", "8.1.4.3": "abcd", "8.1.4.4": "abcdef", "8.1.4.5": "", "8.1.4.6": "",
    "8.1.4.7": "ab", "8.1.4.8": "ab", "8.1.4.9": "abc", "8.1.4.10": "ab", "8.1.4.11": "ab",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    requirements: tuple[str, ...]
    asked: str
    code: tuple[str, ...]
    tests: tuple[str, ...]
    state: str
    why: str


def rows() -> list[Row]:
    """Every row of every table."""
    found = []
    for line in (BASE_DIR / "docs/security.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("|") or line.startswith(("|---", "| Requirement |")):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == 5, line
        names, asked, code, tests, standing = cells
        state, _, why = standing.partition(":")
        found.append(
            Row(
                tuple(names.split(", ")),
                asked,
                tuple(NAMED.findall(code)),
                tuple(NAMED.findall(tests)),
                state.strip(),
                why.strip(),
            )
        )
    return found


ROWS = rows()


def faults_by_row(judge: Callable[[Row], list[str]]) -> dict[str, list[str]]:
    """What is wrong with each row that has a fault, under its first requirement."""
    return {row.requirements[0]: faults for row in ROWS if (faults := judge(row))}


def covered_by(name: str) -> list[str]:
    """What a row's name stands for: one requirement, a section or a chapter."""
    return [asked for asked in ASKED if asked == name or asked.startswith(f"{name}.")]


def test_the_standard_has_as_many_requirements_as_it_says() -> None:
    levels = Counter("".join(LEVELS.values()))
    assert (levels["1"], levels["2"], levels["3"]) == (70, 183, 92)


def test_every_requirement_of_levels_1_and_2_stands_there_once() -> None:
    names = [name for row in ROWS for name in row.requirements if name.startswith("V")]
    assert [name for name in names if not covered_by(name)] == []
    counted = Counter(asked for name in names for asked in covered_by(name))
    assert [asked for asked in ASKED if counted[asked] != 1] == []


def test_every_control_of_the_graded_protection_stands_there_once() -> None:
    names = [name for row in ROWS for name in row.requirements if name.startswith("8.1.4")]
    asked = [
        f"{control} {letter}".strip() for control, letters in GRADED.items() for letter in letters or " "
    ]
    assert names == asked


def test_every_article_of_the_personal_information_law_about_handlers_stands_there_once() -> None:
    names = [name for row in ROWS for name in row.requirements if name.startswith("Art.")]
    articles: list[int] = []
    for name in names:
        first, _, last = name.removeprefix("Art. ").partition("–")
        articles += range(int(first), int(last or first) + 1)
    # 1–4 and 10–12 bind no handler, 27 is about published data, 32 and 37 point at other rules,
    # 53 is for handlers abroad.
    left_out = {10, 11, 12, 27, 32, 37, 53}
    assert articles == [number for number in range(5, 59) if number not in left_out]


def what_it_does_not_say(row: Row) -> list[str]:
    return [
        fault
        for fault, is_true in (
            ("says nothing of what is asked", not row.asked.strip(" –")),
            (f"state: {row.state}", row.state not in STATES),
            (
                "says why it does not hold, if and only if it does not",
                bool(row.why) == (row.state == "holds"),
            ),
        )
        if is_true
    ]


def what_is_missing(row: Row) -> list[str]:
    tests = [test for test in row.tests if not (test.startswith("tests/") and (BASE_DIR / test).is_file())]
    return [place for place in row.code if not is_there(place)] + tests


def what_is_not_shown(row: Row) -> list[str]:
    """A row that holds names code, and a test unless all it names are documents."""
    if row.state != "holds":
        return []
    is_shown = bool(row.tests) or all(place.startswith("docs/") for place in row.code)
    return [*(["no code"] if not row.code else []), *(["no test"] if not is_shown else [])]


def test_a_row_says_whether_it_holds_and_what_is_missing() -> None:
    assert_none(faults_by_row(what_it_does_not_say))


def test_what_a_row_names_exists() -> None:
    assert_none(faults_by_row(what_is_missing))


def test_what_holds_is_shown_by_a_test_or_is_a_document() -> None:
    assert_none(faults_by_row(what_is_not_shown))


@pytest.mark.parametrize(
    ("row", "judge"),
    [
        (Row(("V1.1.1",), "–", ("common/web/doors.py",), (), "holds", ""), what_it_does_not_say),
        (Row(("V1.1.1",), "asked", (), (), "perhaps", "so"), what_it_does_not_say),
        (Row(("V1.1.1",), "asked", (), (), "partly", ""), what_it_does_not_say),
        (Row(("V1.1.1",), "asked", ("common/nowhere.py",), (), "holds", ""), what_is_missing),
        (Row(("V1.1.1",), "asked", ("common/web/doors.py:nothing",), (), "holds", ""), what_is_missing),
        (Row(("V1.1.1",), "asked", (), ("tests/nowhere.py",), "holds", ""), what_is_missing),
        (Row(("V1.1.1",), "asked", (), (), "holds", ""), what_is_not_shown),
        (Row(("V1.1.1",), "asked", ("common/web/doors.py",), (), "holds", ""), what_is_not_shown),
    ],
)
def test_each_rule_notices_its_breach(row: Row, judge: Callable[[Row], list[str]]) -> None:
    assert judge(row)
