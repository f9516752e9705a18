"""The small template tags of the visual language: {% icon %}, {% light %}, {% status %}, {% bar %}."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.shapes import Context

register = template.Library()

LIGHTS = {"normal": "正常", "near": "临期", "late": "超期", "supervised": "督办"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon from the sprite; there is always a word beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("icons/sprite.svg"),
        name,
    )


@register.inclusion_tag("parts/light.html")
def light(key: str, words: str = "") -> Context:
    """A light: shape, word and colour together. ``words`` follows the word, or replaces it if it begins with it."""
    word = LIGHTS.get(key, LIGHTS["normal"])
    text = word if not words else words if words.startswith(word) else f"{word} {words}"
    return {"key": key if key in LIGHTS else "normal", "text": text}


@register.inclusion_tag("parts/status.html")
def status(key: str, name: str) -> Context:
    """The status of a case with its Chinese name; ``key`` sets the colour."""
    return {"key": key, "name": name}


@register.inclusion_tag("parts/bar.html")
def bar(used: float | None, light_key: str = "normal") -> Context:
    """The thin bar of time: how much of the limit is used, 0 to 100."""
    share = 0 if used is None else round(min(max(used, 0), 100))
    return {"share": share, "key": light_key}
