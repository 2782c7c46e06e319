"""The simulated FranceConnect for tests: its registration of us, its keys, and its app on a fixed clock."""

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import httpx2
from starlette.applications import Starlette

from idp.demo.franceconnect.app import create_app
from idp.demo.franceconnect.registration import Configuration, ServiceProvider
from idp.foundation.clock import Clock, FixedClock
from idp.foundation.secrets import SeededRandomness
from keys.ring import Key, KeyRing, Stage

NOW = 1_795_500_000
ISSUER = "http://localhost:8003/api/v2"
RETURN = "http://localhost:8000/retour/franceconnect"
LOGOUT_RETURN = "http://localhost:8000/deconnexion/retour/franceconnect"
CLIENT_ID = "a" * 64
CLIENT_SECRET = "b" * 64


def service(**changes: object) -> ServiceProvider:
    """Our registration at FranceConnect, with what a test changes in it."""
    given: dict[str, object] = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "name": "Compte de Villeneuve",
        "redirect_uris": (RETURN,),
        "post_logout_redirect_uris": (LOGOUT_RETURN,),
        **changes,
    }
    return ServiceProvider(**given)  # type: ignore[arg-type]  # each value is of its field's type


@lru_cache(maxsize=8)
def ring(generation: int = 0) -> KeyRing:
    """A ring with an ES256 and an RS256 key, the same for each `generation`; costly to make, so kept."""
    return KeyRing(tuple(Key.new(alg, NOW - generation, Stage.ACTIVE) for alg in ("ES256", "RS256")))


def simulation(
    *services: ServiceProvider,
    issuer: str = ISSUER,
    clock: Clock | None = None,
    keys: Callable[[], KeyRing] = ring,
) -> Starlette:
    """The simulated FranceConnect with these registrations, ours by default."""
    configuration = Configuration(issuer, services or (service(),))
    return create_app(configuration, clock or FixedClock(NOW), SeededRandomness(7), keys)


class Browser:
    """A browser at an application in this process: keeps cookies, follows no redirect unless told to."""

    def __init__(self, app: Starlette, base_url: str = "http://localhost:8003") -> None:
        self._runner = asyncio.Runner()
        self._client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=base_url)
        self.cookies = self._client.cookies

    def get(self, url: str, **options: Any) -> httpx2.Response:
        return self._runner.run(self._client.get(url, **options))

    def post(self, url: str, **options: Any) -> httpx2.Response:
        return self._runner.run(self._client.post(url, **options))

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()
