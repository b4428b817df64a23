"""Every route of the product, as the URL resolver knows it, and what fills its placeholders."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import URLResolver, get_resolver

from apiclient.models import Batch, Service, User
from apiclient.models.team import Team
from apiclient.webhook import outbox
from tests.builders import (
    make_answer,
    make_call,
    make_location,
    make_outcome,
    make_secret,
    make_service,
    make_team,
    make_token,
    make_webhook,
)

READING = ("HEAD", "OPTIONS")
API_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PLACEHOLDER = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)|<(?:\w+:)?(\w+)>")
BROKEN = b"no beans in the machine"


class Route(NamedTuple):
    """``path`` as ``services/<slug>/``; ``refused`` are methods that nobody may use there."""

    path: str
    methods: tuple[str, ...]
    refused: tuple[str, ...] = ()


def routes() -> Iterator[Route]:
    for path, callback in _patterns(get_resolver(), ""):
        view = getattr(callback, "cls", None)
        if view is None:  # pages and the admin take both, and say themselves where they do not
            yield Route(path, ("GET", "POST"))
            continue
        known = getattr(callback, "actions", None) or [name for name in view.http_method_names if hasattr(view, name)]
        methods = tuple(name.upper() for name in known if name.upper() not in READING) or ("GET",)
        yield Route(path, methods, tuple(method for method in API_METHODS if method not in methods))


def _patterns(resolver: Any, above: str) -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        path = above + str(entry.pattern).removeprefix("^").removesuffix("$")
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, path)
        else:
            yield PLACEHOLDER.sub(lambda found: f"<{found[1] or found[2]}>", path), entry.callback


class Side:
    """A team with one of everything: what stands in an address after the word for it."""

    def __init__(self, name: str) -> None:
        self.service = make_service(name=name)
        self.call = make_call(self.service, name="List")
        self.outcome = make_outcome(self.call, 500, body=BROKEN, headers=(("Content-Type", "text/plain"),))
        self.member = User.objects.create_user(f"{name}-member")
        self.team: Team = make_team([self.member], [self.service], name=name)
        self.things: dict[str, Any] = {
            "service": self.service,
            "call": self.call,
            "outcome": self.outcome,
            "answer": make_answer(call=self.call),
            "message": self.outcome.detail.message,
            "secret": make_secret(self.service),
            "team": self.team,
            "user": self.member,
            "group": Group.objects.get(name="viewer"),
            "location": make_location(),
            "batch": (batch := Batch.objects.create(slots=[1], created_ms=1, lease_ms=1)),
            "batches": batch,
            "token": make_token(self.member, "read")[0],
            "webhook": (webhook := make_webhook(team=self.team, services=[self.service])),
            "delivery": outbox.send_test(webhook, 1),
        }

    def address(self, path: str) -> str:
        """The route with this side's things in it."""
        return "/" + PLACEHOLDER.sub(lambda found: str(self._fill(path, found)), path)

    def _fill(self, path: str, found: re.Match[str]) -> Any:
        name = found[2]
        if name == "service_slug" or (name == "slug" and "<service_slug>" not in path):
            return self.service.slug
        above = path[: found.start()].rstrip("/").rpartition("/")[2]
        constants = {"slug": self.call.slug, "code": 500, "app_label": "apiclient", "url": "nowhere"}
        constants["delivery"] = self.things["delivery"].pk
        constants["content_type_id"] = ContentType.objects.get_for_model(Service).pk
        if name in constants:
            return constants[name]
        thing = self.things.get(above) or self.things.get(above.removesuffix("s")) or self.service
        return thing.pk
