"""The tags that lay out a page: styles, modules, table, table_head, fact, amount."""

from django import template
from django.template.base import render_value_in_context
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from common.templatetags.when import grouped

register = template.Library()


@register.simple_tag
def styles(*names: str) -> SafeString:
    """The style sheets of a page: ``{% styles "desk" "plans" %}``."""
    links = ((static(f"css/{name}.css"),) for name in names)
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', links)


@register.simple_tag
def modules(*names: str) -> SafeString:
    """The behaviours of a page: ``{% modules "undo" "print" %}``."""
    scripts = ((static(f"js/{name}.js"),) for name in names)
    return format_html_join("\n", '<script type="module" src="{}"></script>', scripts)


@register.simple_tag
def table_head(*columns: str) -> SafeString:
    """The head of a table, a name for each column; the name of a column of numbers begins with ``#``."""
    cells = (
        (format_html(' class="{}"', "amount") if name.startswith("#") else "", name.removeprefix("#"))
        for name in columns
    )
    return format_html("<thead><tr>{}</tr></thead>", format_html_join("", '<th scope="col"{}>{}</th>', cells))


@register.simple_tag(takes_context=True)
def fact(context: Context, name: str, value: object) -> SafeString:
    """One line of a list of facts, its value shown as ``{{ value }}`` shows it."""
    return format_html(
        "<dt>{}</dt><dd>{}</dd>", name, conditional_escape(render_value_in_context(value, context))
    )


@register.simple_tag
def amount(value: int | None, url: str = "") -> SafeString:
    """A number in a table, a link to the list behind it; nothing stands behind a zero."""
    if value and url:
        return format_html('<a href="{}">{}</a>', url, grouped(value))
    return format_html('<span class="quiet">{}</span>', grouped(value))


@register.simple_block_tag(end_name="endtable")
def table(content: SafeString, caption: str, kind: str = "", region: str = "") -> SafeString:
    """A table in a panel. ``caption`` is read out, ``kind`` is its class; ``region`` names one that may be scrolled."""
    named = format_html(' tabindex="0" role="region" aria-label="{}"', region) if region else ""
    return format_html(
        '<div class="scroll panel panel-flush"{}>'
        '<table class="{}"><caption class="unseen">{}</caption>{}</table></div>',
        named,
        f"table {kind}".strip(),
        caption,
        content,
    )
