"""Where a request comes from, when proxies stand in between."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from idp.foundation.errors import BadRequest
from idp.foundation.texts import text

Network = IPv4Network | IPv6Network


def networks(written: Sequence[str]) -> tuple[Network, ...]:
    """The networks of the proxies we trust. Raises `ValueError` on one that is not a network."""
    return tuple(ip_network(each, strict=False) for each in written)


def client_address(peer: str | None, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The visitor's address: the last one that a trusted proxy did not add itself.

    `X-Forwarded-For` counts only when the peer is a trusted proxy; what cannot be read is refused, never skipped.
    """
    if peer is None:
        return ""
    hops = [part.strip() for line in forwarded for part in line.split(",")]
    current = peer
    try:
        while hops and any(_read(current) in network for network in trusted):
            current = str(_read(hops.pop()))
    except ValueError as error:
        raise BadRequest(
            "malformed_address", text("La demande est mal formée."), cause="unreadable X-Forwarded-For"
        ) from error
    return current


def is_within(address: str, among: Sequence[Network]) -> bool:
    """Whether an address is in one of these networks. One that cannot be read is in none."""
    try:
        read = _read(address)
    except ValueError:
        return False
    return any(read in network for network in among)


def throttle_key(address: str) -> str:
    """What is counted for an address: an IPv6 household holds a whole /64."""
    try:
        parsed = _read(address)
    except ValueError:
        return address
    return str(IPv6Network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)


def _read(address: str) -> IPv4Address | IPv6Address:
    """An address, an IPv4 one whichever way a socket of both kinds writes it (RFC 4291 section 2.5.5.2)."""
    parsed = ip_address(address)
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed
