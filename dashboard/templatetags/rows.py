"""Rows of the long tables, each written in one go: a template's own loop costs more than all that is in it."""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from django import template
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from dashboard.templatetags.dashboard import (
    address,
    ago,
    ahead,
    code_badge,
    count_cells,
    duration,
    duration_cells,
    milliseconds,
    moment,
    outcome_badge,
    rate,
    share,
    size,
    status_strip,
    verdict_badge,
    visible,
)

register = template.Library()

SAID = 160
"""Characters of a message that a row has room for."""

SERVICE = """<tr>
      <th scope="row"><a href="{href}"><bdi>{name}</bdi></a><small>{calls}{paused}</small></th>
      <td><span class="badges">{badges}</span><small class="state">{failing}{when}</small></td>
      <td class="wide">{strip}</td>
      {counts}
      <td class="n{bad}">{failed}</td>
      <td class="n">{rate}</td>
      <td class="n">{p95}</td>
    </tr>"""
CALL = """<tr>
      <th scope="row"><a href="{href}"><bdi>{name}</bdi></a>{path}</th>
      <td>{last}<small class="state">{failing}{when}</small></td>
      <td class="wide">{strip}</td>
      {counts}
      {latency}
      <td class="n">{due}</td>
    </tr>"""
OUTCOME = """<tr>
    <td><a href="{href}">{due}</a></td>
    {call}<td class="answer">{badge}{meaning}</td>
    <td>{verdict}</td>
    <td class="n">{took}</td>
    <td class="n">{size}</td>
    <td class="n dim">{late}</td>
    <td class="wide said">{said}</td>
  </tr>"""
CALL_OF_OUTCOME = """<td><a href="{}"><bdi>{}</bdi></a><small><bdi>{}</bdi></small></td>
    """
PATH = '<small class="path"><b>{}</b> <bdi>{}</bdi></small>'
LAST = '<a href="{}{}/">{}</a>'
FAILING = '<span class="verdict v-failed failing"><span class="sign" aria-hidden="true">×</span>{}</span> '
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
    return filled(
        SERVICE,
        href=reverse("service", args=[row.service.slug]) + query,
        name=visible(row.service.name),
        calls="1 call" if row.calls == 1 else f"{row.calls} calls",
        paused="" if row.service.enabled else " · paused",
        badges=_badges(row),
        failing=_failing(row.tally, _how_many(row)) if row.failing else "",
        when=ago(row.latest_at, ""),
        strip=status_strip(row.tally.strip, row.service.name),
        counts=count_cells(row.counts),
        bad=" bad" if row.tally.failed_share else "",
        failed=share(row.tally.failed_share) if row.tally.total else "–",
        rate=rate(row.rate),
        p95=duration(row.tally.p95_us),
    )


def _how_many(row: Any) -> str:
    return f"{row.failing} of {row.calls} failing" if row.calls > 1 else "failing"


def _failing(tally: Any, words: str) -> SafeString:
    """Since when is told where nothing but failures came since."""
    since = tally.all_failed_since
    return filled(FAILING, f"{words} since {since}" if since else words)


def _badges(row: Any) -> SafeString:
    each = [
        (code_badge(one.status_code, one.failure), SafeString(f"<small>×{one.calls}</small>" if one.calls > 1 else ""))
        for one in row.latest
    ]
    more = SafeString(f"<small>+{row.more}</small>" if row.more else "")
    return (format_html_join("", "{}{}", each) or NONE_YET) + more


def _call(row: Any, service_enabled: bool, href: str, outcomes: str) -> SafeString:
    return filled(
        CALL,
        href=href,
        name=visible(row.call.name),
        path=filled(PATH, row.call.method, address(row.call.path or "/")),
        last=_last(row.latest, outcomes) if row.latest else NONE_YET,
        failing=_failing(row.tally, "failing") if row.failing else "",
        when=ago(row.latest.due_at) if row.latest else "",
        strip=status_strip(row.tally.strip, row.call.name),
        counts=count_cells(row.classes),
        latency=duration_cells(row.tally.latency_us),
        due=ahead(row.next_due_at, "on demand") if row.call.enabled and service_enabled else PAUSED,
    )


def _last(outcome: Any, outcomes: str) -> SafeString:
    return filled(LAST, outcomes, outcome.pk, outcome_badge(outcome))


@register.simple_tag
def outcome_rows(outcomes: Iterable[Any], of_one_call: bool) -> SafeString:
    """A row for each outcome, with its call unless all are of the same."""
    above = reverse("outcomes")
    return _joined(lambda outcome: _outcome(outcome, above, not of_one_call), outcomes)


def _outcome(outcome: Any, above: str, names_call: bool) -> SafeString:
    nothing_came = outcome.status_code is None and not outcome.body_bytes
    return filled(
        OUTCOME,
        href=f"{above}{outcome.pk}/",
        due=moment(outcome.due_at),
        call=_call_of(outcome.call) if names_call else "",
        badge=outcome_badge(outcome),
        meaning="" if outcome.status_code is None else filled(" <span>{}</span>", outcome.meaning.message),
        verdict=verdict_badge(outcome.verdict),
        took="–" if outcome.lag_ms is None else duration(outcome.total_us),
        size="–" if nothing_came else size(outcome.body_bytes),
        late=milliseconds(outcome.lag_ms),
        said=_said(getattr(outcome, "detail", None)),
    )


def _call_of(call: Any) -> SafeString:
    href = reverse("call", args=[call.service.slug, call.slug])
    return filled(CALL_OF_OUTCOME, href, visible(call.name), visible(call.service.name))


def _said(detail: Any) -> str | SafeString:
    message = detail and detail.message
    return filled("<bdi>{}</bdi>", truncatechars(visible(message.text), SAID)) if message else ""


def _joined(written: Callable[[Any], SafeString], rows: Iterable[Any]) -> SafeString:
    return SafeString("".join(map(written, rows)))


def filled(form: str, *parts: object, **named: object) -> SafeString:
    """Django's ``format_html`` for a third of its price: what is not marked as markup is escaped.

    A page has some thousand parts in its rows.
    """
    return SafeString(form.format(*map(_safe, parts), **{name: _safe(part) for name, part in named.items()}))


def _safe(part: object) -> str:
    return part if isinstance(part, SafeString) else escape(str(part))
