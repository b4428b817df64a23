"""Icons beside words, drawn into the page by the server."""

from functools import cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, size: int = 16) -> SafeString:
    """An icon of Lucide's set by its name. It says nothing to screen readers: its control has words or a label."""
    return SafeString(lucide(name, size=size, **{"class": "icon", "aria-hidden": "true"}))
