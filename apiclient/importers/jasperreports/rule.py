"""What an answer must be beside its code, where the class of the code alone misleads. Pure."""

from typing import Any

Check = dict[str, Any]

RULES: dict[str, tuple[Check, ...]] = {
    "no page": (  # the login page, or that of a proxy, where data was asked for
        {"kind": "header", "name": "Content-Type", "is": "lacks", "value": "text/html", "codes": "2xx"},
        {"kind": "location", "is": "lacks", "value": "login", "codes": "3xx"},
    ),
    # Not where the body may be a file, of which only the first MiB could be looked at.
    "no error object": ({"kind": "body", "is": "lacks_match", "value": 'errorDescriptor|"errorCode"', "codes": "2xx"},),
    "key": ({"kind": "body", "is": "lacks", "value": "Error", "codes": "200"},),
    "logged in": (
        {"kind": "location", "is": "lacks", "value": "error=1", "codes": "302"},
        {"kind": "header", "name": "Set-Cookie", "is": "matches", "value": "JSESSIONID=", "codes": "302"},
    ),
    "signed out": (  # the page itself instead of a way to it: the session is not ended
        {"kind": "header", "name": "Content-Type", "is": "lacks", "value": "text/html", "codes": "2xx"},
        {"kind": "location", "is": "present", "codes": "3xx"},
    ),
    "phase": ({"kind": "json", "path": "$.phase", "is": "in", "value": ["inprogress", "finished"], "codes": "200"},),
    "execution": (
        {"kind": "json", "path": "$.value", "is": "differs", "value": "failed", "codes": "200"},
        {"kind": "json", "path": "$.value", "is": "differs", "value": "cancelled", "codes": "200", "degrades": True},
    ),
    "armed": (
        {"kind": "json", "path": "$.value", "is": "lacks_match", "value": "^(ERROR|error)$", "codes": "200"},
        {"kind": "json", "path": "$.value", "is": "differs", "value": "PAUSED", "codes": "200", "degrades": True},
        {"kind": "json", "path": "$.nextFireTime", "is": "after", "value": "now", "codes": "200"},
    ),
    "report": ({"kind": "header", "name": "JasperServerError", "is": "absent"},),
    # The four below fail by their code anyway. They say which of several causes it was.
    "validation": ({"kind": "body", "is": "lacks", "value": "input.controls.validation.error", "codes": "403"},),
    "data source": ({"kind": "body", "is": "lacks_match", "value": "SQL|JDBC", "codes": "403"},),
    "duplicate": ({"kind": "body", "is": "lacks_match", "value": "already exist", "codes": "403"},),
    "cross-domain": ({"kind": "body", "is": "lacks_match", "value": "Domain .* forbidden", "codes": "401"},),
}


def checks(*names: str) -> list[Check]:
    """Those of the rules of these names, each a copy."""
    return [dict(check) for name in names for check in RULES[name]]
