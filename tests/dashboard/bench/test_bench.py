"""The command says in one line what it cannot do, before it measures anything."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dashboard.bench import growth
from dashboard.management.commands.bench import PARTS
from tests.dashboard.bench.test_growth import FOUND


def bench(*words: str) -> str:
    out = StringIO()
    call_command("bench", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_part_that_is_none() -> None:
    assert "growth" in PARTS
    with pytest.raises(CommandError, match=r"'speed' is no part of the bench. Use any of throughput, .*, growth"):
        bench("speed")


@pytest.mark.parametrize("rows", ["0", "999999", "ten", "-5", "1.5"])
def test_rows_below_the_smallest_size_or_no_number(rows: str) -> None:
    with pytest.raises(CommandError, match=r"argument --rows: .* whole number from 1000000 to 1000000000"):
        bench("growth", f"--rows={rows}")


def test_a_plot_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        bench("growth", "--plot", str(tmp_path / "nowhere" / "growth.svg"))
    assert str(caught.value).startswith(f"--plot: {tmp_path}/nowhere/growth.svg cannot be written (No such file")
    assert len(str(caught.value).splitlines()) == 1


def test_a_plot_that_is_there_outlives_a_bench_that_fails(tmp_path: Path) -> None:
    (tmp_path / "growth.svg").write_text("<svg/>")
    with pytest.raises(CommandError, match="--redis"):
        bench("growth", "--plot", str(tmp_path / "growth.svg"), "--redis", "redis://127.0.0.1:1")
    assert (tmp_path / "growth.svg").read_text() == "<svg/>"


def test_growth_is_tabled_and_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(growth, "measure", lambda options, sizes: asked.extend(sizes) or FOUND)  # takes an hour
    said = bench("growth", "--rows", "10000000", "--plot", str(tmp_path / "growth.svg"))
    assert said.endswith(f"growth\n{growth.table(FOUND)}\n")
    assert max(size.rows for size in asked) == 10_000_000
    assert (tmp_path / "growth.svg").read_text() == growth.drawn(FOUND)
