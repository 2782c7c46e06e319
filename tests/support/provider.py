"""A provider in this process, with a clock that a test moves and draws that repeat."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
from starlette.types import ASGIApp

from idp.app import build_provider, create_app, prepare
from idp.foundation.clock import FixedClock
from idp.foundation.hashing import HashCost
from idp.foundation.provider import Provider
from idp.foundation.secrets import SeededRandomness
from idp.foundation.settings import Settings
from keys import store as key_store
from keys.ring import KeyRing
from tests.support.visitor import Visitor

ISSUER = "https://connexion.exemple.fr"
NOW = 1_790_000_000
CHEAP = HashCost(memory_kib=64, passes=1, at_once=1)
"""Tests that are not about the cost of a hash should not pay it."""
_made: dict[str, KeyRing] = {}
"""The first ring made under each secret key, for each choice of algorithms: RSA keys take longer to make than most
tests take to run."""


def settings_for(database_url: str, **changes: Any) -> Settings:
    """Settings of a provider on that database, with some of them changed."""
    usual = Settings(
        issuer=ISSUER,
        database_url=database_url,
        secret_key="Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e",
        hashing=CHEAP,
        jobs="apart",
    )
    return replace(usual, **changes)


@dataclass
class Site:
    """A provider being visited."""

    provider: Provider
    clock: FixedClock
    app: ASGIApp
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def issuer(self) -> str:
        return self.provider.settings.issuer

    async def client(self, address: str = "192.0.2.10") -> httpx2.AsyncClient:
        """A program that calls the provider, without cookies of anybody else's."""
        transport = httpx2.ASGITransport(self.app, client=(address, 40_000))
        return await self._open.enter_async_context(httpx2.AsyncClient(transport=transport, base_url=self.issuer))

    async def visitor(self, language: str = "fr", address: str = "192.0.2.10") -> Visitor:
        """A new browser."""
        return Visitor(await self.client(address), self.issuer, language)


@asynccontextmanager
async def opened(settings: Settings, *, seed: int = 1) -> AsyncIterator[Site]:
    """A provider with these settings, its keys made, closed at the end."""
    clock = FixedClock(NOW)
    provider = build_provider(settings, clock, SeededRandomness(seed))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(provider.close)
        await _prepare_quickly(provider)
        yield Site(provider, clock, create_app(provider), stack)


async def _prepare_quickly(provider: Provider) -> None:
    now = provider.clock.now()
    secret = f"{provider.settings.secret_key} {provider.settings.keys.signing}"
    if made := _made.get(secret):
        stored = await provider.database.transaction(key_store.save, provider.seal, KeyRing(), made, now)
        provider.ring = stored or made
    else:
        await prepare(provider)
        _made[secret] = provider.ring
