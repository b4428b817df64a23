"""Ways to prove who asks, one file per kind: what their JSON must be, and what they do to a request. Pure.

``{}`` is none at a service; a call has its service's (null), its own, or ``{"kind": "none"}``. Secrets stand in none of
it: secret members hold placeholders of secrets.
"""

from collections.abc import Mapping
from typing import Any

from apiclient.auth.api_key import API_KEY
from apiclient.auth.aws_sigv4 import AWS_SIGV4
from apiclient.auth.basic import BASIC
from apiclient.auth.bearer import BEARER
from apiclient.auth.client_certificate import CLIENT_CERTIFICATE
from apiclient.auth.digest import DIGEST
from apiclient.auth.form import FORM
from apiclient.auth.kind import Filled, Kind, Login, Member, Session
from apiclient.auth.oauth2 import OAUTH2
from apiclient.http import Request
from apiclient.placeholder import fill

__all__ = [
    "KINDS", "NONE", "Filled", "Kind", "Login", "Member", "Session", "apply", "login",
    "problem_with_auth", "problems_with_auth",
]  # fmt: skip

NONE = "none"
KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (BASIC, BEARER, API_KEY, OAUTH2, DIGEST, AWS_SIGV4, CLIENT_CERTIFICATE, FORM)
}


def problem_with_auth(auth: object) -> str | None:
    """None, or what is wrong with the first member: its name and what is allowed there."""
    return next(iter(problems_with_auth(auth).values()), None)


def problems_with_auth(auth: object) -> dict[str, str]:
    """By member, '' for the whole: what is wrong there, its name and what is allowed. Empty when all is well."""
    if not isinstance(auth, dict):
        return {"": f"Use a JSON object with the member kind: {_listed()}."}
    if not auth or auth == {"kind": NONE}:
        return {}
    kind = KINDS.get(auth["kind"]) if isinstance(auth.get("kind"), str) else None
    if kind is None:
        known = "takes no other members" if auth.get("kind") == NONE else f"use {_listed()}"
        return {"kind": f"kind: {known}."}
    return _problems_with_members(kind, {name: value for name, value in auth.items() if name != "kind"})


def _problems_with_members(kind: Kind, given: dict[str, Any]) -> dict[str, str]:
    known = {member.name: member for member in kind.members}
    found = {
        name: f"{str(name)[:60]}: {kind.name} has no such member. It has {', '.join(known)}."
        for name in given.keys() - known.keys()
    }
    lacking = [member for member in kind.members if member.required and member.name not in given]
    found |= {member.name: f"{member.name}: {kind.name} needs it{_how(member)}." for member in lacking}
    sound = {name: known[name].problem(value) for name, value in given.items() if name in known}
    found |= {name: problem for name, problem in sound.items() if problem}
    if not found and (problem := kind.problem(given)):
        found[problem.partition(":")[0]] = problem
    return found


def _how(member: Member) -> str:
    if member.choices:
        return f": {' or '.join(member.choices)}"
    return ", a placeholder such as {{ secret.name }}" if member.secret else ""


def _listed() -> str:
    return ", ".join([*KINDS, NONE])


def apply(request: Request, auth: object, values: Mapping[str, str]) -> Request:
    """The request, proved as ``auth`` says with ``values`` in the place of its placeholders.

    ValueError in a sentence when that cannot be; it may repeat what was filled in.
    """
    kind = _kind(auth)
    return kind.apply(request, _filled(auth, values)) if kind else request


def login(like: Request, auth: object, values: Mapping[str, str]) -> Login | None:
    """What must be asked before the requests of a call, None for a kind that needs nothing. ValueError as above.

    ``like`` is what the service sends with every call, to its base URL.
    """
    kind = _kind(auth)
    return kind.login(_filled(auth, values), like) if kind and kind.login else None


def _kind(auth: object) -> Kind | None:
    if problem := problem_with_auth(auth):
        raise ValueError(problem)
    return KINDS.get(auth.get("kind", NONE)) if isinstance(auth, dict) else None


def _filled(auth: Any, values: Mapping[str, str]) -> Filled:
    return {
        name: {key: fill(text, values) for key, text in one.items()} if isinstance(one, dict) else fill(one, values)
        for name, one in auth.items()
    }
