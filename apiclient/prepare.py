"""Calls made ready to send: the request built once and kept until the call, its service or a secret is edited."""

from collections.abc import Hashable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial

from apiclient import auth
from apiclient.chain import Part, Planned, captures_of, chain, steps_of
from apiclient.course import Courses, once
from apiclient.expectation import Expectation
from apiclient.http import Door, Limits, Proxy, Request
from apiclient.http.redact import redact_text
from apiclient.http.validate import ascii_url
from apiclient.models import Call, Service
from apiclient.models.answer import reference_marks, references_of
from apiclient.models.revision import revision
from apiclient.placeholder import UnknownName, fill, needed_of, secrets_in
from apiclient.reason import expectation_of
from apiclient.reference import Row
from apiclient.values import Values, ValuesByService, texts_of, values_of

LONGEST_MS = 120_000
"""Of a login, where the slot that waits for it has no shorter limit."""
Version = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call's request and what it is expected to answer; ``problem`` says why it cannot be sent.

    ``door`` is its service's, where the number of concurrent calls is limited. ``course`` makes the requests of a slot
    where ``request`` is not the only one; ``login`` is what must be asked before them.
    """

    service_id: int
    request: Request
    expectation: Expectation
    problem: str = ""
    door: Door | None = None
    course: Courses | None = None
    confirm_after_s: int | None = None
    login: auth.Login | None = field(default=None, repr=False)

    def join(self, sessions: dict[Hashable, auth.Session]) -> Courses | None:
        """What makes the requests of a slot, through the session of its batch; None for one plain request."""
        if self.login is None:
            return self.course
        session = sessions.get(self.login.key) or sessions.setdefault(self.login.key, self.login.session())
        session.join()
        course = self.course or partial(once, self.request)
        return lambda: session.through(course())


def prepare(
    call: Call, door: Door | None = None, values: Values | None = None, rows: tuple[Row, ...] | None = None
) -> Prepared:
    """Build the request, placeholders filled: what the call says itself wins over its service's headers and auth.

    ``values`` are those of its service, ``rows`` its reference, where somebody has them already. ValueError in a
    sentence without any secret when it cannot be built: UnknownName, UnreadableError and whatever else is wrong.
    """
    values = values_of(call.service) if values is None else values
    secrets = secrets_in(texts_of(call), values)
    try:
        request = _request(call, values, secrets)
        login = _login(call, values, secrets)
    except ValueError as error:
        raise ValueError(redact_text(str(error), secrets)) from None
    expectation = expectation_of(call, rows)
    if expectation.reads_body or call.captures:
        request = _read_whole(request)
    course = _chain(call, request, expectation, values) if call.steps else None
    return Prepared(
        call.service_id,
        request,
        expectation,
        door=door,
        course=course,
        login=login,
        confirm_after_s=call.confirm_after_s,
    )


def _read_whole(request: Request) -> Request:
    return replace(request, limits=replace(request.limits, body_kept=request.limits.body_read))


def _chain(call: Call, first: Request, expectation: Expectation, values: Values) -> Courses:
    """The call's own request and its steps. What they need is read here: no database is asked on the way."""
    steps = steps_of(call.steps)
    at_once = replace(expectation, slow_after_ms=None, fail_after_ms=None)
    parts = [Part(call.name, at_once, captures_of(call.captures))]
    parts += [Part(step.name, step.expectation, step.captures, step.always) for step in steps]
    calls, needed = [call, *(_as_call(call, step) for step in steps)], needed_of(texts_of(call), values)

    def build(place: int, taken: Mapping[str, str]) -> Request:
        if place == 0:
            return first
        secrets = first.secrets.union(taken.values())
        try:
            return _read_whole(_request(calls[place], {**taken, **needed}, secrets))
        except UnknownName:
            raise
        except ValueError as error:
            raise ValueError(redact_text(str(error), secrets)) from None

    unsent = [Request(each.method, each.url) for each in calls]
    return lambda: chain(parts, build, unsent, expectation)


def _as_call(call: Call, step: Planned) -> Call:
    """The same call, but for what its step sends instead."""
    other = copy(call)
    other.method, other.path, other.headers, other.body = step.method, step.path, dict(step.headers), step.body
    return other


def _request(call: Call, values: Mapping[str, str], secrets: frozenset[str]) -> Request:
    """In the order of who wins: the service's headers and its auth, the call's headers, the call's auth."""
    service = call.service
    request = Request(
        method=call.method,
        url=ascii_url(fill(call.url, values)),
        body=fill(call.body, values).encode(),
        follow_redirects=call.follow_redirects,
        verify_tls=call.verify_tls,
        limits=Limits(timeout_ms=call.timeout_ms, connect_timeout_ms=min(call.timeout_ms, Limits().connect_timeout_ms)),
        secrets=secrets,
        proxy=Proxy.of(service.proxy, partial(fill, values=values)) if service.proxy else None,
    )
    request = _with_headers(request, service.headers, values)
    if call.auth is None:
        request = auth.apply(request, service.auth, values)
    request = _with_headers(request, call.headers, values)
    return request if call.auth is None else auth.apply(request, call.auth, values)


def _login(call: Call, values: Values, secrets: frozenset[str]) -> auth.Login | None:
    """None too where the call has a header of its own that proves who asks."""
    service, given = call.service, call.service.auth if call.auth is None else call.auth
    if not given or (call.auth is None and "authorization" in map(str.lower, call.headers)):
        return None
    proxy = Proxy.of(service.proxy, partial(fill, values=values)) if service.proxy else None
    like = Request("GET", ascii_url(fill(service.base_url, values)), secrets=secrets, proxy=proxy)
    like = replace(like, verify_tls=call.verify_tls, limits=Limits(timeout_ms=LONGEST_MS))
    return auth.login(_with_headers(like, service.headers, values), given, values)


def _with_headers(request: Request, headers: Mapping[str, str], values: Mapping[str, str]) -> Request:
    """Each in the place of one of the same name, whatever its case."""
    kept = {name.lower(): (name, value) for name, value in request.headers}
    kept |= {name.lower(): (name, fill(value, values)) for name, value in headers.items()}
    return replace(request, headers=tuple(kept.values()))


def _prepared(call: Call, door: Door | None, values: Values, rows: tuple[Row, ...]) -> Prepared:
    """A call that got past the forms unfit to be sent says so itself, and does not stop its whole batch."""
    try:
        return prepare(call, door, values, rows)
    except (ValueError, TypeError, AttributeError) as error:
        request = Request(method=call.method, url=call.url)
        return Prepared(call.service_id, request, Expectation(), f"The call cannot be sent: {error}")


class Calls:
    """Prepared calls by id: read again when they were edited, looked at again only when anything was."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Version, Prepared]] = {}
        self._seen: dict[int, int] = {}  # the revision at which each was looked at
        self._doors: dict[int, Door] = {}

    def ready(self, call_ids: Iterable[int]) -> dict[int, Prepared]:
        """Those of the calls that still exist, as they are configured now."""
        wanted, now = set(call_ids), revision()
        if unsure := [pk for pk in wanted if self._seen.get(pk) != now]:
            self._look(unsure)
            self._seen.update(dict.fromkeys(unsure, now))
        return {pk: self._kept[pk][1] for pk in wanted if pk in self._kept}

    def _look(self, call_ids: Iterable[int]) -> None:
        found = Call.objects.filter(pk__any_of=call_ids).values_list(
            "pk", "service_id", "updated_at", "service__updated_at"
        )
        calls = {pk: (service_id, moments) for pk, service_id, *moments in found}
        marks = reference_marks({service_id for service_id, _ in calls.values()})
        versions = {
            pk: (*moments, marks.get((service_id, None)), marks.get((service_id, pk)))
            for pk, (service_id, moments) in calls.items()
        }
        for pk in set(call_ids) - versions.keys():
            self._kept.pop(pk, None)
        stale = [pk for pk, version in versions.items() if pk not in self._kept or self._kept[pk][0] != version]
        values, rows = ValuesByService(), references_of((pk, calls[pk][0]) for pk in stale) if marks else {}
        for call in Call.objects.filter(pk__any_of=stale).select_related("service") if stale else ():
            self._kept[call.pk] = (
                # As read here, a moment after the versions were.
                (call.updated_at, call.service.updated_at, *versions[call.pk][2:]),
                _prepared(call, self._door(call.service), values.of(call.service), rows.get(call.pk, ())),
            )

    def _door(self, service: Service) -> Door | None:
        """The one door of all calls of a service, as wide as its limit is now; None without a limit."""
        if service.concurrency is None:
            return None
        door = self._doors.setdefault(service.pk, Door(service.concurrency))
        door.most = service.concurrency
        return door
