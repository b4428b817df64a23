"""What the pages of webhooks say of deliveries and services."""

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.templatetags.dashboard import visible

register = template.Library()

STATES = {
    "delivered": ("passed", "✓", "delivered"),
    "waiting": ("degraded", "…", "waiting"),
    "sending": ("degraded", "…", "being sent"),
    "gave_up": ("failed", "×", "given up"),
}
STATE = '<span class="verdict v-{}"><span class="sign" aria-hidden="true">{}</span>{}</span>'
MOST_NAMED = 3


@register.simple_tag
def delivery_state(delivery: Any) -> SafeString:
    """What has become of a delivery, with a sign beside the word."""
    return format_html(STATE, *STATES[delivery.state])


@register.simple_tag
def services_told(services: Sequence[Any] | None) -> str | SafeString:
    """The names of the services that a webhook is limited to; None is no limit."""
    if services is None:
        return SafeString('<span class="dim">all in reach</span>')
    names = [visible(service.name) for service in services]
    if not names:
        return SafeString('<span class="dim">none, they were deleted</span>')
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    named = format_html_join(", ", "<bdi>{}</bdi>", ((name,) for name in names[:MOST_NAMED]))
    return format_html("{}{}", named, more)


@register.filter
def event(delivery: Any) -> str:
    """Its event as JSON, a line for each member."""
    return json.dumps(delivery.event, ensure_ascii=False, indent=2)
