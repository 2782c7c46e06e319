"""A program that registers an application over the network, step by step, so that a test can take any step wrongly."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from idp.foundation.settings import Registration
from idp.oidc.registration import initial_access
from tests.support.outside import ca_file
from tests.support.provider import Site, opened, settings_for

MINIMAL: dict[str, Any] = {"redirect_uris": ["https://pool.example/cb"]}


@dataclass
class Registrant:
    """Whoever speaks to `/register` from one address."""

    http: httpx2.AsyncClient

    async def register(self, document: object = None, token: str | None = None) -> httpx2.Response:
        """Send a registration; without a document, the least that is accepted."""
        headers = {"authorization": f"Bearer {token}"} if token is not None else {}
        return await self.http.post("/register", json=MINIMAL if document is None else document, headers=headers)

    async def registered(self, **members: Any) -> dict[str, Any]:
        """What an accepted registration is told."""
        answer = await self.register(MINIMAL | members)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def ask(self, method: str, told: dict[str, Any], document: object = None) -> httpx2.Response:
        """Call the configuration endpoint with the token of what was told."""
        headers = {"authorization": f"Bearer {told['registration_access_token']}"}
        return await self.http.request(method, told["registration_client_uri"], headers=headers, json=document)


async def registrant(site: Site, address: str = "192.0.2.30") -> Registrant:
    return Registrant(await site.client(address))


@asynccontextmanager
async def registering(database_url: str, mode: Any = "open", **changes: Any) -> AsyncIterator[Site]:
    """A provider that lets applications register, and that may call this machine."""
    names = set(Registration.__slots__)
    registration = Registration(mode=mode, **{name: changes.pop(name) for name in names & changes.keys()})
    usual = {"outbound_allow": ("127.0.0.1",), "outbound_ca_file": ca_file()}
    async with opened(settings_for(database_url, registration=registration, **(usual | changes))) as site:
        yield site


async def initial_token(site: Site, uses: int = 1, life: int = 3_600) -> tuple[str, str]:
    """A new initial access token: its id and its secret."""
    token, secret = await site.provider.database.transaction(
        initial_access.make, note="", uses=uses, life=life, randomness=site.provider.randomness, now=site.clock.now()
    )
    return token.id, secret
