"""The bare loop counts what a real server answered."""

import pytest

from dashboard.bench import servers
from dashboard.bench.limit import calls_per_second


@pytest.mark.parametrize("tls", [False, True])
def test_it_counts_calls_and_their_cost(tls: bool) -> None:
    with servers.target(tls=tls) as url:
        per_second, per_cpu_second = calls_per_second(url, 3)
    assert per_second > 0 and per_cpu_second > 0


def test_a_target_that_is_gone_is_told() -> None:
    with servers.target() as url:
        pass
    with pytest.raises(RuntimeError, match="did not answer"):
        calls_per_second(url, 0.5)
