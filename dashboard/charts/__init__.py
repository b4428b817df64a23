"""Numbers -> SVG. Pure: no Django, no queries. Colours and hatches come from the stylesheet by class name.

Charts fill the width they are given: places along the time axis are percentages, so that text, strokes and hatches
keep their size on a wall screen and on a phone. Every text and address is escaped.
"""

from dashboard.charts.hatch import hatches, looks, swatch
from dashboard.charts.heatmap import heat_axis, heat_lines
from dashboard.charts.line import line_chart
from dashboard.charts.phases import phase_chart, phase_swatch
from dashboard.charts.span import span
from dashboard.charts.stacked import Segment, stacked_chart
from dashboard.charts.strip import Slice, sparkline, strip
from dashboard.charts.twin import twin
from dashboard.charts.waterfall import Phase, waterfall

__all__ = [
    "Phase",
    "Segment",
    "Slice",
    "hatches",
    "heat_axis",
    "heat_lines",
    "line_chart",
    "looks",
    "phase_chart",
    "phase_swatch",
    "span",
    "sparkline",
    "stacked_chart",
    "strip",
    "swatch",
    "twin",
    "waterfall",
]
