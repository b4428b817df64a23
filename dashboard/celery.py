"""The Celery app and the timetable: what runs when. The broker is a bell; what is due stands in the database."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")

app = Celery("answerback")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
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
    beat_scheduler="celery.beat:Scheduler",
    beat_max_loop_interval=1,
    beat_schedule={
        "claim what is due": {"task": "apiclient.tasks.dispatch", "schedule": 1, "options": {"expires": 10}},
        "heal what was lost": {"task": "apiclient.tasks.reap", "schedule": 5, "options": {"expires": 10}},
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
