"""Phases over time as stacked bars."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dashboard.charts import phase_chart, phase_swatch
from dashboard.charts.phases import HEIGHT, LINES

SINCE = datetime(2026, 11, 22, 10, tzinfo=UTC)


@dataclass
class Phase:
    key: str
    label: str
    counts: list[float | None]
    total: float | None


@dataclass
class Series:
    groups: list[Phase]
    since: datetime = SINCE
    until: datetime = SINCE + timedelta(hours=2)
    step_seconds: int = 3600

    @property
    def times(self) -> list[datetime]:
        return [SINCE, SINCE + timedelta(hours=1)]


def bars(svg: str) -> list[tuple[float, float]]:
    return [
        (float(y), float(tall))
        for y, tall in re.findall(r'<rect x="[\d.]+%" width="[\d.]+%" y="([\d.]+)" height="([\d.]+)"/>', svg)
    ]


def test_phases_stand_on_each_other_and_end_at_the_ground():
    svg = phase_chart(Series([Phase("dns", "DNS", [1.0, None], 1.0), Phase("wait", "Wait", [3.0, None], 3.0)]), "Time")
    (dns_y, dns_tall), (wait_y, wait_tall) = bars(svg)
    assert dns_y + dns_tall == HEIGHT and abs(wait_y + wait_tall - dns_y) < 0.02
    assert abs(wait_tall - 3 * dns_tall) < 0.05
    assert "DNS 1.0 ms, Wait 3.0 ms" in svg


def test_a_step_without_a_measurement_says_nothing():
    svg = phase_chart(Series([Phase("dns", "DNS", [None, 2.0], 2.0)]), "Time")
    assert svg.count('class="hover"') == 1


def test_nothing_measured_is_drawn_as_an_empty_chart():
    assert "Nothing was measured." in phase_chart(Series([Phase("dns", "DNS", [None, None], None)]), "Time")


def test_every_phase_has_a_hatch_that_bars_and_legend_share():
    svg = phase_chart(Series([Phase(key, key, [1.0, 1.0], 1.0) for key in LINES]), "Time")
    for key in LINES:
        assert f'id="hatch-{key}"' in svg and f"url(#hatch-{key})" in svg and f"url(#hatch-{key})" in phase_swatch(key)
