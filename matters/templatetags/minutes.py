"""Minutes of work as a Chinese reader writes them."""

from django import template

from matters import burden

register = template.Library()


@register.filter
def hours_words(minutes: int) -> str:
    """750 becomes 12 小时 30 分."""
    return burden.hours_words(minutes)
