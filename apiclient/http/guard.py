"""Which addresses may be called. Judges the resolved address, never the text of a URL."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

SETTING = "ANSWERBACK_ALLOWED_NETWORKS"

# Python's own is_private differs between patch releases and knows none of the wrapped forms, hence our own table.
DENIED: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "an unspecified address"),
    ("10.0.0.0/8", "a private address"),
    ("100.64.0.0/10", "a carrier's shared address"),
    ("127.0.0.0/8", "a loopback address"),
    ("169.254.0.0/16", "a link-local address"),
    ("172.16.0.0/12", "a private address"),
    ("192.0.0.0/24", "a protocol assignment address"),
    ("192.0.2.0/24", "a documentation address"),
    ("192.88.99.0/24", "a 6to4 relay address"),
    ("192.168.0.0/16", "a private address"),
    ("198.18.0.0/15", "a benchmark address"),
    ("198.51.100.0/24", "a documentation address"),
    ("203.0.113.0/24", "a documentation address"),
    ("224.0.0.0/4", "a multicast address"),
    ("255.255.255.255/32", "the broadcast address"),
    ("240.0.0.0/4", "a reserved address"),
    ("::/128", "an unspecified address"),
    ("::1/128", "a loopback address"),
    ("64:ff9b:1::/48", "a local NAT64 address"),
    ("100::/64", "a discard address"),
    ("2001:db8::/32", "a documentation address"),
    ("3fff::/20", "a documentation address"),
    ("5f00::/16", "a segment routing address"),
    ("fc00::/7", "a unique local address"),
    ("fe80::/10", "a link-local address"),
    ("fec0::/10", "a site-local address"),
    ("ff00::/8", "a multicast address"),
    ("2001::/23", "a protocol assignment address"),
)

METADATA: tuple[str, ...] = (
    "169.254.169.254",  # AWS, Azure, Google, OpenStack, DigitalOcean and most others
    "169.254.169.253",  # AWS, resolver
    "169.254.169.123",  # AWS, time
    "169.254.170.2",  # AWS ECS, task credentials
    "169.254.170.23",  # AWS EKS, pod credentials
    "169.254.0.23",  # Tencent
    "169.254.42.42",  # Scaleway
    "100.100.100.200",  # Alibaba
    "192.0.0.192",  # Oracle
    "168.63.129.16",  # Azure, wire server
    "fd00:ec2::254",  # AWS
    "fd00:ec2::253",  # AWS, resolver
    "fd00:ec2::123",  # AWS, time
    "fd00:ec2::23",  # AWS EKS, pod credentials
    "fd20:ce::254",  # Google
    "fd00:42::42",  # Scaleway
)

# An IPv6 network that carries an IPv4 address, and the bit at which that address begins, counted from the right.
WRAPPED: tuple[tuple[IPv6Network, int], ...] = (
    (IPv6Network("::ffff:0:0/96"), 0),  # mapped
    (IPv6Network("::ffff:0:0:0/96"), 0),  # translated (SIIT)
    (IPv6Network("::/96"), 0),  # compatible
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64
    (IPv6Network("64:ff9b:1::/48"), 0),  # NAT64, local use
    (IPv6Network("2002::/16"), 80),  # 6to4
)
TEREDO = IPv6Network("2001::/32")
UNWRAPPED_AS_THEY_ARE = frozenset({IPv6Address("::"), IPv6Address("::1")})

_DENIED: tuple[tuple[Network, str], ...] = tuple((ip_network(network), kind) for network, kind in DENIED)
_METADATA: frozenset[Address] = frozenset(map(ip_address, METADATA))


class Guard:
    """Refuses addresses that reach inside, unless an allowed network lists them.

    ``allowed``: networks in CIDR notation, IPv4 or IPv6; ValueError names one that is not.
    Metadata addresses of clouds stay refused whatever is allowed.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self.allowed = tuple(map(_network, allowed))
        self._cached = lru_cache(maxsize=4096)(self._judge)

    def refusal(self, address: str) -> str | None:
        """Why this resolved address (text, perhaps with a zone id) may not be called; None when it may."""
        return self._cached(address)

    def _judge(self, text: str) -> str | None:
        try:
            outer = ip_address(text.partition("%")[0])
        except ValueError:
            return f"{text!r} is not an IP address"
        judged = (outer, *_inner(outer))
        for address in judged:
            if address in _METADATA:
                return f"{_subject(text, outer, address)} is a metadata address; it is never called."
        if self._allows(outer):
            return None
        for address in judged:
            if not self._allows(address) and (kind := _kind_denied(address)):
                return f"{_subject(text, outer, address)} is {kind}; it is called only if {SETTING} lists it."
        return None

    def _allows(self, address: Address) -> bool:
        return any(address in network for network in self.allowed)


def _kind_denied(address: Address) -> str | None:
    return next((kind for network, kind in _DENIED if address in network), None)


def _subject(text: str, outer: Address, judged: Address) -> str:
    return text if judged == outer else f"{text} stands for {judged}, which"


def _network(text: str) -> Network:
    try:
        return ip_network(text.strip())
    except ValueError as error:
        raise ValueError(
            f"{SETTING}: {text!r} is not a network ({error}). Allowed are networks such as 10.0.0.0/8 or fd00::/8"
            " and single addresses such as 192.168.1.7."
        ) from None


def _inner(address: Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if not isinstance(address, IPv6Address) or address in UNWRAPPED_AS_THEY_ARE:
        return
    number = int(address)
    for network, shift in WRAPPED:
        if address in network:
            yield IPv4Address(number >> shift & 0xFFFFFFFF)
    if address in TEREDO:
        yield IPv4Address(number >> 64 & 0xFFFFFFFF)  # the server
        yield IPv4Address(~number & 0xFFFFFFFF)  # the client, its bits inverted
