"""HTTP Digest (RFC 7616): the password is proved and never sent. libcurl asks twice."""

from dataclasses import replace

from apiclient.auth.basic import problem_with_user
from apiclient.auth.kind import Filled, Kind, Member
from apiclient.http import Digest, Request


def _apply(request: Request, auth: Filled) -> Request:
    if problem := problem_with_user(auth["user"]):
        raise ValueError(f"user: {problem}")
    return replace(request, credential=Digest(auth["user"], auth["password"]))


DIGEST = Kind(
    "digest",
    "Digest",
    (Member("user", "User", check=problem_with_user), Member("password", "Password", secret=True)),
    _apply,
)
