"""Rows of the long tables, each written in one go: a template's own loop costs more than all that is in it."""

from collections.abc import Callable, Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.templatetags.dashboard import (
    address,
    ago,
    ahead,
    code_badge,
    count_cells,
    duration,
    duration_cells,
    outcome_badge,
    share,
    status_strip,
    visible,
)

register = template.Library()

SERVICE = """<tr>
      <th scope="row"><a href="{href}"><bdi>{name}</bdi></a><small>{calls}{paused}</small></th>
      <td><span class="badges">{badges}</span><small>{when}</small></td>
      <td class="wide">{strip}</td>
      {counts}
      <td class="n{bad}">{failed}</td>
      <td class="n">{p95}</td>
    </tr>"""
CALL = """<tr>
      <th scope="row"><a href="{href}"><bdi>{name}</bdi></a>{path}</th>
      <td>{last}</td>
      <td class="wide">{strip}</td>
      {counts}
      {latency}
      <td class="n">{due}</td>
    </tr>"""
PATH = '<small class="path"><b>{}</b> <bdi>{}</bdi></small>'
LAST = '<a href="{}{}/">{}</a><small>{}</small>'
NONE_YET = SafeString('<span class="dim">none yet</span>')
PAUSED = SafeString('<span class="dim">paused</span>')


@register.simple_tag
def service_rows(rows: Iterable[Any], range_words: str) -> SafeString:
    """A row for each service of the overview; its link carries the range on."""
    query = f"?{range_words}" if range_words else ""
    return _joined(lambda row: _service(row, query), rows)


@register.simple_tag
def call_rows(rows: Iterable[Any], service: Any, range_words: str) -> SafeString:
    """A row for each call of the service; calls lie below their service, outcomes below their list."""
    below, outcomes = reverse("service", args=[service.slug]), reverse("outcomes")
    query = f"?{range_words}" if range_words else ""
    return _joined(lambda row: _call(row, service.enabled, f"{below}{row.call.slug}/{query}", outcomes), rows)


def _service(row: Any, query: str) -> SafeString:
    return format_html(
        SERVICE,
        href=reverse("service", args=[row.service.slug]) + query,
        name=visible(row.service.name),
        calls="1 call" if row.calls == 1 else f"{row.calls} calls",
        paused="" if row.service.enabled else " · paused",
        badges=_badges(row),
        when=ago(row.latest_at, ""),
        strip=status_strip(row.tally.strip, row.service.name),
        counts=count_cells(row.counts),
        bad=" bad" if row.tally.failed_share else "",
        failed=share(row.tally.failed_share) if row.tally.total else "–",
        p95=duration(row.tally.p95_us),
    )


def _badges(row: Any) -> SafeString:
    each = [
        (code_badge(one.status_code, one.failure), SafeString(f"<small>×{one.calls}</small>" if one.calls > 1 else ""))
        for one in row.latest
    ]
    more = SafeString(f"<small>+{row.more}</small>" if row.more else "")
    return (format_html_join("", "{}{}", each) or NONE_YET) + more


def _call(row: Any, service_enabled: bool, href: str, outcomes: str) -> SafeString:
    return format_html(
        CALL,
        href=href,
        name=visible(row.call.name),
        path=format_html(PATH, row.call.method, address(row.call.path or "/")),
        last=_last(row.latest, outcomes) if row.latest else NONE_YET,
        strip=status_strip(row.tally.strip, row.call.name),
        counts=count_cells(row.classes),
        latency=duration_cells(row.tally.latency_us),
        due=ahead(row.next_due_at, "on demand") if row.call.enabled and service_enabled else PAUSED,
    )


def _last(outcome: Any, outcomes: str) -> SafeString:
    return format_html(LAST, outcomes, outcome.pk, outcome_badge(outcome), ago(outcome.due_at))


def _joined(written: Callable[[Any], SafeString], rows: Iterable[Any]) -> SafeString:
    return SafeString("".join(map(written, rows)))
