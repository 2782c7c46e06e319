"""npm openid-client registers itself, with each way of proving what it is, then signs somebody in."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.peers.openid_client.test_openid_client import GOODBYE, REDIRECT, peer
from tests.support.engines import migrate
from tests.support.people import PASSWORD, add_person
from tests.support.ports import free_port
from tests.support.server import Server, acting, environment, served
from tests.support.visitor import Visitor

pytestmark = [pytest.mark.needs("node"), pytest.mark.needs("peers")]
SCOPE = "openid profile email"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server where whoever holds an initial access token may register an application."""
    folder: Path = tmp_path_factory.mktemp("registration")
    port = free_port()
    environ = environment(f"sqlite:///{folder}/provider.db", port, registration_mode="token")
    migrate(environ["IDP_DATABASE_URL"])
    asyncio.run(acting(environ, add_person))
    with served(environ, port, folder / "log") as running:
        yield running


@pytest.mark.parametrize(
    "method", ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]
)
async def test_it_registers_signs_somebody_in_and_leaves(server: Server, method: str) -> None:
    token = json.loads(server.idp("clients", "token", "--json"))["initial_access_token"]
    with peer(method) as program:
        metadata = {
            "client_name": "Application inscrite par elle-même",
            "redirect_uris": [REDIRECT],
            "post_logout_redirect_uris": [GOODBYE],
            "token_endpoint_auth_method": method,
            "scope": SCOPE,
            "jwks": {"keys": [program.ask("key")]},
        }
        told = program.ask("register", issuer=server.url, metadata=metadata, initialAccessToken=token)
        async with httpx2.AsyncClient() as client:
            visitor = Visitor(client, server.url)
            page = await visitor.open(program.ask("start", redirectUri=REDIRECT, scope=SCOPE, more={})["url"])
            page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()
            page = await page.form("#consent").submit("#consent-accept")
            signed_in = program.ask("finish", url=page.address)
            assert program.ask("userinfo")["sub"] == signed_in["claims"]["sub"]
            owner = {"authorization": f"Bearer {told['registration_access_token']}"}
            assert (await client.delete(told["registration_client_uri"], headers=owner)).status_code == 204
            assert (await client.get(told["registration_client_uri"], headers=owner)).status_code == 401
