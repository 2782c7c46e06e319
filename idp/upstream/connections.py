"""Every upstream of the settings, by name, as this process reaches them."""

from functools import partial

from idp.foundation.errors import NotFound
from idp.foundation.provider import Provider
from idp.interactions.upstreams import silences
from idp.upstream.connection import Connection
from idp.upstream.fetching import Fetcher
from idp.upstream.providers import registration


class Connections:
    """One HTTP client and one `Connection` for each upstream, opened with the first sign-in."""

    def __init__(self, provider: Provider, fetcher: Fetcher | None = None) -> None:
        self._provider = provider
        self._fetcher = fetcher or Fetcher(provider.settings.outbound_ca_file)
        self._by_name = {
            upstream.name: Connection(
                registration(upstream), self._fetcher, provider.clock, partial(self._report, upstream.name)
            )
            for upstream in provider.settings.upstreams
        }

    def to(self, name: str) -> Connection:
        """The upstream of that name. Raises `NotFound`."""
        if name not in self._by_name:
            raise NotFound(cause="no upstream of that name")
        return self._by_name[name]

    async def close(self) -> None:
        """Close the HTTP client."""
        await self._fetcher.close()

    def _report(self, name: str, failures: int) -> None:
        silences(self._provider).note(name, failures, self._provider.clock.now())


def connection(provider: Provider, name: str) -> Connection:
    """The upstream of that name, of this provider. Raises `NotFound`."""
    return provider.resources.obtain(Connections, lambda: Connections(provider)).to(name)
