"""The links on top of every page."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

PAGES = ("overview", "outcomes", "messages", "failures", "codes", "webhooks")
LINK = '<a href="{}"{}>{}</a>\n'
HERE = SafeString(' aria-current="page"')


@register.simple_tag(takes_context=True)
def nav_links(context: dict[str, Any]) -> SafeString:
    """The pages about everything; the one that is shown, or lies above what is shown, is marked."""
    path = context["request"].path if "request" in context else ""
    links = [(reverse(page), page.capitalize()) for page in PAGES]
    return format_html_join("", LINK, [(href, HERE if _is_here(href, path) else "", word) for href, word in links])


def _is_here(href: str, path: str) -> bool:
    return path.startswith(href) if href != "/" else path == "/" or path.startswith("/services/")
