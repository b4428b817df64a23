"""What `manage.py up` runs: broker, example service, web, workers, beat."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from dashboard.up import broker
from dashboard.up.child import Child

LOOPBACK = "127.0.0.0/8,::1/128"
WORKER_GRACE_S = 130.0
"""A worker ends what is on the wire, and a call may take 120 seconds."""
ROOT_WARNING = "ignore:You're running the worker with superuser privileges"
"""Celery's advice to run as another user, which is not the business of somebody who tries this out."""
TASK_THREADS = 8
LOGIN_PATH = "/accounts/login/"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  (only a place for heartbeats)
REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
"""Where to knock when a server listens on every address."""
QUIET_LEVELS = {"DEBUG", "WARNING", "ERROR", "CRITICAL"}


def python(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *words)


def task_level() -> str:
    """Celery's level: a line per task and second is noise, unless somebody asked for everything."""
    return settings.LOG_LEVEL if settings.LOG_LEVEL in QUIET_LEVELS else "WARNING"


def is_given(name: str) -> bool:
    """Whether the environment sets this variable, itself or through a file."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def added_environment(host: str) -> dict[str, str]:
    """Settings that this command chooses where nobody did: loopback may be called, HOST may be asked for."""
    added = {}
    if not is_given("ANSWERBACK_ALLOWED_NETWORKS"):
        added["ANSWERBACK_ALLOWED_NETWORKS"] = LOOPBACK
    if not is_given("ALLOWED_HOSTS"):
        added["ALLOWED_HOSTS"] = ",".join(dict.fromkeys([*settings.ALLOWED_HOSTS, bracketed(host)]))
    return added


def bracketed(host: str) -> str:
    """A host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def example(port: int) -> Child:
    words = ("apiclient.example.server", "--host", "127.0.0.1", "--port", str(port))
    return Child("example", python(*words), address=f"tcp:127.0.0.1:{port}")


def web_address(host: str, port: int) -> str:
    """Where the web server of ``host`` can be asked, by a name that it goes by."""
    name = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name[0] not in "*["), "localhost")
    return f"http://{name}@{bracketed(REACHABLE.get(host, host))}:{port}{LOGIN_PATH}"


def web(host: str, port: int) -> Child:
    words = ["gunicorn", "dashboard.wsgi", "--bind", f"{bracketed(host)}:{port}", "--worker-class", "gthread"]
    words += ["--threads", str(settings.ANSWERBACK_WEB_THREADS), "--no-control-socket", "--log-level", "warning"]
    if SHARED_MEMORY.is_dir():  # a heartbeat on a slow disk can stop a worker
        words += ["--worker-tmp-dir", str(SHARED_MEMORY)]
    return Child("web", python(*words), address=web_address(host, port))


def worker(number: int) -> Child:
    words = ["celery", "--quiet", "-A", "dashboard", "worker", "--pool", "threads", "--concurrency", str(TASK_THREADS)]
    words += ["--without-gossip", "--without-mingle", "--hostname", f"worker{number}@%h", "--loglevel", task_level()]
    env = {"LOG_LEVEL": task_level(), "PYTHONWARNINGS": ROOT_WARNING}
    return Child(f"worker{number}", python(*words), env, grace_s=WORKER_GRACE_S)


def beat() -> Child:
    words = ("celery", "--quiet", "-A", "dashboard", "beat", "--loglevel", task_level())
    return Child("beat", python(*words), {"LOG_LEVEL": task_level()})


def plan(host: str, port: int, workers: int, example_port: int | None) -> list[list[Child]]:
    """The stages, first to last: what the others need, then those who ask and show, then the clock."""
    needed = [broker.embedded(settings.BROKER_SOCKET)] if settings.BROKER_EMBEDDED else []
    if example_port is not None:
        needed.append(example(example_port))
    stages = [needed, [web(host, port), *(worker(number + 1) for number in range(workers))], [beat()]]
    return [[_with(added_environment(host), child) for child in stage] for stage in stages]


def _with(added: Mapping[str, str], child: Child) -> Child:
    return replace(child, env={**added, **child.env})
