"""Why there was no usable answer: every typed failure, one row each, with what an operator should check."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Self

_NO_CURL_ERRORS: Mapping[int, str] = MappingProxyType({})


class Failure(IntEnum):
    """One row per failure: its number, label, advice, and the libcurl errors that lead to it.

    The numbers are stored in the database: never renumber, never use one again.
    """

    label: str
    advice: str
    curl_errors: Mapping[int, str]  # libcurl's number and its name

    DNS = (
        1,
        "Name not resolved",
        "Check the host name's spelling, its DNS record, and the resolver this worker uses.",
        {6: "CURLE_COULDNT_RESOLVE_HOST"},
    )
    CONNECT_REFUSED = (
        2,
        "Connection refused",
        "Check that the server is running and listens on this port, and that no firewall rejects the worker.",
        {7: "CURLE_COULDNT_CONNECT"},
    )
    CONNECT_TIMEOUT = (
        3,
        "Connect timed out",
        "Check that the host is up and that no firewall silently drops packets from the worker.",
        # no row for libcurl: it has one error, 28, for every timeout, and the engine knows whether a connection stood
    )
    UNREACHABLE = (
        4,
        "Network unreachable",
        "Check the route from the worker to this address, and that it speaks the same IP version.",
        {96: "CURLE_QUIC_CONNECT_ERROR"},
    )
    TLS = (
        5,
        "TLS failed",
        "Check the certificate's dates, host name and chain, and the TLS versions that the server offers.",
        {
            35: "CURLE_SSL_CONNECT_ERROR",
            53: "CURLE_SSL_ENGINE_NOTFOUND",
            54: "CURLE_SSL_ENGINE_SETFAILED",
            58: "CURLE_SSL_CERTPROBLEM",
            59: "CURLE_SSL_CIPHER",
            60: "CURLE_PEER_FAILED_VERIFICATION",
            64: "CURLE_USE_SSL_FAILED",
            66: "CURLE_SSL_ENGINE_INITFAILED",
            77: "CURLE_SSL_CACERT_BADFILE",
            80: "CURLE_SSL_SHUTDOWN_FAILED",
            82: "CURLE_SSL_CRL_BADFILE",
            83: "CURLE_SSL_ISSUER_ERROR",
            90: "CURLE_SSL_PINNEDPUBKEYNOTMATCH",
            91: "CURLE_SSL_INVALIDCERTSTATUS",
            98: "CURLE_SSL_CLIENTCERT",
            101: "CURLE_ECH_REQUIRED",
        },
    )
    TIMEOUT = (
        6,
        "Timed out",
        "Check how long the server works on this request; raise the call's time limit only if that is normal.",
        {28: "CURLE_OPERATION_TIMEDOUT"},
    )
    RESET = (
        7,
        "Connection closed early",
        "Check the server's and its proxy's logs for a crash, a restart or an idle limit during this request.",
        {
            18: "CURLE_PARTIAL_FILE",
            52: "CURLE_GOT_NOTHING",
            55: "CURLE_SEND_ERROR",
            56: "CURLE_RECV_ERROR",
        },
    )
    PROTOCOL = (
        8,
        "Not valid HTTP",
        "Check that an HTTP server listens on this port, and which proxy in between could spoil its answer.",
        {
            1: "CURLE_UNSUPPORTED_PROTOCOL",  # also what libcurl says of an answer that is not HTTP/1, 2 or 3
            8: "CURLE_WEIRD_SERVER_REPLY",
            16: "CURLE_HTTP2",
            61: "CURLE_BAD_CONTENT_ENCODING",
            65: "CURLE_SEND_FAIL_REWIND",
            92: "CURLE_HTTP2_STREAM",
            94: "CURLE_AUTH_ERROR",
            95: "CURLE_HTTP3",
        },
    )
    TOO_LARGE = (
        9,
        "Answer too large",
        "Check whether the answer should be this big; ask for less of it, or raise the size limit.",
        {23: "CURLE_WRITE_ERROR", 63: "CURLE_FILESIZE_EXCEEDED", 100: "CURLE_TOO_LARGE"},
    )
    TOO_MANY_REDIRECTS = (
        10,
        "Too many redirects",
        "Check the redirect chain for a loop, and call the final address directly.",
        {47: "CURLE_TOO_MANY_REDIRECTS"},
    )
    BLOCKED = (
        11,
        "Address not allowed",
        "Check where the host name or redirect points; an inside network must be listed by this server's operator.",
        {42: "CURLE_ABORTED_BY_CALLBACK"},
    )
    BAD_URL = (
        12,
        "URL not usable",
        "Check the call's URL, and the Location header if it was redirected: http or https, a host, no spaces.",
        {3: "CURLE_URL_MALFORMAT"},
    )
    WORKER_LOST = (
        13,
        "Worker lost",
        "Check the worker's log and memory: it ended during this call, which is not safe to send twice.",
    )
    MISSED = (
        14,
        "Missed",
        "Check that a worker and the beat were running and kept up at this time; nothing was sent.",
    )
    INTERNAL = (
        15,
        "Fault in Answerback",
        "Check the worker's log at this time, and report the fault: the called service is not to blame.",
        {
            2: "CURLE_FAILED_INIT",
            4: "CURLE_NOT_BUILT_IN",
            26: "CURLE_READ_ERROR",
            27: "CURLE_OUT_OF_MEMORY",
            41: "CURLE_FUNCTION_NOT_FOUND",
            43: "CURLE_BAD_FUNCTION_ARGUMENT",
            45: "CURLE_INTERFACE_FAILED",
            48: "CURLE_UNKNOWN_OPTION",
            89: "CURLE_NO_CONNECTION_AVAILABLE",
            93: "CURLE_RECURSIVE_API_CALL",
            99: "CURLE_UNRECOVERABLE_POLL",
        },
    )

    PROXY = (
        16,
        "Proxy failed",
        "Check the service's proxy: its address, its user and password, and whether it lets this host through.",
        {5: "CURLE_COULDNT_RESOLVE_PROXY", 97: "CURLE_PROXY"},
    )
    AUTH = (
        17,
        "Not signed in",
        "Check the service's authentication: the token server's or login's address, and the secrets it is given.",
    )

    # The defaults let a type checker accept Failure(3), the look-up by number.
    def __new__(
        cls, number: int, label: str = "", advice: str = "", curl_errors: Mapping[int, str] = _NO_CURL_ERRORS
    ) -> Self:
        member = int.__new__(cls, number)
        member._value_ = number
        member.label, member.advice, member.curl_errors = label, advice, curl_errors
        return member

    @property
    def slug(self) -> str:
        """The word used in contracts: ``connect_refused``."""
        return self.name.lower()

    @classmethod
    def from_slug(cls, slug: str) -> "Failure":
        """The failure of that slug; ValueError naming what is allowed."""
        try:
            return _BY_SLUG[slug]
        except KeyError:
            raise ValueError(f"failure: {slug!r} is not one of {', '.join(_BY_SLUG)}") from None


_BY_SLUG = {failure.slug: failure for failure in Failure}
_BY_CURL_ERROR = {number: failure for failure in Failure for number in failure.curl_errors}


def failure_for(curl_error: int) -> Failure:
    """The failure behind a libcurl error number; PROTOCOL for a number in no row.

    Coarse where libcurl is: 7 is CONNECT_REFUSED and 28 is TIMEOUT unless the caller, who also knows errno
    and the phase, chooses UNREACHABLE or CONNECT_TIMEOUT.
    """
    return _BY_CURL_ERROR.get(curl_error, Failure.PROTOCOL)
