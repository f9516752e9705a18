"""Minutes of work in Chinese words."""

from django import template

from matters import burden

register = template.Library()


@register.filter
def hours_words(minutes: int) -> str:
    """Returns 12 小时 30 分 for 750."""
    return burden.hours_words(minutes)
