"""Every upstream of the settings, by name, as this process reaches them."""

from idp.foundation.clock import Clock
from idp.foundation.errors import NotFound
from idp.foundation.provider import Provider
from idp.foundation.settings import Settings
from idp.upstream.connection import Connection
from idp.upstream.fetching import Fetcher
from idp.upstream.providers import registration


class Connections:
    """One HTTP client and one `Connection` for each upstream, opened with the first sign-in."""

    def __init__(self, settings: Settings, clock: Clock, fetcher: Fetcher | None = None) -> None:
        self._fetcher = fetcher or Fetcher(settings.outbound_ca_file)
        self._by_name = {
            upstream.name: Connection(registration(upstream), self._fetcher, clock) for upstream in settings.upstreams
        }

    def to(self, name: str) -> Connection:
        """The upstream of that name. Raises `NotFound`."""
        if name not in self._by_name:
            raise NotFound(cause="no upstream of that name")
        return self._by_name[name]

    async def close(self) -> None:
        """Close the HTTP client."""
        await self._fetcher.close()


def connection(provider: Provider, name: str) -> Connection:
    """The upstream of that name, of this provider. Raises `NotFound`."""
    opened = provider.resources.obtain(Connections, lambda: Connections(provider.settings, provider.clock))
    return opened.to(name)
