"""A client certificate (mutual TLS), in PEM out of the secrets: handed to libcurl in memory, never in a file."""

from dataclasses import replace

from apiclient.auth.kind import Filled, Kind, Member
from apiclient.http import ClientCertificate, Request


def _apply(request: Request, auth: Filled) -> Request:
    for name in ("certificate", "key"):
        if "-----BEGIN " not in auth[name]:
            raise ValueError(f"{name}: its secret is no PEM, which begins with -----BEGIN.")
    if not request.url.lower().startswith("https:"):
        raise ValueError("certificate: it is shown to servers of https only, and the URL begins with http.")
    key_password = auth.get("key_password", "")
    proof = ClientCertificate(auth["certificate"].encode(), auth["key"].encode(), key_password)
    return replace(request, credential=proof)


CLIENT_CERTIFICATE = Kind(
    "client_certificate",
    "Client certificate",
    (
        Member("certificate", "Certificate", "PEM, the certificates that lead to its root behind it.", secret=True),
        Member("key", "Private key", "PEM.", secret=True),
        Member("key_password", "Password of the key", "If it is encrypted.", secret=True, required=False),
    ),
    _apply,
)
