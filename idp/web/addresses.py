"""Where a request comes from, when proxies stand in between."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

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
        while hops and any(ip_address(current) in network for network in trusted):
            current = str(ip_address(hops.pop()))
    except ValueError as error:
        raise BadRequest(
            "malformed_address", text("La demande est mal formée."), cause="unreadable X-Forwarded-For"
        ) from error
    return current


def throttle_key(address: str) -> str:
    """What is counted for an address: an IPv6 household holds a whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address
