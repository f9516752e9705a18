"""The small template tags of the visual language: {% icon %}, {% light %}, {% status %}, {% bar %}, {% joined %}."""

import re
from functools import lru_cache

from django import template
from django.template.base import Node, NodeList, Parser, TextNode, Token
from django.template.context import Context as Rendered
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.phones import to_dial
from common.shapes import Context

register = template.Library()

register.filter("dial", to_dial)

LIGHTS = {"normal": "正常", "near": "临期", "late": "超期", "supervised": "督办"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon from the sprite; there is always a word beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def light(key: str, words: str = "") -> SafeString:
    """A light: shape, word and colour together. ``words`` follows the word, or replaces it if it begins with it."""
    word = LIGHTS.get(key, LIGHTS["normal"])
    text = word if not words else words if words.startswith(word) else f"{word} {words}"
    return drawn_light(key if key in LIGHTS else "normal", text)


@lru_cache(maxsize=1024)
def drawn_light(key: str, text: str) -> SafeString:
    """A light, drawn once by a process: a list shows the same few in every row."""
    return render_to_string("parts/light.html", {"key": key, "text": text})


@register.simple_tag
def status(key: str, name: str) -> SafeString:
    """The status of a case with its Chinese name; ``key`` sets the colour."""
    return drawn_status(key, name)


@lru_cache(maxsize=256)
def drawn_status(key: str, name: str) -> SafeString:
    """A status, drawn once by a process."""
    return render_to_string("parts/status.html", {"key": key, "name": name})


@register.inclusion_tag("parts/bar.html")
def bar(used: float | None, light_key: str = "normal") -> Context:
    """The thin bar of time: how much of the limit is used, 0 to 100."""
    share = 0 if used is None else round(min(max(used, 0), 100))
    return {"share": share, "key": light_key}


class Joined(Node):
    """One run of words over several lines, whose line breaks are not printed; those of values are."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        is_in_tag = False  # where a line break parts two attributes
        for text in (node for node in nodelist.get_nodes_by_type(TextNode) if isinstance(node, TextNode)):
            pieces = re.split(r"(?<=[<>])", text.s)
            for place, piece in enumerate(pieces):
                pieces[place] = re.sub(r"\s*\n\s*", " " if is_in_tag else "", piece)
                is_in_tag = piece.endswith("<") or (is_in_tag and not piece.endswith(">"))
            text.s = "".join(pieces)

    def render(self, context: Rendered) -> SafeString:
        return self.nodelist.render(context)


@register.tag
def joined(parser: Parser, token: Token) -> Joined:
    """``{% joined %}…{% endjoined %}``, for Chinese words and inline marks between which a reader sees no space."""
    nodelist = parser.parse(("endjoined",))
    parser.delete_first_token()
    return Joined(nodelist)
