"""What a figure means: the level at each threshold, and advice wherever something is to be done."""

from datetime import timedelta

import pytest

from dashboard.doctor import judge
from dashboard.doctor.finding import Finding, Level, worst

OK, WARNING, PROBLEM = Level


@pytest.mark.parametrize(
    ("finding", "level", "words"),
    [
        (judge.migrations([], []), OK, "All"),
        (judge.migrations(["a", "b"], []), PROBLEM, "2 migrations are not applied. Run manage.py migrate."),
        (judge.migrations(["a"], ["x.9"]), PROBLEM, "newer version of Answerback (x.9). Install"),
        (judge.queues({"answerback": 500}), OK, "500 messages"),
        (judge.queues({"answerback": 1, "answerback.paris": 501}), WARNING, "501 messages wait in answerback.paris"),
        (judge.workers([], ["w1"]), PROBLEM, "No worker is alive. Start one"),
        (judge.workers([("w1", 3, 10)], []), OK, "1 alive: w1 with 3 of 10 slots open."),
        (judge.workers([("w1", 3, 10)], ["w2"]), WARNING, "Vanished within the hour: w2"),
        (judge.workers([("w1", 10, 10), ("w3", 0, 10)], []), WARNING, "w1: full."),
        (judge.secrets([], key_in_var=False, shared=True), OK, "by ANSWERBACK_SECRETS_KEYS"),
        (judge.secrets([], key_in_var=True, shared=False), OK, "back it up"),
        (judge.secrets([], key_in_var=True, shared=True), WARNING, "this machine alone. Set ANSWERBACK_SECRETS_KEYS"),
        (judge.secrets(["key of Shop"], key_in_var=False, shared=True), PROBLEM, "decrypted: key of Shop. Add the key"),
        (judge.tick(None), PROBLEM, "never run. Start the timetable"),
        (judge.tick(-0.1), OK, "0.0 s ago"),
        (judge.tick(5), OK, "5.0 s ago"),
        (judge.tick(5.1), WARNING, "busy"),
        (judge.tick(30.1), PROBLEM, "celery -A dashboard beat"),
        (judge.slots(7, 2, 0), OK, "7 open, 2 of them wait"),
        (judge.slots(7, 2, 1), PROBLEM, "1 are overdue. Overdue ones"),
        (judge.missed(0, 0, 10), OK, "0 of 0 slots"),
        (judge.missed(5, 100, 10), WARNING, "start more workers"),
        (judge.missed(6, 100, 10), PROBLEM, "6 of 100 slots in 10 minutes. No worker"),
        (judge.deliveries(3, 300.0, 0), OK, "3 events wait"),
        (judge.deliveries(3, 301.0, 0), WARNING, "The first waits for 5 minutes. The pages of the webhooks"),
        (judge.deliveries(0, 0.0, 1), WARNING, "1 were given up in a day."),
        (judge.clock(None), OK, "same clock"),
        (judge.clock(timedelta(seconds=0.5)), OK, "0.500 s ahead of"),
        (judge.clock(timedelta(seconds=-1), "worker2@b"), WARNING, "1.000 s behind that of worker2@b."),
        (judge.clock(timedelta(seconds=-2.5)), PROBLEM, "chrony"),
        (judge.partitions(None, 0), OK, "not partitioned"),
        (judge.partitions(2.0, 0), OK, "2.0 days ahead"),
        (judge.partitions(1.9, 0), WARNING, "manage.py prune"),
        (judge.partitions(-3.0, 7), WARNING, "0.0 days ahead; 7 outcomes stand in none"),
        (judge.disk("var", 1 << 30), OK, "1.0 GiB free for var."),
        (judge.disk("var", (1 << 30) - 1), WARNING, "Free some space"),
        (judge.disk("var", 1 << 20), PROBLEM, "1 MiB free for var."),
        (judge.files(10_000, 10_000), OK, "10000 slots"),
        (judge.files(9_999, 10_000), WARNING, "ulimit -n 20384"),
        (judge.files(49, 10_000), PROBLEM, "enough for 49 slots at once, not for ANSWERBACK_CONCURRENCY=10000"),
        (judge.files(10, 10), OK, "10 slots"),
        (judge.settings(False, ["localhost"], False, []), OK, "Nothing"),
        (judge.settings(True, ["localhost"], False, []), PROBLEM, "DEBUG is on"),
        (judge.settings(False, ["*"], True, []), WARNING, "ALLOWED_HOSTS is *"),
        (judge.settings(False, ["status.example.org"], False, []), WARNING, "ANSWERBACK_HTTPS=on"),
        (judge.settings(False, ["status.example.org"], True, []), OK, "Nothing"),
        (judge.settings(False, ["localhost"], False, ["ANSWERBACK_X: no"]), PROBLEM, "ANSWERBACK_X: no"),
    ],
)  # fmt: skip
def test_a_figure_is_judged(finding, level, words):
    assert (finding.level, words in finding.sentence) == (level, True), finding
    assert level is OK or finding.advice or finding.name == "settings"


def test_a_finding_is_one_line_with_level_name_and_advice():
    assert str(Finding("disk", PROBLEM, "Full.", "Free some.")) == "problem  disk        Full. Free some."


def test_the_worst_level_counts():
    def level(*levels):
        return worst([Finding("x", each, "") for each in levels])

    assert (level(), level(OK, OK), level(OK, WARNING), level(PROBLEM, WARNING)) == (OK, OK, WARNING, PROBLEM)
