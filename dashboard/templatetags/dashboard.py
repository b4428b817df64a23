"""Badges, durations, counts, times and charts for the templates."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from apiclient.catalogue import CodeClass, Failure, Verdict, class_of, lookup
from apiclient.http.redact import redact_url
from apiclient.models import Outcome
from dashboard import charts

register = template.Library()

THIN_SPACE = "\u202f"
VERDICT_SIGNS = {Verdict.PASSED: "✓", Verdict.DEGRADED: "!", Verdict.FAILED: "×"}
UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
LONGEST_SHOWN = 64 << 10
OVERDUE_AFTER_S = 5
OVERDUE = SafeString(' class="bad"')


@register.simple_tag
@lru_cache(maxsize=1024)
def code_badge(status_code: int | None, failure: int | None = None) -> str:
    """The code in its class's colour; without one, the failure's label."""
    kind = Failure(failure) if failure else None
    meaning = lookup(status_code, kind)
    text = meaning.message if status_code is None else status_code
    name = "none" if status_code is None else class_of(status_code)
    return format_html('<span class="badge k-{}" title="{}">{}</span>', name, meaning.message, text)


@register.simple_tag
def outcome_badge(outcome: Outcome) -> str:
    """The badge of an outcome's code or failure."""
    return code_badge(outcome.status_code, outcome.failure)


@register.simple_tag
@cache
def verdict_badge(verdict: int, word: str = "") -> str:
    """The verdict with a sign, so that it is told apart without colour; in another word where one is given."""
    judged = Verdict(verdict)
    return format_html(
        '<span class="verdict v-{}"><span class="sign" aria-hidden="true">{}</span>{}</span>',
        judged.slug,
        VERDICT_SIGNS[judged],
        word or judged.label,
    )


@register.filter
def duration(us: float | None) -> str:
    """Microseconds in words: ``840 µs``, ``12.3 ms``, ``1.25 s``, ``2 min 5 s``; a dash for None."""
    if us is None:
        return "–"
    if us < 1000:
        return f"{us:.0f} µs"
    if us < 999_950:
        return f"{us / 1000:.3g} ms" if us < 99_950 else f"{us / 1000:.0f} ms"
    if us < 60_000_000:
        return f"{us / 1e6:.3g} s"
    return span(us // 1_000_000)


@register.filter
def span(seconds: float | None) -> str:
    """Seconds in their two largest units: ``2 min 5 s``, ``3 d 4 h``."""
    if seconds is None:
        return "–"
    rest, parts = int(seconds), []
    for size, unit in UNITS:
        if rest >= size:
            parts.append(f"{rest // size} {unit}")
            rest %= size
    return " ".join(parts[:2]) or "0 s"


@register.filter
def count(number: float | None) -> str:
    """A whole number with thin spaces: ``12 345``; a dash for None."""
    return "–" if number is None else f"{number:,.0f}".replace(",", THIN_SPACE)


@register.simple_tag
def count_cells(numbers: Iterable[int]) -> SafeString:
    """Counts as table cells, zeros dimmed: a template's own loop costs more than all that is in it."""
    zero = '<span class="zero">0</span>'
    return SafeString("".join(f'<td class="n">{count(number) if number else zero}</td>' for number in numbers))


@register.simple_tag
def duration_cells(times_us: Iterable[float | None]) -> SafeString:
    """Microseconds as table cells."""
    return SafeString("".join(f'<td class="n">{duration(us)}</td>' for us in times_us))


@register.filter
def share(part: float | None) -> str:
    """A part of one in percent; what is little but not nothing never reads as 0."""
    if part is None:
        return "–"
    if 0 < part < 0.001:
        return "< 0.1 %"
    return f"{part:.0%}".replace("%", " %") if part in (0, 1) else f"{min(part, 0.999):.1%}".replace("%", " %")


@register.filter
def rate(a_second: float) -> str:
    """How often something comes, in the unit that leaves a number to read: ``12/min``, ``4.5/h``, ``2/d``."""
    for unit, seconds in (("s", 1), ("min", 60), ("h", 3600)):
        if (number := a_second * seconds) >= (10 if unit == "s" else 1):
            return f"{number:.2g}/{unit}" if number < 100 else f"{count(number)}/{unit}"
    return f"{a_second * 86_400:.2g}/d" if a_second else "–"


@register.filter
def size(octets: int | None) -> str:
    """Bytes in words: ``512 B``, ``1.5 KiB``."""
    if octets is None:
        return "–"
    if octets < 1024:
        return f"{octets} B"
    return f"{octets / 1024:.3g} KiB" if octets < 1 << 20 else f"{octets / (1 << 20):.3g} MiB"


@register.simple_tag
def ago(moment: datetime | None, empty: str = "never") -> str:
    """How long ago, or until when, with the moment itself in UTC on hover. A script keeps it true."""
    return _relative(moment, "ago", empty)


@register.simple_tag
def ahead(moment: datetime | None, empty: str = "never") -> str:
    """When something is due; what should have begun by now is called overdue."""
    return _relative(moment, "ahead", empty)


def _relative(moment: datetime | None, kind: str, empty: str) -> str:
    if moment is None:
        return empty
    away = (timezone.now() - moment) / timedelta(seconds=1)
    late = kind == "ahead" and away > OVERDUE_AFTER_S
    words = "now" if abs(away) < 1 else f"{short_span(away)} ago" if away > 0 else f"in {short_span(-away)}"
    said = f"overdue by {short_span(away)}" if late else words
    exact = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    mark = OVERDUE if late else ""
    return SafeString(f'<time data-{kind}{mark} datetime="{moment.isoformat()}" title="{exact} UTC">{said}</time>')


@register.simple_tag
def moment(at: datetime | None, empty: str = "–") -> str:
    """A moment in the viewer's zone, to the second; in UTC, to the millisecond, on hover."""
    if at is None:
        return empty
    exact = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return SafeString(f'<time datetime="{exact}" title="{exact}">{timezone.localtime(at):%Y-%m-%d %H:%M:%S}</time>')


def short_span(seconds: float) -> str:
    """Seconds in their largest unit."""
    return next((f"{int(seconds // size)} {unit}" for size, unit in UNITS if seconds >= size), "1 s")


@register.filter
def visible(text: object) -> str:
    """Text from outside with control and direction marks made visible; bytes are read as UTF-8 as far as they are."""
    if isinstance(text, (bytes, memoryview)):
        text = bytes(text).decode("utf-8", "replace")
    words = str(text).replace("\r\n", "\n")[:LONGEST_SHOWN]
    return UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", words)


@register.filter
def address(url: str) -> str:
    """A configured address as people may see it: secrets masked, odd characters made visible."""
    return visible(redact_url(url))


@register.simple_tag
def hatches() -> SafeString:
    """The patterns that charts on this page refer to."""
    return SafeString(charts.hatches())


@register.simple_tag
def swatch(key: str) -> SafeString:
    """The colour and hatch of a class, for legends."""
    return SafeString(charts.swatch(key))


def local(series: Any) -> Any:
    """The same moments in the viewer's zone, which axes and tables then speak."""
    here = timezone.localtime
    return replace(
        series, since=here(series.since), until=here(series.until), times=[here(moment) for moment in series.times]
    )


@register.inclusion_tag("dashboard/partials/chart.html")
def class_chart(view: Any, name: str, series: Any = None) -> dict[str, Any]:
    """The stacked chart by code class with its legend and its table; each bar leads to its outcomes."""
    series = local(series or view.series)
    groups = {group.key: group for group in series.groups}
    legend = [
        {
            "key": str(one),
            "label": one.label,
            "total": groups[one].total if one in groups else 0,
            "share": groups[one].total / series.total if one in groups and series.total else 0,
            "href": view.outcomes(code_class=str(one)),
        }
        for one in CodeClass
    ]
    svg = SafeString(charts.stacked_chart(series, name, view.slice))
    twin = SafeString(charts.twin(series, lambda number: count(number) if number else ""))
    return {
        "svg": svg, "name": name, "anchor": slugify(name), "legend": legend, "series": series, "twin": twin,
        "outcomes": view.outcomes(),
    }  # fmt: skip


@register.inclusion_tag("dashboard/partials/latency.html")
def latency_chart(series: Any, name: str) -> dict[str, Any]:
    """Percentiles over time, with the legend of lines."""
    series = local(series)
    svg, twin = SafeString(charts.line_chart(series, name)), SafeString(charts.twin(series, milliseconds))
    return {"svg": svg, "name": name, "anchor": slugify(name), "series": series, "twin": twin}


@register.inclusion_tag("dashboard/partials/phases.html")
def phase_chart(found: Any, name: str) -> dict[str, Any]:
    """The mean of each phase over time, of a ``Breakdown``."""
    series = local(found.series)
    return {
        "svg": SafeString(charts.phase_chart(series, name)),
        "twin": SafeString(charts.twin(series, milliseconds)),
        "legend": [(SafeString(charts.phase_swatch(group.key)), group) for group in series.groups],
        "name": name,
        "anchor": slugify(name),
        "series": series,
        "every_s": found.every_s,
    }


@register.simple_tag
def status_strip(slices: Sequence[charts.Slice], name: str) -> SafeString:
    """One cell per slice of time, in the colour of its worst category."""
    return SafeString(charts.strip(slices, visible(name)))


@register.simple_tag
def sparkline(counts: Sequence[int], name: str, key: str) -> SafeString:
    """Counts over time, small."""
    return SafeString(charts.sparkline(counts, name, key))


@register.simple_tag
def waterfall(phases: Sequence[charts.Phase], name: str) -> SafeString:
    """The phases of one exchange on one scale."""
    return SafeString(charts.waterfall(phases, name))


@register.filter
def milliseconds(ms: float | None) -> str:
    """Milliseconds in words, as ``duration`` does for microseconds."""
    return duration(None if ms is None else ms * 1000)
