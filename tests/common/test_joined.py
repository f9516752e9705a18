"""{% joined %}: a run of words may stand on several lines of a template without a space between them on the page."""

from __future__ import annotations

import pytest
from django.template import Context, Template


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("共 {{ n }} 件\n  {% if n %}，待办{% endif %}\n  。", "共 3 件，待办。"),
        ("\n  <b>甲</b>\n  <i>乙</i>\n", "<b>甲</b><i>乙</i>"),
        ("<b>甲</b> <i>乙</i>", "<b>甲</b> <i>乙</i>"),
        (
            '<a class="x"\n    href="{{ n }}"\n    {% if n %}hidden{% endif %}>\n  甲\n</a>',
            '<a class="x" href="3" hidden>甲</a>',
        ),
        ("<i>\n  {{ text }}\n</i>", "<i>一行\n二行</i>"),
    ],
)
def test_only_the_line_breaks_of_the_template_are_left_out(source: str, shown: str) -> None:
    page = Template("{% load look %}{% joined %}" + source + "{% endjoined %}")
    assert page.render(Context({"n": 3, "text": "一行\n二行"})) == shown
