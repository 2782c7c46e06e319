"""Where a call for an application may go, whatever address it gave.

By default to public addresses on port 443 by https: every block that IANA registers for a special purpose (RFC 6890 and
its successors) is refused, since behind it is our own machine, its neighbours or the metadata of its host. What an
operator names in `outbound_allow` is reached as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from string import ascii_letters, digits
from typing import Self
from urllib.parse import urlsplit

from idp.outbound.faults import NotFetched

Address = IPv4Address | IPv6Address

LONGEST_URL = 2_000
HTTPS_PORT = 443
_PORTS = {"https": HTTPS_PORT, "http": 80}
_URL_CHARACTERS = frozenset(ascii_letters + digits + "-._~:/?#[]@!$&'()*+,;=%")  # RFC 3986 section 2
_NAME_CHARACTERS = frozenset(ascii_letters + digits + "-._")

_SPECIAL_IPV4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",  # public by number, and the metadata of every machine at one large host
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_GLOBAL_IPV6 = IPv6Network("2000::/3")
_SPECIAL_IPV6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """An address to call, cut in parts. `path` begins with a slash and holds the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the `Host` header says (RFC 9110 section 7.2)."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an operator lets us call besides public addresses: hosts, on one port or on any, and networks."""

    hosts: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def read(cls, written: Sequence[str]) -> Self:
        """Read `host`, `host:port`, an address or a network each. Raises `ValueError` naming the first that is none."""
        hosts: set[tuple[str, int | None]] = set()
        networks: list[IPv4Network | IPv6Network] = []
        for entry in written:
            try:
                networks.append(ip_network(entry, strict=False))
            except ValueError:
                hosts.add(_host_and_port(entry))
        return cls(frozenset(hosts), tuple(networks))

    def names(self, target: Target) -> bool:
        """Whether the host itself is allowed, on that port."""
        return not self.hosts.isdisjoint({(target.host, None), (target.host, target.port)})

    def holds(self, address: Address) -> bool:
        """Whether the address is of an allowed network."""
        return any(address in network for network in self.networks)

    def lets(self, target: Target, address: Address) -> bool:
        """Whether that host may be called at that address, which its name gave."""
        if self.names(target) or self.holds(address):
            return True
        return target.port == HTTPS_PORT and is_public(address)


def _host_and_port(entry: str) -> tuple[str, int | None]:
    host, colon, port = entry.lower().partition(":")
    if not host or not _NAME_CHARACTERS.issuperset(host):
        raise ValueError(f"{entry!r} is neither a host nor a network")
    if not colon:
        return host, None
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ValueError(f"{entry!r} has no port that can be read")
    return host, int(port)


def is_public(address: Address) -> bool:
    """Whether an address is anybody's on the Internet. One that carries an IPv4 address is judged by that one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
        return address in _GLOBAL_IPV6 and not any(address in network for network in _SPECIAL_IPV6)
    return not any(address in network for network in _SPECIAL_IPV4)


def read(url: str, allowance: Allowance) -> Target:
    """Cut an address that an application gave. Raises `NotFetched` for one that we would not call anyway.

    Its fragment is dropped, as in every request (RFC 9110 section 4.2.5).
    """
    if len(url) > LONGEST_URL or not _URL_CHARACTERS.issuperset(url):
        raise NotFetched("an address too long or with characters that none has")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotFetched("an address that cannot be read") from None
    if parts.scheme not in _PORTS or not _is_host(host) or "@" in parts.netloc or port == 0:
        raise NotFetched("an address of another kind")
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    target = Target(parts.scheme, host, _PORTS[parts.scheme] if port is None else port, path)
    if target.scheme == "http" and not (allowance.names(target) or _is_held(host, allowance)):
        raise NotFetched("http to a host that is not allowed by name")
    return target


def _is_host(host: str) -> bool:
    return bool(host) and (_NAME_CHARACTERS.issuperset(host) or ("%" not in host and _literal(host) is not None))


def _is_held(host: str, allowance: Allowance) -> bool:
    address = _literal(host)
    return address is not None and allowance.holds(address)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
