"""The visual law a machine can check: contrast of the tokens, weight of the style, nothing inline."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from puyang_grid.addresses import BASE_DIR
from tests.architecture.sources import TEMPLATES, faults_by_file, text_of
from tests.faults import assert_none

STYLES = sorted((BASE_DIR / "static" / "css").glob("*.css"))
MODULES = sorted((BASE_DIR / "static" / "js").glob("*.js"))
TOKENS = (BASE_DIR / "static" / "css" / "tokens.css").read_text()

READ_ON_PAPER = ("ink", "ink-2", "accent", "ok", "near", "late", "supervise")
BACKGROUNDS = ("paper", "desk", "accent-weak")


def tokens_of(selector: str) -> dict[str, str]:
    """The colours that one block of tokens.css defines."""
    block = re.search(rf"^{re.escape(selector)} \{{(.*?)^\}}", TOKENS, re.S | re.M)
    assert block, selector
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block.group(1)))


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


THEMES = (":root", '[data-theme="wall"]')
NEEDS_AN_EXCEPTION = (
    r"<[^>]+\sstyle=",
    r"<[^>]+\son[a-z]+=",
    r"<script(?![^>]*\ssrc=)",
    r"hx-on",
    r"js:",
    r"hx-trigger=\"[^\"]*\[",
)
MODULE_LIMIT = 150
NOT_IN_A_MODULE = (r"\beval\(", r"new Function", r"innerHTML\s*=", r"https?://")


def patterns_in(text: str, patterns: tuple[str, ...]) -> list[str]:
    return [pattern for pattern in patterns if re.search(pattern, text)]


def faults_of_module(path: Path) -> list[str]:
    lines = text_of(path).count("\n")
    return [
        *([f"{lines} lines"] if lines > MODULE_LIMIT else []),
        *patterns_in(text_of(path), NOT_IN_A_MODULE),
    ]


def test_every_colour_of_words_can_be_read() -> None:
    pale = {
        (theme, background, name): found
        for theme in THEMES
        for background in BACKGROUNDS
        for name in READ_ON_PAPER
        if (found := contrast(tokens_of(theme)[name], tokens_of(theme)[background])) < 4.5
    }
    assert_none(pale)


@pytest.mark.parametrize("theme", THEMES)
def test_the_edge_of_a_control_can_be_seen(theme: str) -> None:
    colours = tokens_of(theme)
    assert contrast(colours["line-2"], colours["paper"]) >= 3
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5


def test_all_style_together_stays_light() -> None:
    together = b"".join(path.read_bytes() for path in STYLES)
    assert len(gzip.compress(together, 9)) <= 15 * 1024


def test_no_template_needs_an_exception_from_the_content_security_policy() -> None:
    assert_none(faults_by_file(TEMPLATES, lambda path: patterns_in(text_of(path), NEEDS_AN_EXCEPTION)))


def test_each_behaviour_is_one_small_file_without_eval() -> None:
    assert MODULES
    assert_none(faults_by_file(MODULES, faults_of_module))


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ('<p class="a" style="color: red">', NEEDS_AN_EXCEPTION),
        ('<p onclick="go()">', NEEDS_AN_EXCEPTION),
        ("<script>go()</script>", NEEDS_AN_EXCEPTION),
        ('<p hx-trigger="click[ctrlKey]">', NEEDS_AN_EXCEPTION),
        ("eval(text)", NOT_IN_A_MODULE),
        ("place.innerHTML = text", NOT_IN_A_MODULE),
    ],
)
def test_each_rule_notices_its_breach(text: str, patterns: tuple[str, ...]) -> None:
    assert patterns_in(text, patterns)


def test_what_is_laid_out_by_classes_and_files_breaks_no_rule() -> None:
    assert patterns_in('<script src="/static/js/case.js" defer></script>', NEEDS_AN_EXCEPTION) == []
