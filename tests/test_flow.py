"""One outcome from beat's tick to the database, through a real worker, beat and broker, and what a kill does to it."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from dashboard.up.broker import find_server
from tests.installation import Installation, postgresql_database, wait_for
from tests.run import answers
from tests.target import Target

pytestmark = pytest.mark.flow

DATABASE = os.environ.get("DATABASE_URL", "")
BROKERS = {
    "embedded": "",
    "redis": "redis://127.0.0.1:6379/13",
    "rabbitmq": "amqp://guest:guest@127.0.0.1:5672//",
}
CALLS = 200
SEED_LOCATIONS = """
import sys
from django.db import transaction
from tests.builders import make_call, make_location, make_service
service = make_service(base_url=sys.argv[1])
paris, kyiv = make_location(name="Paris"), make_location(name="Kyiv")
with transaction.atomic():
    make_call(service, path="/status/200?default", interval_seconds=1)
    make_call(service, path="/status/200?paris", interval_seconds=1, locations=[paris])
    make_call(service, path="/status/200?everywhere", interval_seconds=2, locations=[0, paris, kyiv])
"""
LOCATIONS = {"default": 0, "paris": 1, "kyiv": 2}
EVERYWHERE = "call_id IN (SELECT id FROM apiclient_call WHERE path LIKE '%everywhere')"
BEAT_OF_TEN_MESSAGES = """
import sys
from celery.__main__ import main
from dashboard import bell
bell.MOST_MESSAGES = 10
sys.argv = ["celery", "--quiet", "-A", "dashboard", "beat"]
main()
"""


@pytest.fixture(params=["redis", "rabbitmq"] if DATABASE.startswith("postgres") else ["embedded"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty broker: of our own on a private socket, or the machine's."""
    if url := BROKERS[request.param]:
        if not answers(urlsplit(url).port or 0):
            pytest.skip(f"{request.param} does not answer on its standard port")
        _empty(url)
        yield url
        return
    socket = Path("/tmp") / f"ab-{os.getpid()}-{time.monotonic_ns()}.sock"  # noqa: S108
    command = (find_server()[1], "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        wait_for(socket.exists, 10, "the broker's socket")
        yield f"redis+socket://{socket}"
        server.terminate()


@pytest.fixture
def installation(broker: str, tmp_path: Path) -> Iterator[Installation]:
    with ExitStack() as stack:
        database = f"sqlite:///{tmp_path / 'flow.sqlite3'}"
        if DATABASE.startswith("postgres"):
            database = stack.enter_context(postgresql_database(DATABASE))
        folder = tmp_path / "var"
        folder.mkdir()
        yield stack.enter_context(Installation(folder, database, broker))


def test_a_worker_killed_amid_two_thousand_slots_loses_none_and_doubles_none(installation: Installation) -> None:
    """GETs of the dead worker are sent again, POSTs are `worker_lost` and never sent twice; the recount is clean."""
    with Target() as target:
        installation.seed(target.url, CALLS)
        for name in ("first", "second"):
            installation.start_worker(name)
        installation.start_beat()
        wait_for(lambda: installation.counts()["answered"] > 600, 40, "the first answers", installation.log)
        installation.kill("first")
        wait_for(lambda: installation.counts()["answered"] > 1_400, 60, "answers after the kill", installation.log)
        installation.start_worker("first")
        wait_for(lambda: installation.counts()["all"] > 3_000, 60, "two thousand slots and more", installation.log)
        installation.end("beat")
        # Nothing is claimed any more. A worker's own timetable is gone, so the repair is called by hand.
        assert installation.repair(180), installation.log()
        verified, counts = installation.verify(), installation.counts()
        sent = _requests_by_call(target)
    assert verified["differences"] == [], installation.log()
    assert verified["exit_code"] == 0
    assert counts["answered"] > 1_400
    outcomes_of_posts = _outcomes_of_posts(installation)
    assert {call: many for call, many in sent.items() if int(call) % 4 == 0 and many > outcomes_of_posts[call]} == {}


def test_a_worker_told_to_stop_finishes_what_it_has_sent(installation: Installation) -> None:
    with Target() as target:
        installation.seed(target.url, 40)
        installation.start_worker("only")
        installation.start_beat()
        wait_for(lambda: installation.counts()["answered"] > 80, 40, "the first answers", installation.log)
        installation.end("beat")
        installation.end("only")
        counts = installation.counts()
        sent = len(target.requests)
    assert counts["lost"] == 0
    assert counts["answered"] == sent, installation.log()


def test_a_worker_runs_the_calls_of_its_own_location_and_a_location_without_one_says_so(
    installation: Installation,
) -> None:
    with Target() as target:
        installation.python(SEED_LOCATIONS, target.url)
        installation.start_worker("default")
        installation.start_worker("paris", "-Q", "answerback.paris")
        installation.start_beat()
        wait_for(lambda: _counts(installation, "kyiv")["unserved"] > 3, 180, "missed slots in Kyiv", installation.log)
        wait_for(lambda: _counts(installation, "paris")["answered"] > 3, 180, "answers in Paris", installation.log)
        assert _counts(installation, "kyiv")["answered"] == 0
        installation.start_worker("kyiv", "-Q", "answerback.kyiv")
        wait_for(lambda: _counts(installation, "kyiv")["answered"] > 3, 180, "answers in Kyiv", installation.log)
        installation.end("beat")
        assert installation.repair(180), installation.log()
        counts = {place: _counts(installation, place) for place in LOCATIONS}
        sent = Counter((asked.headers["user-agent"], asked.path) for asked in list(target.requests))
        verified = installation.verify()
    assert verified["differences"] == [], installation.log()
    assert {agent for agent, _ in sent} == set(LOCATIONS)
    strangers = {(place, f"/status/200?{other}") for place in LOCATIONS for other in LOCATIONS if other != place}
    assert not strangers & sent.keys()
    for place in LOCATIONS:
        assert counts[place]["answered"] == sum(many for (agent, _), many in sent.items() if agent == place)
    assert counts["default"]["unserved"] == counts["paris"]["unserved"] == 0
    # Everywhere the same moments, some milliseconds apart: beat may have ended in between.
    everywhere = [count["everywhere"] for count in counts.values()]
    assert max(everywhere) - min(everywhere) <= 1


def test_while_nobody_works_the_queue_stays_short_and_a_worker_that_comes_accounts_for_all(
    installation: Installation, broker: str
) -> None:
    with Target() as target:
        installation.seed(target.url, 20)
        installation.start("beat", sys.executable, "-c", BEAT_OF_TEN_MESSAGES)
        wait_for(lambda: _messages(broker) >= 10, 180, "a full queue", installation.log)
        time.sleep(5)
        assert _messages(broker) <= 10  # RabbitMQ drops what has expired
        assert installation.counts()["all"] == 0
        installation.start_worker("late")
        wait_for(lambda: installation.counts()["answered"] > 100, 60, "answers", installation.log)
        installation.end("beat")
        assert installation.repair(180), installation.log()
        verified, counts = installation.verify(), installation.counts()
        assert counts["answered"] == len(target.requests)
    assert verified["differences"] == [], installation.log()
    assert counts["missed"] > 100 and counts["lost"] == 0


def _counts(installation: Installation, place: str) -> dict[str, int]:
    conditions = {"answered": "status_code = 200", "unserved": "missed_because = 2", "everywhere": EVERYWHERE}
    return {
        name: installation.count(f"location_id = {LOCATIONS[place]} AND {each}") for name, each in conditions.items()
    }


def _messages(broker: str) -> int:
    with Connection(broker) as connection:
        try:
            return int(connection.default_channel.queue_declare("answerback", passive=True).message_count)
        except ChannelError:  # nobody has made it yet
            return 0


def _requests_by_call(target: Target) -> dict[str, int]:
    counts: dict[str, int] = {}
    for asked in list(target.requests):
        call = parse_qs(urlsplit(asked.path).query)["call"][0]
        counts[call] = counts.get(call, 0) + 1
    return counts


def _outcomes_of_posts(installation: Installation) -> dict[str, int]:
    source = """
from django.db.models import Count
from apiclient.models import Call
import json
rows = Call.objects.filter(method="POST").annotate(many=Count("outcomes")).values_list("path", "many")
print(json.dumps({path.partition("call=")[2]: many for path, many in rows}))
"""
    counts: dict[str, int] = json.loads(installation.python(source))
    return counts


def _empty(url: str) -> None:
    with Connection(url) as connection:
        for queue in ("answerback", "answerback.paris", "answerback.kyiv"):
            connection.SimpleQueue(queue).clear()
