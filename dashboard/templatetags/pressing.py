"""What people on any page should know: the installation itself has a problem."""

from django import template
from django.core.cache import cache

from apiclient.clock import now_ms
from dashboard.doctor import examine
from dashboard.doctor.finding import Finding

register = template.Library()
KNOWN_S = 5
"""So long a process believes what it has seen: no page needs to look for itself."""


@register.inclusion_tag("dashboard/partials/pressing.html")
def pressing() -> dict[str, list[Finding]]:
    """A line per problem, none while all is well."""
    found = cache.get_or_set("pressing", lambda: examine.pressing(now_ms()), KNOWN_S)
    return {"findings": found or []}
