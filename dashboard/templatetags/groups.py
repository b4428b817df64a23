"""Charts whose groups are no code classes: services, calls, types of failure; and when an answer was seen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from apiclient.models import Step
from apiclient.sighting import Sighting
from dashboard import charts
from dashboard.templatetags.dashboard import count, local, visible

register = template.Library()

EXACTNESS = {
    Step.MINUTE: "to the minute",
    Step.QUARTER: "to the quarter hour",
    Step.HOUR: "to the hour",
    Step.SIX_HOURS: "to six hours",
    Step.DAY: "on that day (UTC)",
}


@register.inclusion_tag("dashboard/partials/chart.html")
def group_chart(
    series: Any,
    name: str,
    segment: Callable[[Any], str],
    outcomes: str = "",
    nothing: str = "",
    links: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A stacked chart of any groups with its legend and its table.

    ``segment`` gives the address behind a part of a bar, ``outcomes`` is the one behind all, ``links`` those behind
    the groups of the legend.
    """
    groups = [replace(group, label=visible(group.label)) for group in series.groups]
    series = local(replace(series, groups=groups))
    looks = charts.looks(group.key for group in groups)
    legend = [
        {
            "key": looks[group.key],
            "label": group.label,
            "total": group.total,
            "share": group.total / series.total if series.total else 0,
            "href": (links or {}).get(group.key, ""),
        }
        for group in groups
    ]
    svg = SafeString(charts.stacked_chart(series, name, segment))
    by_look = replace(series, groups=[replace(group, key=looks[group.key]) for group in groups])
    twin = SafeString(charts.twin(by_look, lambda number: count(number) if number else ""))
    return {
        "svg": svg, "name": name, "anchor": slugify(name), "legend": legend, "series": series, "twin": twin,
        "nothing": nothing, "outcomes": outcomes,
    }  # fmt: skip


@register.simple_tag
def sighting(seen: Sighting | None, empty: str = "never") -> str:
    """When something was seen, and how exactly that is known: to the shortest step of the counts that is still kept."""
    if seen is None:
        return empty
    by_day = seen.within_s == Step.DAY
    shown = f"{seen.at:%Y-%m-%d}" if by_day else f"{timezone.localtime(seen.at):%Y-%m-%d %H:%M}"
    utc = f"{seen.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    exactness = EXACTNESS[Step(seen.within_s)]
    return format_html(
        '<time datetime="{}" title="{}">{}</time><small>{}</small>', seen.at.isoformat(), utc, shown, exactness
    )
