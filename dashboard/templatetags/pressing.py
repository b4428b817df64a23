"""What people on any page should know: the installation itself has a problem."""

from django import template

from apiclient.clock import now_ms
from dashboard.doctor import examine
from dashboard.doctor.finding import Finding

register = template.Library()


@register.inclusion_tag("dashboard/partials/pressing.html")
def pressing() -> dict[str, list[Finding]]:
    """A line per problem, none while all is well."""
    return {"findings": examine.pressing(now_ms())}
