"""A database that takes nothing is told once, and once more when it is over."""

import logging

import pytest
from django.db import OperationalError, connection

from apiclient import outage, tasks
from apiclient.outage import Outage

FULL = OperationalError('could not extend file "base/1": No space left on device\nHINT: Check free disk space.')


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.WARNING, "apiclient.outage")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "apiclient.outage"]


def test_it_is_told_once_in_one_line_however_often_it_is_met(lines):
    one = Outage()
    for _ in range(3):
        one.begin(FULL)
    (line,) = lines()
    assert "No space left on device)" in line and "Answers are held" in line and "\n" not in line


def test_its_end_is_told_once_and_the_next_one_again(lines):
    one = Outage()
    one.end()
    assert lines() == []
    one.begin(FULL)
    one.end()
    one.end()
    assert "takes what is stored again" in lines()[-1] and len(lines()) == 2
    one.begin(FULL)
    assert len(lines()) == 3


@pytest.mark.django_db
def test_a_task_that_meets_it_ends_quietly_and_the_next_one_that_works_ends_it(lines, monkeypatch):
    monkeypatch.setattr(outage, "database", Outage())

    def refuse(*args):
        raise FULL

    with connection.execute_wrapper(refuse):
        tasks.dispatch()
        tasks.reap()
        tasks.roll_up()
        tasks.run_batch(1)
    assert len(lines()) == 1
    tasks.dispatch()
    assert len(lines()) == 2
