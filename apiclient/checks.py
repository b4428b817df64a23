"""Settings that would hurt, refused at start-up with a sentence that names the variable and what is allowed."""

import os
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError

from apiclient import rotate
from apiclient.http import Guard
from apiclient.http.validate import problem_with_url

KNOWN_ELSEWHERE = {"ANSWERBACK_VAR_DIR", "ANSWERBACK_ADMIN_PASSWORD", "ANSWERBACK_TEST_REQUIRE"}


@register()
def allowed_networks(**kwargs: Any) -> list[CheckMessage]:
    try:
        Guard(settings.ANSWERBACK_ALLOWED_NETWORKS)
    except ValueError as error:
        return [Error(f"ANSWERBACK_ALLOWED_NETWORKS: {error}", id="answerback.E001")]
    return []


@register()
def own_address(**kwargs: Any) -> list[CheckMessage]:
    problem = problem_with_url(settings.ANSWERBACK_URL) if settings.ANSWERBACK_URL else None
    return [Error(f"ANSWERBACK_URL: {problem}", id="answerback.E003")] if problem else []


@register()
def ages(**kwargs: Any) -> list[CheckMessage]:
    """Counts must outlive what they count, and a success is worth no more than a failure."""
    names = ("ANSWERBACK_KEEP_SUCCESSES", "ANSWERBACK_KEEP_FAILURES", "ANSWERBACK_KEEP_ROLLUPS")
    return [
        Error(
            f"{longer}: {getattr(settings, longer)} days are fewer than the {getattr(settings, shorter)} of {shorter}. "
            "Use as many or more.",
            id="answerback.E002",
        )
        for shorter, longer in pairwise(names)
        if getattr(settings, longer) < getattr(settings, shorter)
    ]


@register(deploy=True)
def secrets_key(**kwargs: Any) -> list[CheckMessage]:
    if not settings.SECRETS_KEY_IN_VAR:
        return []
    said = "ANSWERBACK_SECRETS_KEYS is not set: secrets are encrypted by the key in var/secrets_key. "
    hint = "Back that file up with the database, or set the variable, to the same on every machine."
    return [Warning(said + hint, id="answerback.W002")]


@register(deploy=True)
def readable_secrets(**kwargs: Any) -> list[CheckMessage]:
    try:
        lost = rotate.unreadable()
    except DatabaseError:
        return []  # which others tell
    if not lost:
        return []
    said = f"{len(lost)} secrets cannot be decrypted by ANSWERBACK_SECRETS_KEYS: {', '.join(lost[:5])}."
    return [Error(f"{said} Add the key that encrypted them, or give them new values.", id="answerback.E004")]


@register()
def unknown_variables(**kwargs: Any) -> list[CheckMessage]:
    """A misspelt variable would change nothing and say nothing."""
    known = {name for name in dir(settings) if name.startswith("ANSWERBACK_")} | KNOWN_ELSEWHERE
    return [
        Warning(f"{name} is set, but Answerback knows no such setting.", id="answerback.W001")
        for name in sorted(os.environ)
        if name.startswith("ANSWERBACK_") and name.removesuffix("_FILE") not in known
    ]
