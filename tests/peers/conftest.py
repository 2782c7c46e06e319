"""A real server for relying parties that others wrote, with a person to sign in."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients import registry
from clients.client import Client
from clients.registry import Issued
from idp.foundation.provider import Provider
from tests.support.engines import migrate
from tests.support.people import add_person
from tests.support.ports import free_port
from tests.support.server import Server, acting, environment, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on an SQLite file, with one person."""
    folder: Path = tmp_path_factory.mktemp("server")
    port = free_port()
    environ = environment(f"sqlite:///{folder}/provider.db", port)
    migrate(environ["IDP_DATABASE_URL"])
    asyncio.run(acting(environ, add_person))
    with served(environ, port, folder / "log") as running:
        yield running


async def register(server: Server, client_id: str, **members: Any) -> Issued:
    """Register an application at a server, as `idp clients add` does."""
    usual: dict[str, Any] = {
        "client_name": "Application d'un autre",
        "redirect_uris": ("http://localhost:9/retour",),
        "post_logout_redirect_uris": ("http://localhost:9/au-revoir",),
        "grant_types": ("authorization_code", "refresh_token"),
        "scope": "openid profile email offline_access",
        "first_party": True,
    }

    async def act(provider: Provider) -> Issued:
        return await provider.database.transaction(
            registry.register,
            Client(client_id=client_id, **(usual | members)),
            now=provider.clock.now(),
            random_bytes=provider.randomness.token_bytes,
        )

    return await acting(server.environ, act)
