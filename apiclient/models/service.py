"""Service: an API somebody depends on."""

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Max
from django.db.models.functions import Length
from django.utils.text import slugify

from apiclient.auth import problem_with_auth
from apiclient.auth.kind import NO_SECRET, has_secret
from apiclient.http.proxy import parted, problem_with_proxy
from apiclient.http.validate import URL_LENGTH, problem_with_header, problem_with_url
from apiclient.placeholder import problem_with_environments, problem_with_variables
from apiclient.values import HIDDEN, filled, without_value

FILLED = ("environment", "variables", "environments", "auth", "headers", "base_url", "proxy")
"""Fields that decide what the placeholders of calls stand for, or that hold some."""
RESERVED_SLUGS = frozenset({"new"})
"""Of services: pages stand at these addresses."""
LONGEST_STEM = 74
_PARTING = re.compile("[/.:]+")


def problem_with_headers(headers: object) -> str | None:
    """None, or what is wrong with a JSON object of header names and texts."""
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        return 'Use a JSON object of names and texts, such as {"Accept": "application/json"}.'
    return next(filter(None, (problem_with_header(name, value) for name, value in headers.items())), None)


def problem_with_secret_host(base_url: str, service: Any) -> str | None:
    """None, or a sentence where a secret would be looked up: names of hosts travel and are kept in the clear."""
    host = re.split("[/?#]", filled(base_url, service).replace("://", "", 1), maxsplit=1)[0]
    if HIDDEN not in host:
        return None
    return "A secret cannot be part of the host, which everybody on the way sees. Use a variable, or put it behind."


def fill_slug(thing: Any) -> str | None:
    """Make a slug of the name where none was given; a sentence when the name has nothing to make it of."""
    thing.slug = thing.slug or slugify(thing.name)[:80]
    # Without any name it is the name that is told.
    return (
        None
        if thing.slug or not thing.name
        else "Give a short name of letters a-z, digits and hyphens; the name has none to take."
    )


def free_slug(name: str, is_taken: Callable[[str], bool], fallback: str) -> str:
    """Made of the name, or of ``fallback`` where the name has no letter for it; numbered where it is taken."""
    stem = slugify(_PARTING.sub("-", name))[:LONGEST_STEM].strip("-") or fallback
    slug, number = stem, 1
    while slug in RESERVED_SLUGS or is_taken(slug):
        number += 1
        slug = f"{stem}-{number}"
    return slug


class Service(models.Model):
    """``headers`` go with every call of the service; a call's own header of the same name wins, and so does its auth.

    ``managed_by`` names the file that `manage.py apply` keeps it from, '' where people edit it.
    """

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=80, unique=True, blank=True, help_text="In addresses; made from the name.")
    base_url = models.CharField("base URL", max_length=2000, help_text="http:// or https://, host, optional path.")
    description = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True, help_text='Such as {"Accept": "application/json"}.')
    concurrency = models.PositiveIntegerField(
        "concurrent calls",
        null=True,
        blank=True,
        default=50,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text="At most so many at once from each worker process; further ones wait up to 5 s. Blank: no limit.",
    )
    auth = models.JSONField(
        default=dict, blank=True, help_text='Such as {"kind": "bearer", "token": "{{ secret.key }}"}.'
    )
    variables = models.JSONField(default=dict, blank=True, help_text='Put in for {{ name }}: {"tenant": "acme"}.')
    environments = models.JSONField(
        default=dict,
        blank=True,
        help_text='Other values of variables, by environment: {"staging": {"tenant": "test"}}.',
    )
    environment = models.CharField(max_length=40, blank=True, help_text="The one whose variables and secrets count.")
    proxy = models.CharField(max_length=2000, blank=True, help_text="Such as http://proxy.example:3128.")
    managed_by = models.CharField(max_length=200, blank=True, editable=False)
    enabled = models.BooleanField(default=True, help_text="Off pauses every call of the service.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        with transaction.atomic():  # with what its signals write
            super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        for name in ("headers", "variables", "environments", "auth"):
            setattr(self, name, {} if getattr(self, name) is None else getattr(self, name))
        problems = {
            "variables": problem_with_variables(self.variables),
            "environments": problem_with_environments(self.environments),
            "headers": problem_with_headers(self.headers),
            "auth": problem_with_auth(self.auth),
            "slug": fill_slug(self) or self._problem_with_slug(),
        }
        if not any(problems.values()):
            problems |= self._problems_once_filled()
        if any(problems.values()):
            raise ValidationError({field: problem for field, problem in problems.items() if problem})

    def _problems_once_filled(self) -> dict[str, str | None]:
        """What is judged with variables put in, which must be sound for that."""
        problem = problem_with_secret_host(self.base_url, self) or problem_with_url(filled(self.base_url, self))
        found = {
            "environment": self._problem_with_environment(),
            "base_url": problem or self._problem_with_base_url(),
            "headers": problem_with_headers({name: filled(value, self) for name, value in self.headers.items()}),
            "proxy": self._problem_with_proxy(),
        }
        return found if any(found.values()) else found | self._problems_of_calls()

    def _problem_with_proxy(self) -> str | None:
        if not self.proxy:
            return None
        address, _, password = parted(self.proxy)
        if password and not has_secret(password):
            return f"Its password: {NO_SECRET}"
        if has_secret(address):
            return "A secret cannot be part of the proxy's host or port. Use a variable."
        return problem_with_proxy(filled(address, self))

    def _problem_with_environment(self) -> str | None:
        if not self.environment or self.environment in self.environments:
            return None
        listed = ", ".join(self.environments) or "none yet"
        return f"There is no environment {self.environment!r} among the environments: {listed}."

    def _problems_of_calls(self) -> dict[str, str | None]:
        """What an edit would take from calls that run: a value that they name, or an address that can be called."""
        before = Service.objects.filter(pk=self.pk).values(*FILLED).first() if self.pk else None
        if before is None or all(before[name] == getattr(self, name) for name in FILLED):
            return {}
        for call in self.calls.filter(enabled=True):
            call.service = self
            problem = next(iter(without_value(call).values()), None) or problem_with_url(filled(call.url, self))
            if problem:
                field = next(name for name in FILLED if before[name] != getattr(self, name))
                return {field: f"The call {call.name!r} could not run any more. {problem}"}
        return {}

    def _problem_with_slug(self) -> str | None:
        return f"{self.slug!r} is the address of a page. Use another one." if self.slug in RESERVED_SLUGS else None

    def _problem_with_base_url(self) -> str | None:
        if found := next((mark for mark in "?#" if mark in filled(self.base_url, self)), None):
            return f"The base URL contains {found}; paths are added to its end, so put the query into each call's path."
        longest = self.calls.aggregate(most=Max(Length("path")))["most"] if self.pk else None
        if len(self.base_url) + (longest or 0) > URL_LENGTH:
            return f"With the longest path of its calls the URL exceeds {URL_LENGTH} characters. Use a shorter one."
        return None
