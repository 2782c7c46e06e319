"""Shortening network addresses that have been kept long enough exact: only their network stays.

A shortened address has its prefix length, which is how it is told from an exact one. Rows are shortened in the order of
their time, so that those already done are all older than those to do, and the index on the time finds the border.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, select, update

BATCH = 500
_KEPT_BITS = {4: 24, 6: 48}
"""Of an IPv4 address what a street shares, of an IPv6 one what a site is given (RFC 6177)."""


def network_of(address: str) -> str:
    """The network of an address (192.0.2.0/24, 2001:db8:1::/48); empty for what is not an address."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed, _KEPT_BITS[parsed.version]), strict=False))


@dataclass(frozen=True, slots=True)
class Border:
    """Up to where addresses are shortened already (seconds UTC), and up to where they are to be."""

    done_until: int
    before: int


class Shortening:
    """The addresses of a table, in `column`, whose age counts from `time` (seconds UTC)."""

    def __init__(self, table: Table, time: Column[Any], column: Column[Any]) -> None:
        (key,) = table.primary_key
        shortened = column.contains("/")
        self._border = select(time).where(time <= bindparam("before"), shortened).order_by(time.desc()).limit(1)
        self._exact = (
            select(key, time, column)
            .where(time >= bindparam("done_until"), time <= bindparam("before"), column != "", ~shortened)
            .order_by(time)
            .limit(BATCH)
        )
        self._write = update(table).where(key == bindparam("row")).values({column: bindparam("network")})

    def border(self, connection: Connection, before: int) -> Border:
        """Where to begin, for rows whose time is `before` or earlier."""
        return Border(int(connection.execute(self._border, {"before": before}).scalar() or 0), before)

    def shorten(self, connection: Connection, border: Border) -> tuple[int, Border]:
        """Shorten one batch; how many addresses, and where to go on."""
        exact = connection.execute(self._exact, {"done_until": border.done_until, "before": border.before}).all()
        if exact:
            connection.execute(self._write, [{"row": key, "network": network_of(held)} for key, _, held in exact])
        return len(exact), Border(int(exact[-1][1]) if exact else border.done_until, border.before)
