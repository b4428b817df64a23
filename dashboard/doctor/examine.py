"""Look every figure up and have it judged. Works, and says so, while the database or the broker is down."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.core.checks import ERROR, run_checks
from django.db import DatabaseError, InterfaceError, connection

from apiclient import database, heartbeat, rotate, vitals
from apiclient.http import descriptors
from apiclient.models import Location
from apiclient.models.location import DEFAULT_QUEUE
from dashboard import broker
from dashboard.doctor import judge
from dashboard.doctor.finding import Finding, Level

MINUTES = 10

Look = Callable[[int], Finding]


def everything(now_ms: int) -> list[Finding]:
    """One finding per check, in the order in which they depend on each other."""
    reachable = _database()
    looks = OF_THE_DATABASE if reachable.level is not Level.PROBLEM else {}
    findings = [reachable, *(_guarded(name, look, now_ms) for name, look in looks.items())]
    if not looks:
        unseen = ", ".join(OF_THE_DATABASE)
        findings.append(Finding("not seen", Level.WARNING, f"{unseen}: the database must answer first."))
    return [*findings, *_broker(), _cache(), *disks(), _files(), _settings()]


def pressing(now_ms: int) -> list[Finding]:
    """The problems that people on a page should know of: cheap to look up, a few small queries."""
    looks: dict[str, Look] = {name: OF_THE_DATABASE[name] for name in ("tick", "workers", "slots")}
    findings = [_guarded(name, look, now_ms) for name, look in looks.items()]
    return [finding for finding in (*findings, *disks()) if finding.level is Level.PROBLEM]


def disks() -> list[Finding]:
    """One finding per disk that holds something of ours and can be seen from here."""
    findings: dict[int, Finding] = {}
    for where, path in _kept_at():
        try:
            device, free = path.stat().st_dev, shutil.disk_usage(path).free
        except OSError as error:
            findings[-len(findings) - 1] = Finding("disk", Level.WARNING, f"{where} cannot be seen: {error.strerror}.")
        else:
            findings.setdefault(device, judge.disk(f"{where} ({path})", free))
    return list(findings.values())


def _database() -> Finding:
    try:
        database.require_answer()
        said = f"{database.version()} at {database.where()} answers."
        return Finding("database", Level.OK, said)
    except database.NoAnswerError as error:
        return Finding("database", Level.PROBLEM, _sentence(error))
    except (DatabaseError, InterfaceError) as error:
        return Finding("database", Level.PROBLEM, f"It answers with an error: {_one_line(error)}.")


def _broker() -> list[Finding]:
    try:
        depths = broker.depths(settings.CELERY_BROKER_URL, _queues())
    except broker.BrokerError as error:
        return [Finding("broker", Level.PROBLEM, _sentence(error))]
    return [Finding("broker", Level.OK, f"{broker.shown(settings.CELERY_BROKER_URL)} answers."), judge.queues(depths)]


def _cache() -> Finding:
    """Nothing fails without it, so it is no problem."""
    try:
        caches["shared"].get("doctor")
    except Exception as error:  # each kind of cache has errors of its own
        said = f"The cache does not answer ({_one_line(error)}): nothing limits the rate of the API."
        return Finding("cache", Level.WARNING, said, "Start its server, or correct CACHE_URL.")
    return Finding("cache", Level.OK, "Web processes count together what is asked of the API.")


def _queues() -> list[str]:
    """Those that workers serve; the default one alone where the database cannot tell of more."""
    try:
        return [location.queue for location in Location.objects.all()]
    except (DatabaseError, InterfaceError):
        return [DEFAULT_QUEUE]


def _migrations(now_ms: int) -> Finding:
    found = database.migrations()
    return judge.migrations(found.unapplied, found.unknown)


def _clock(now_ms: int) -> Finding:
    here = database.clock_difference()
    if here is None:
        return judge.clock(None)
    alive = [worker for worker in heartbeat.workers(now_ms) if heartbeat.is_alive(worker, now_ms)]
    clocks = {"this process": here} | {worker.name: timedelta(milliseconds=worker.clock_ms) for worker in alive}
    furthest = max(clocks, key=lambda name: abs(clocks[name]))
    return judge.clock(clocks[furthest], furthest)


def _tick(now_ms: int) -> Finding:
    return judge.tick(vitals.tick_age_s(now_ms))


def _workers(now_ms: int) -> Finding:
    seen = heartbeat.workers(now_ms)
    alive = [(one.name, one.open_slots, one.capacity) for one in seen if heartbeat.is_alive(one, now_ms)]
    # One that vanished and was started again under its name is back.
    names = {name for name, _, _ in alive}
    return judge.workers(alive, [one.name for one in seen if one.name not in names])


def _slots(now_ms: int) -> Finding:
    found = vitals.open_slots(now_ms)
    return judge.slots(found.total, found.waiting, found.overdue)


def _missed(now_ms: int) -> Finding:
    return judge.missed(*vitals.missed_lately(now_ms, MINUTES), MINUTES)


def _webhooks(now_ms: int) -> Finding:
    found = vitals.deliveries(now_ms)
    return judge.deliveries(found.waiting, found.oldest_s, found.gave_up)


def _partitions(now_ms: int) -> Finding:
    found = vitals.partitions(now_ms)
    return judge.partitions(found.days_ahead, found.in_default) if found else judge.partitions(None, 0)


def _secrets(now_ms: int) -> Finding:
    return judge.secrets(
        rotate.unreadable(), key_in_var=settings.SECRETS_KEY_IN_VAR, shared=connection.vendor != "sqlite"
    )


def _files() -> Finding:
    return judge.files(descriptors.carried(), settings.ANSWERBACK_CONCURRENCY)


def _settings() -> Finding:
    told = run_checks()
    said = [one.msg for one in told if one.level >= ERROR or str(one.id).startswith("answerback.")]
    return judge.settings(settings.DEBUG, settings.ALLOWED_HOSTS, settings.ANSWERBACK_HTTPS, said)


OF_THE_DATABASE: dict[str, Look] = {
    "migrations": _migrations,
    "clock": _clock,
    "tick": _tick,
    "workers": _workers,
    "slots": _slots,
    "missed": _missed,
    "webhooks": _webhooks,
    "partitions": _partitions,
    "secrets": _secrets,
}


def _kept_at() -> list[tuple[str, Path]]:
    """What is kept on this machine's disks, and where."""
    if connection.vendor == "sqlite":
        return [("the database", Path(str(connection.settings_dict["NAME"])).parent), ("var", settings.VAR_DIR)]
    places = [("var", Path(settings.VAR_DIR))]
    if directory := _data_directory():
        places.insert(0, ("the database", directory))
    return places


def _data_directory() -> Path | None:
    """PostgreSQL's, where it runs on this machine and lets this user see it."""
    if connection.settings_dict.get("HOST") not in ("", "localhost", "127.0.0.1", "::1"):
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setting FROM pg_settings WHERE name = 'data_directory'")
            row = cursor.fetchone()
        return Path(row[0]) if row and row[0] and Path(row[0]).is_dir() else None
    except (DatabaseError, InterfaceError, OSError):
        return None


def _guarded(name: str, look: Look, now_ms: int) -> Finding:
    try:
        return look(now_ms)
    except (DatabaseError, InterfaceError) as error:
        return Finding(name, Level.PROBLEM, f"It cannot be told: {_one_line(error)}.")


def _one_line(error: Exception) -> str:
    return str(error).partition("\n")[0].strip().rstrip(".")


def _sentence(error: Exception) -> str:
    said = str(error)
    return said[0].upper() + said[1:]
