"""From a name to its addresses, asked once for each call: what was judged is then what is connected to (DC-02)."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from idp.outbound.addresses import Address
from idp.outbound.faults import NotFetched

Resolve = Callable[[str, int], Awaitable[tuple[Address, ...]]]
"""All the addresses of a host, most preferred first. Raises `NotFetched` when it has none."""

_THREADS = 16


class SystemResolver:
    """The system's resolver, in threads of its own: names that hang keep nothing else waiting."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolver")

    async def __call__(self, host: str, port: int) -> tuple[Address, ...]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _look_up, host, port)
        except (OSError, UnicodeError):
            raise NotFetched("a name without an address") from None
        return tuple(dict.fromkeys(ip_address(address.partition("%")[0]) for address in found))

    def close(self) -> None:
        """Begin no other look-up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
