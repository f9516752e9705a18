"""The visual law a machine can check: contrast of the tokens, weight of the style, nothing inline."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted((ROOT / "static" / "js").glob("*.js"))
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()

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


@pytest.mark.parametrize("theme", [":root", '[data-theme="wall"]'])
@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("name", READ_ON_PAPER)
def test_every_colour_of_words_can_be_read(theme: str, background: str, name: str) -> None:
    colours = tokens_of(theme)
    assert contrast(colours[name], colours[background]) >= 4.5


@pytest.mark.parametrize("theme", [":root", '[data-theme="wall"]'])
def test_the_edge_of_a_control_can_be_seen(theme: str) -> None:
    colours = tokens_of(theme)
    assert contrast(colours["line-2"], colours["paper"]) >= 3
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5


def test_all_style_together_stays_light() -> None:
    together = b"".join(path.read_bytes() for path in STYLES)
    assert len(gzip.compress(together, 9)) <= 15 * 1024


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_an_exception_from_the_content_security_policy(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<[^>]+\sstyle=", text)
    assert not re.search(r"<[^>]+\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "hx-on" not in text
    assert "js:" not in text
    assert not re.search(r"hx-trigger=\"[^\"]*\[", text)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_each_behaviour_is_one_small_file_without_eval(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 150
    assert not re.search(r"\beval\(|new Function|innerHTML\s*=|https?://", text)
