"""What a figure means: ok, a warning or a problem, in a sentence that says what to do. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from apiclient.http import descriptors
from dashboard.doctor.finding import Finding, Level

TICK_LATE_S, TICK_LOST_S = 5, 30
QUEUE_LONG = 500
MISSED_SHARE = 0.05
DELIVERY_LATE_S = 300
CLOCK_OFF_S, CLOCK_WRONG_S = 0.5, 2.0
"""Slots are claimed 1.5 s early: a clock that is further off starts calls at the wrong moment."""
DAYS_AHEAD = 2.0
DISK_LOW, DISK_FULL = 1 << 30, 16 << 20
LEAST_SLOTS = 50
"""A worker that carries fewer is of no use, unless it was asked for so few."""
LOCAL_NAMES = {"localhost", "127.0.0.1", "[::1]"}


def migrations(unapplied: Sequence[str], unknown: Sequence[str]) -> Finding:
    if unknown:
        said = f"The database was migrated by a newer version of Answerback ({', '.join(unknown)})."
        return Finding("migrations", Level.PROBLEM, said, "Install that version, or restore the backup made before.")
    if unapplied:
        said = f"{len(unapplied)} migrations are not applied."
        return Finding("migrations", Level.PROBLEM, said, "Run manage.py migrate.")
    return Finding("migrations", Level.OK, "All are applied.")


def queues(depths: Mapping[str, int]) -> Finding:
    """``depths`` are the messages that wait, by queue."""
    if long := {queue: depth for queue, depth in depths.items() if depth > QUEUE_LONG}:
        said = ", ".join(f"{depth} messages wait in {queue}" for queue, depth in long.items())
        advice = "The workers that serve it do not keep up: start one (-Q and its name), or see why they are slow."
        return Finding("queue", Level.WARNING, f"{said}.", advice)
    return Finding("queue", Level.OK, f"{sum(depths.values())} messages wait.")


def workers(alive: Sequence[tuple[str, int, int]], vanished: Sequence[str]) -> Finding:
    """``alive`` are (name, open slots, capacity); ``vanished`` names of processes that said no farewell."""
    if not alive:
        advice = "Start one: manage.py up, or celery -A dashboard worker. Its own lines say why it ended."
        return Finding("workers", Level.PROBLEM, "No worker is alive.", advice)
    each = ", ".join(f"{name} with {taken} of {capacity} slots open" for name, taken, capacity in alive)
    if full := [name for name, taken, capacity in alive if taken >= capacity]:
        advice = f"{', '.join(full)}: full. Start more workers, raise ANSWERBACK_CONCURRENCY, or shorten timeouts."
        return Finding("workers", Level.WARNING, f"{len(alive)} alive: {each}.", advice)
    if vanished:
        advice = f"Vanished within the hour: {', '.join(vanished)}. See their last lines, and the kernel's."
        return Finding("workers", Level.WARNING, f"{len(alive)} alive: {each}.", advice)
    return Finding("workers", Level.OK, f"{len(alive)} alive: {each}.")


def secrets(lost: Sequence[str], *, key_in_var: bool, shared: bool) -> Finding:
    """``lost`` are those that cannot be decrypted; ``shared``: other machines can use the same database."""
    if lost:
        said = f"{len(lost)} cannot be decrypted: {', '.join(lost[:5])}{' and more' if len(lost) > 5 else ''}."
        advice = "Add the key that encrypted them to ANSWERBACK_SECRETS_KEYS, or give them new values."
        return Finding("secrets", Level.PROBLEM, said, advice)
    if key_in_var and shared:
        advice = "Set ANSWERBACK_SECRETS_KEYS, to the same on every machine."
        return Finding("secrets", Level.WARNING, "They are encrypted by a key in var/ of this machine alone.", advice)
    where = "by the key in var/secrets_key: back it up, too" if key_in_var else "by ANSWERBACK_SECRETS_KEYS"
    return Finding("secrets", Level.OK, f"All are readable, {where}.")


def tick(age_s: float | None) -> Finding:
    advice = "Start the timetable: manage.py up, or celery -A dashboard beat; a worker and the broker must run too."
    if age_s is None:
        return Finding("tick", Level.PROBLEM, "The timetable has never run.", advice)
    said = f"The timetable ran {max(0.0, age_s):.1f} s ago."
    if age_s <= TICK_LATE_S:
        return Finding("tick", Level.OK, said)
    if age_s <= TICK_LOST_S:
        return Finding("tick", Level.WARNING, said, "It should every second: see whether workers or database are busy.")
    return Finding("tick", Level.PROBLEM, said, advice)


def slots(taken: int, waiting: int, overdue: int) -> Finding:
    said = f"{taken} open, {waiting} of them wait for a worker, {overdue} are overdue."
    if overdue:
        advice = "Overdue ones are healed every 5 s by workers and beat: start those, then run manage.py verify."
        return Finding("slots", Level.PROBLEM, said, advice)
    return Finding("slots", Level.OK, said)


def missed(count: int, total: int, minutes: int) -> Finding:
    """``count`` of ``total`` outcomes within so many minutes are slots at which nothing was sent."""
    said = f"{count} of {total} slots in {minutes} minutes."
    if not count:
        return Finding("missed", Level.OK, said)
    level = Level.PROBLEM if count > MISSED_SHARE * total else Level.WARNING
    advice = "No worker came in time: start more workers, or let calls run less often. A restart misses a few, too."
    return Finding("missed", level, said, advice)


def deliveries(waiting: int, oldest_s: float, gave_up: int) -> Finding:
    """Events of webhooks: those that wait, the first of them for so long, and those given up in a day."""
    said = f"{waiting} events wait for their webhooks, {gave_up} were given up in a day."
    if oldest_s <= DELIVERY_LATE_S and not gave_up:
        return Finding("webhooks", Level.OK, said)
    if oldest_s > DELIVERY_LATE_S:
        said = f"{said} The first waits for {oldest_s / 60:.0f} minutes."
    return Finding("webhooks", Level.WARNING, said, "The pages of the webhooks show what their receivers answered.")


def clock(difference: timedelta | None, process: str = "this process") -> Finding:
    """``difference`` is how far the database's clock is ahead of that of ``process``, the furthest off."""
    if difference is None:
        return Finding("clock", Level.OK, "Database and process read the same clock.")
    off = difference.total_seconds()
    said = f"The database's clock is {abs(off):.3f} s {'ahead of' if off >= 0 else 'behind'} that of {process}."
    if abs(off) <= CLOCK_OFF_S:
        return Finding("clock", Level.OK, said)
    level = Level.PROBLEM if abs(off) > CLOCK_WRONG_S else Level.WARNING
    return Finding("clock", level, said, "Keep the clocks of all machines in step (chrony, systemd-timesyncd).")


def partitions(days_ahead: float | None, in_default: int) -> Finding:
    """``days_ahead`` None: the table has no partitions; ``in_default`` rows fitted none of them."""
    if days_ahead is None:
        return Finding("partitions", Level.OK, "The outcomes are not partitioned.")
    said = f"Made for {max(0.0, days_ahead):.1f} days ahead; {in_default} outcomes stand in none."
    if days_ahead < DAYS_AHEAD or in_default:
        advice = "Nothing is lost, but deleting gets slow: run manage.py prune, and see why workers did not."
        return Finding("partitions", Level.WARNING, said, advice)
    return Finding("partitions", Level.OK, said)


def disk(where: str, free: int) -> Finding:
    """``free`` bytes for what is kept at ``where``."""
    said = f"{_size(free)} free for {where}."
    if free >= DISK_LOW:
        return Finding("disk", Level.OK, said)
    level = Level.PROBLEM if free < DISK_FULL else Level.WARNING
    return Finding("disk", level, said, "Free some space: workers hold what they cannot store only while they live.")


def files(carried: int, concurrency: int) -> Finding:
    """``carried`` slots at once are allowed by the limit of open files, ``concurrency`` are wanted."""
    if carried >= concurrency:
        return Finding("open files", Level.OK, f"The limit is enough for {concurrency} slots at once.")
    said = (
        f"The limit of open files is enough for {carried} slots at once, not for ANSWERBACK_CONCURRENCY={concurrency}."
    )
    level = Level.PROBLEM if carried < min(LEAST_SLOTS, concurrency) else Level.WARNING
    wanted = descriptors.needed(concurrency)
    advice = f"Raise the limit with ulimit -n {wanted} (systemd: LimitNOFILE={wanted}), or lower that setting."
    return Finding("open files", level, said, advice)


def settings(debug: bool, hosts: Sequence[str], https: bool, problems: Sequence[str]) -> Finding:
    """``problems`` are what the start-up checks say."""
    told = list(problems)
    if debug:
        told.append("DEBUG is on: error pages show settings and code to everybody. Turn it off.")
    if "*" in hosts:
        told.append("ALLOWED_HOSTS is *: set it to the names people use.")
    elif not https and set(hosts) - LOCAL_NAMES:
        told.append("Passwords travel unencrypted: put HTTPS in front and set ANSWERBACK_HTTPS=on.")
    if not told:
        return Finding("settings", Level.OK, "Nothing stands out.")
    return Finding("settings", Level.PROBLEM if debug or problems else Level.WARNING, " ".join(told))


def _size(count: int) -> str:
    return f"{count / (1 << 30):.1f} GiB" if count >= 1 << 30 else f"{count / (1 << 20):.0f} MiB"
