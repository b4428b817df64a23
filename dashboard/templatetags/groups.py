"""Charts whose groups are no code classes: services, calls, types of failure; and when an answer was seen."""

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
    Step.MINUTE: "",
    Step.QUARTER: "to the quarter hour",
    Step.HOUR: "to the hour",
    Step.SIX_HOURS: "to six hours",
    Step.DAY: "on that day (UTC)",
}


@register.inclusion_tag("dashboard/partials/chart.html")
def group_chart(
    view: Any,
    series: Any,
    name: str,
    word: str,
    outcomes: str = "",
    path: str = "",
    links: Any = None,
    nothing: str = "",
) -> dict[str, Any]:
    """A stacked chart of any groups, which are values of this query word, with its legend and its table.

    ``outcomes`` is the address behind all of it where that is not the list of outcomes, ``path`` that of another page
    behind a part of a bar; ``links`` are those behind the groups of the legend, ``nothing`` is said when all are empty.
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
    svg = SafeString(charts.stacked_chart(series, name, view.behind(word, path)))
    by_look = replace(series, groups=[replace(group, key=looks[group.key]) for group in groups])
    twin = SafeString(charts.twin(by_look, lambda number: count(number) if number else ""))
    return {
        "svg": svg, "name": name, "anchor": slugify(name), "legend": legend, "series": series, "twin": twin,
        "nothing": nothing, "outcomes": outcomes or view.outcomes(),
    }  # fmt: skip


@register.simple_tag
def sighting(seen: Sighting | None, empty: str = "never") -> str:
    """When something was seen, and how exactly that is known: to the shortest step of the counts that is still kept."""
    if seen is None:
        return empty
    by_day = seen.within_s == Step.DAY
    shown = f"{seen.at:%Y-%m-%d}" if by_day else f"{timezone.localtime(seen.at):%Y-%m-%d %H:%M}"
    utc = f"{seen.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    time = format_html('<time datetime="{}" title="{}">{}</time>', seen.at.isoformat(), utc, shown)
    exactness = EXACTNESS[Step(seen.within_s)]
    return format_html("{}<small>{}</small>", time, exactness) if exactness else time
