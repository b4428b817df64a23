"""AWS Signature Version 4: libcurl signs method, address, headers and body at the moment of sending."""

import re
from dataclasses import replace

from apiclient.auth.kind import Filled, Kind, Member, with_header
from apiclient.http import Request, Signature

_WORD = re.compile(r"[A-Za-z0-9_-]{1,60}")


def problem_with_word(text: str) -> str | None:
    """None when it can stand in the scope of a signature."""
    return None if _WORD.fullmatch(text) else "use letters, digits, _ and -, such as eu-central-1."


def _apply(request: Request, auth: Filled) -> Request:
    for name in ("region", "service"):
        if problem := problem_with_word(auth[name]):
            raise ValueError(f"{name}: {problem}")
    if token := auth.get("session_token", ""):
        request = with_header(request, "X-Amz-Security-Token", token.strip())
    proof = Signature(auth["access_key"], auth["secret_key"].strip(), auth["region"], auth["service"])
    return replace(request, credential=proof)


AWS_SIGV4 = Kind(
    "aws_sigv4",
    "AWS Signature Version 4",
    (
        Member("access_key", "Access key", "Its id, such as AKIA...; no secret by itself."),
        Member("secret_key", "Secret key", secret=True),
        Member("region", "Region", "Such as eu-central-1.", check=problem_with_word),
        Member("service", "AWS service", "Such as execute-api or s3.", check=problem_with_word),
        Member("session_token", "Session token", "With temporary keys only.", secret=True, required=False),
    ),
    _apply,
)
