"""A part of the bench, run for real with a small load."""

import pytest

from dashboard.bench import load, stage
from dashboard.management.commands.bench import POSTGRESQL, REDIS
from tests.run import answers


@pytest.mark.skipif(not answers(6379), reason="redis does not answer on its standard port")
def test_a_load_with_hanging_calls_is_stored_and_tabled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "WARM_UP_S", 2)
    monkeypatch.setitem(load.RUNS, "hanging", (("sqlite", 20, 10),))
    said: list[str] = []
    found = load.measure("hanging", load.Options(3, POSTGRESQL, REDIS, databases=("sqlite",), say=said.append))
    (run,) = found["runs"]
    assert run["per_second"] > 0 and run["missed"] == 0 and run["readable_ms"]["p99"] is not None
    assert "| sqlite | 1 | 20 | 10 % |" in load.table(found)
    assert said == ["sqlite: 20 calls a second, 10 % of them hanging, for 3 s ..."]
