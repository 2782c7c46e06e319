"""A real server seen as tests see a provider in their process: the same visitors, the same applications."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx2

from idp.app import build_provider, create_app
from idp.foundation.clock import FixedClock, SystemClock
from idp.foundation.configuration import load
from tests.support.provider import Site
from tests.support.server import Server


@dataclass
class Remote(Site):
    """`provider` acts on the same database from this process, as a command does; clients call the real server."""

    async def client(self, address: str = "192.0.2.10") -> httpx2.AsyncClient:
        """A program of this machine, whatever the address asked for."""
        return await self._open.enter_async_context(httpx2.AsyncClient(base_url=self.issuer, timeout=20))


@asynccontextmanager
async def reached(server: Server, database_url: str | None = None) -> AsyncIterator[Remote]:
    """The site that a server runs; `database_url` where its database is reached otherwise from here."""
    environ = {**server.environ, **({"IDP_DATABASE_URL": database_url} if database_url else {})}
    provider = build_provider(load({name: value for name, value in environ.items() if name.startswith("IDP_")}))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(provider.close)
        yield Remote(provider, FixedClock(SystemClock().now()), create_app(provider), stack)
