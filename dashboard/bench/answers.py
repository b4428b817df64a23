"""What the reading bench asks: whole requests in a warm process, timed, and where their time goes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from time import perf_counter
from typing import Any

from django.core.management import call_command

WARM_UP = 5


def read(requests: int, *ranges: str) -> dict[str, Any]:
    """Ask every question over every range: p50, p95, queries, and where the mean time goes, in ms."""
    from django.test import Client

    import dashboard.wsgi  # noqa: F401  (a process as the web server's are)
    from apiclient.models import Call, User

    call_command("collectstatic", verbosity=0, interactive=False)
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_ENCODING="gzip")
    client.force_login(User.objects.create_superuser("bench"))
    call = Call.objects.select_related("service").order_by("pk")[0]
    return {
        "answers": [
            {"question": question, "range": range_} | _timed(client, path.format(range=range_), requests)
            for question, path in questions(call).items()
            for range_ in ranges
        ]
    }


def questions(call: Any) -> dict[str, str]:
    """The addresses that are read, by name: pages, then the API over everything, one service and one call."""
    from django.urls import reverse

    service, words = (
        call.service.slug,
        {"": "", "service": call.service.slug, "call": f"{call.service.slug}/{call.slug}"},
    )
    pages = {
        "overview": reverse("overview"),
        "service": reverse("service", args=[service]),
        "call": reverse("call", args=[service, call.slug]),
        "outcomes": reverse("outcomes"),
        "messages": reverse("messages"),
        "failures": reverse("failures"),
        "codes": reverse("codes"),
        "one code": reverse("code", args=[500]),
    }
    found = {f"page: {name}": f"{path}?since={{range}}" for name, path in pages.items()}
    for resource in ("series", "latency"):
        for word, value in words.items():
            name = f"{resource}: {f'one {word}' if word else 'everything'}"
            found[name] = f"/api/v1/{resource}/?since={{range}}" + (f"&{word}={value}" if word else "")
    return found


@dataclass
class Clock:
    """Seconds spent in the database and in rendering (its queries not counted), and the number of queries."""

    sql: float = 0.0
    rendering: float = 0.0
    queries: int = 0

    def execute(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        began = perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.sql += perf_counter() - began
            self.queries += 1

    def around(self, render: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **more: Any) -> Any:
            began, sql = perf_counter(), self.sql
            try:
                return render(*arguments, **more)
            finally:
                self.rendering += perf_counter() - began - (self.sql - sql)

        return timed


@contextmanager
def _watched() -> Iterator[Clock]:
    from django.db import connection
    from django.template.backends.django import Template
    from rest_framework.renderers import JSONRenderer

    clock, pages, answers = Clock(), Template.render, JSONRenderer.render
    Template.render, JSONRenderer.render = clock.around(pages), clock.around(answers)  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(clock.execute):
            yield clock
    finally:
        Template.render, JSONRenderer.render = pages, answers  # type: ignore[method-assign]


def _timed(client: Any, path: str, requests: int) -> dict[str, Any]:
    for _ in range(WARM_UP):
        _ask(client, path)
    times = sorted(_ask(client, path) for _ in range(requests))
    with _watched() as clock:
        total = sum(_ask(client, path) for _ in range(WARM_UP))
    parts = {"sql": clock.sql, "rendering": clock.rendering, "python": total - clock.sql - clock.rendering}
    return {
        "p50_ms": _ms(times[ceil(0.5 * requests) - 1]),
        "p95_ms": _ms(times[ceil(0.95 * requests) - 1]),
        "queries": clock.queries // WARM_UP,
    } | {f"{name}_ms": _ms(spent / WARM_UP) for name, spent in parts.items()}


def _ask(client: Any, path: str) -> float:
    began = perf_counter()
    answer = client.get(path)
    took = perf_counter() - began
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return took


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
