"""Proofs of who asks that libcurl works out itself, from the answer or from what is sent. Pure."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Digest:
    """Asked twice: the server's first answer tells what to prove (RFC 7616)."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signature:
    """AWS Signature Version 4 over method, address, headers and body; a session's token goes as a header."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str
    service: str


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """Certificate and key in PEM, handed to libcurl in memory: no file ever holds them."""

    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)
    key_password: str = field(default="", repr=False)


Credential = Digest | Signature | ClientCertificate
