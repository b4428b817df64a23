"""The heatmap of codes and failures over time, with its labels, its links and its table."""

from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from dashboard import charts
from dashboard.templatetags.dashboard import code_badge, count, share

register = template.Library()

LINE = """<tr>
      <th scope="row"><a href="{}">{}{}</a></th>
      <td class="cells">{}</td>
      <td class="n">{}</td>
      <td class="n dim">{}</td>
    </tr>"""


@register.inclusion_tag("dashboard/partials/heatmap.html")
def heatmap(answers: Any, name: str) -> dict[str, Any]:
    """``answers`` are dashboard.pages.answers.Answers."""
    drawn = charts.heat_lines(answers.series, answers.totals, [line.href for line in answers.lines])
    return {
        "name": name,
        "answers": answers,
        "lines": SafeString("".join(map(_line, answers.lines, drawn))),
        "axis": SafeString(charts.heat_axis(answers.series)),
        "twin": SafeString(charts.twin(answers.whole, lambda number: count(number) if number else "")),
    }


def _line(line: Any, drawn: str) -> SafeString:
    words = "" if line.status_code is None else SafeString(f" <span>{escape(line.message)}</span>")
    badge = code_badge(line.status_code, line.failure)
    return format_html(LINE, line.address, badge, words, SafeString(drawn), count(line.count), share(line.share))
