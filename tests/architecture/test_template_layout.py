"""Templates read one tag a line: .djlint_rules.yaml, which `make check` runs, notices each breach."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from puyang_grid.addresses import BASE_DIR
from tests.architecture.sources import TEMPLATES, faults_by_file, text_of
from tests.faults import assert_none

RULES = BASE_DIR / ".djlint_rules.yaml"
WIDTH = 120


def long_lines(path: Path) -> list[int]:
    return [number for number, line in enumerate(text_of(path).splitlines(), start=1) if len(line) > WIDTH]


def codes_found(source: str, folder: Path) -> set[str]:
    """The codes of our own rules that djlint reports for this template."""
    (folder / "page.html").write_text(source)
    command = [sys.executable, "-m", "djlint", "page.html", "--lint", "--quiet", "--profile", "django"]
    result = subprocess.run([*command, "--rules", str(RULES)], cwd=folder, capture_output=True, text=True)
    return {word for word in result.stdout.split() if word.startswith("L0")}


def test_no_line_of_a_template_is_long_not_even_of_a_comment() -> None:
    assert_none(faults_by_file(TEMPLATES, long_lines))


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("L001", f"<p>{'字' * WIDTH}</p>\n"),
        ("L002", '<form method="post"><button type="submit">签收</button></form>\n'),
        ("L003", "{% if x %}<p>有</p>{% endif %}\n"),
        ("L004", "<div>\n  <p>\n    一\n  </p>二\n</div>\n"),
        ("L005", "<p>\n  {% if x %}一\n  {% endif %}\n</p>\n"),
        ("L005", "<p>\n  一{% if x %}\n    二\n  {% endif %}\n</p>\n"),
        ("L006", "<p>{% if x %}一{% endif %}{% if y %}二{% endif %}{% if z %}三{% endif %}</p>\n"),
    ],
)
def test_each_rule_notices_its_breach(code: str, source: str, tmp_path: Path) -> None:
    assert code in codes_found(source, tmp_path)


def test_what_reads_one_tag_a_line_breaks_no_rule(tmp_path: Path) -> None:
    source = (
        '<ul class="rows">\n'
        "  {% for row in rows %}\n"
        '    <li><a href="{{ row.url }}"{% if row.new %} data-new{% endif %}>{{ row.name }}</a></li>\n'
        "  {% endfor %}\n"
        "</ul>\n"
        '<p class="quiet">{{ place }}{% if code %} · <b>{{ code }}</b>{% endif %}</p>\n'
    )
    assert codes_found(source, tmp_path) == set()
