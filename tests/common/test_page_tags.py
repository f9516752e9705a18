"""The tags that lay out a page: what they print, and that they print no value as markup."""

from __future__ import annotations

import pytest
from django.template import Context, Template


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            '{% table_head "名称" "#户数" %}',
            '<thead><tr><th scope="col">名称</th><th scope="col" class="amount">户数</th></tr></thead>',
        ),
        (
            '{% table_head "#公布"|add:sharp %}',
            '<thead><tr><th scope="col" class="amount">公布&lt;b&gt;</th></tr></thead>',
        ),
        ('{% fact "文号" sharp %}', "<dt>文号</dt><dd>&lt;b&gt;</dd>"),
        ('{% fact "级别" 3 %}', "<dt>级别</dt><dd>3</dd>"),
        ("{% amount 1200 url %}", '<a href="/x/?a=1&amp;b=2">1,200</a>'),
        ('{% amount 0 "/x/" %}', '<span class="quiet">0</span>'),
        ("{% amount 1200 %}", '<span class="quiet">1,200</span>'),
        (
            '{% table sharp kind="plans-table" region="表" %}<tbody></tbody>{% endtable %}',
            '<div class="scroll panel panel-flush" tabindex="0" role="region" aria-label="表">'
            '<table class="table plans-table"><caption class="unseen">&lt;b&gt;</caption><tbody></tbody></table></div>',
        ),
        (
            '{% table "清单" %}{% endtable %}',
            '<div class="scroll panel panel-flush">'
            '<table class="table"><caption class="unseen">清单</caption></table></div>',
        ),
    ],
)
def test_what_a_tag_prints(source: str, shown: str) -> None:
    assert (
        Template("{% load page %}" + source).render(Context({"sharp": "<b>", "url": "/x/?a=1&b=2"})) == shown
    )


def test_a_page_names_its_files_once_each() -> None:
    page = Template('{% load page %}{% styles "desk" "plans" %}{% modules "print" %}').render(Context())
    assert page.count('<link rel="stylesheet"') == 2
    assert page.count('<script type="module"') == 1
