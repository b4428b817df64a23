"""The Celery app and the timetable: what runs when. The broker is a bell; what is due stands in the database."""

import logging
import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from apiclient import database
from apiclient.http import descriptors
from dashboard import broker
from dashboard.doctor import judge
from dashboard.doctor.finding import Level

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")

try:
    broker_url = settings.CELERY_BROKER_URL
except ImproperlyConfigured as error:  # the first time that a worker reads its settings
    raise SystemExit(str(error)) from None

app = Celery("answerback", task_cls="dashboard.bell:Bell")
app.conf.update(
    broker_url=broker_url,
    broker_connection_retry_on_startup=True,
    # An answer that a dying Redis did not finish is such an error: the worker connects anew instead of ending.
    broker_channel_error_retry=True,
    # A broker that accepts and then says nothing must not hold a web thread: "run now" ends in a message instead.
    broker_transport_options={"socket_connect_timeout": 4, "socket_timeout": 4, "socket_keepalive": True},
    task_default_queue="answerback",
    task_ignore_result=True,
    accept_content=["json"],
    # A task only takes a lease and puts requests on the wire, so a few threads feed thousands of transfers.
    worker_pool="threads",
    worker_concurrency=8,
    worker_hijack_root_logger=False,
    # The timetable is a few fixed lines: nothing to remember between runs.
    beat_scheduler="dashboard.beat:Scheduler",
    beat_max_loop_interval=1,
    beat_schedule={
        "claim what is due": {"task": "apiclient.tasks.dispatch", "schedule": 1, "options": {"expires": 10}},
        "heal what was lost": {"task": "apiclient.tasks.reap", "schedule": 2, "options": {"expires": 10}},
        "roll up closed hours": {"task": "apiclient.tasks.roll_up", "schedule": 60, "options": {"expires": 60}},
        # By the clock: counted from its own start, beat would come to them an hour after each restart at best.
        "make partitions": {
            "task": "apiclient.tasks.make_partitions",
            "schedule": crontab(7),
            "options": {"expires": 600},
        },
        "prune what is old": {"task": "apiclient.tasks.prune", "schedule": crontab(37), "options": {"expires": 600}},
    },
)
app.autodiscover_tasks(["apiclient"])


@worker_init.connect
def refuse_what_cannot_work(**kwargs: Any) -> None:
    """A worker that could store nothing, hear no bell or send next to nothing ends with a line that says why."""
    carries = judge.files(descriptors.carried(), settings.ANSWERBACK_CONCURRENCY)
    if carries.level is Level.PROBLEM:
        raise SystemExit(f"The worker does not start: {carries.sentence}")
    try:
        problem = database.problem()
        broker.check(settings.CELERY_BROKER_URL)
    except broker.BrokerError as error:
        problem = problem or str(error)
    finally:
        connections.close_all()  # this thread needs none any more
    if problem:
        raise SystemExit(f"The worker does not start: {problem}")
    if carries.level is Level.WARNING:
        logging.getLogger(__name__).warning(carries.sentence)
