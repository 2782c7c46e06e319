"""npm openid-client in the families beside the usual sign-in: hybrid, implicit, pushed, signed, encrypted, devices."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.peers.conftest import register
from tests.peers.openid_client.test_openid_client import REDIRECT, Peer, peer
from tests.support.engines import migrate
from tests.support.people import PASSWORD, add_person
from tests.support.ports import free_port
from tests.support.server import Server, acting, environment, served
from tests.support.visitor import Page, Visitor

pytestmark = [pytest.mark.needs("node"), pytest.mark.needs("peers")]
SCOPE = "openid profile email"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose authority allows answers in the front channel."""
    folder: Path = tmp_path_factory.mktemp("families")
    port = free_port()
    environ = environment(f"sqlite:///{folder}/provider.db", port, front_channel="yes")
    migrate(environ["IDP_DATABASE_URL"])
    asyncio.run(acting(environ, add_person))
    with served(environ, port, folder / "log") as running:
        yield running


@asynccontextmanager
async def registered(server: Server, program: Peer, name: str, **members: Any) -> AsyncIterator[Visitor]:
    """The program knows the provider, which knows it as `name`; somebody is at their browser."""
    issued = await register(server, name, scope=members.pop("scope", SCOPE), **members)
    program.ask("discover", issuer=server.url, clientId=name, secret=issued.secret, algorithm="RS256")
    async with httpx2.AsyncClient() as client:
        yield Visitor(client, server.url)


async def sign_in(page: Page) -> Page:
    return await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit("#signin-submit")


async def test_it_receives_a_code_and_an_id_token_at_once(server: Server) -> None:
    members = {"grant_types": ("authorization_code", "implicit"), "response_types": ("code id_token",)}
    with peer("client_secret_basic") as program:
        async with registered(server, program, "families-hybrid", **members) as visitor:
            program.ask("respond", responseType="code id_token")
            page = await sign_in(
                await visitor.open(program.ask("start", redirectUri=REDIRECT, scope=SCOPE, more={})["url"])
            )
            signed_in = program.ask("finish", url=page.address)
            assert program.ask("userinfo")["sub"] == signed_in["claims"]["sub"]


async def test_it_receives_an_id_token_alone(server: Server) -> None:
    members = {"grant_types": ("implicit",), "response_types": ("id_token",)}
    with peer("none") as program:
        async with registered(
            server, program, "families-implicit", token_endpoint_auth_method="none", **members
        ) as visitor:
            program.ask("respond", responseType="id_token")
            more = {"code_challenge": "", "code_challenge_method": ""}
            page = await sign_in(
                await visitor.open(program.ask("start", redirectUri=REDIRECT, scope=SCOPE, more=more)["url"])
            )
            claims = program.ask("finishImplicit", url=page.address)["claims"]
            assert claims["email"] == "camille.martin@exemple.fr"


@pytest.mark.parametrize("way", ["pushed", "signed", "both"])
async def test_it_pushes_and_signs_its_requests(server: Server, way: str) -> None:
    with peer("private_key_jwt") as program:
        members = {
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [program.ask("key")]},
            "require_pushed_authorization_requests": way != "signed",
            "require_signed_request_object": way != "pushed",
        }
        async with registered(server, program, f"families-{way}", **members) as visitor:
            url = program.ask("start", redirectUri=REDIRECT, scope=SCOPE, more={}, way=way)["url"]
            page = await sign_in(await visitor.open(url))
            signed_in = program.ask("finish", url=page.address)
            assert program.ask("userinfo")["sub"] == signed_in["claims"]["sub"]


@pytest.mark.parametrize("content", ["A128CBC-HS256", "A128GCM", "A256GCM"])
async def test_it_reads_what_is_encrypted_to_it(server: Server, content: str) -> None:
    with peer("client_secret_basic") as program:
        members = {
            "jwks": {"keys": [program.ask("encryptionKey")]},
            "id_token_encrypted_response_alg": "RSA-OAEP-256",
            "id_token_encrypted_response_enc": content,
            "userinfo_signed_response_alg": "RS256",
            "userinfo_encrypted_response_alg": "RSA-OAEP-256",
            "userinfo_encrypted_response_enc": content,
        }
        async with registered(server, program, f"families-{content.lower()}", **members) as visitor:
            program.ask("decrypt", contents=[content])
            page = await sign_in(
                await visitor.open(program.ask("start", redirectUri=REDIRECT, scope=SCOPE, more={})["url"])
            )
            signed_in = program.ask("finish", url=page.address)
            assert signed_in["tokens"]["id_token"].count(".") == 4
            assert program.ask("userinfo")["email"] == "camille.martin@exemple.fr"


async def test_it_runs_on_a_device_without_a_browser(server: Server) -> None:
    members = {"grant_types": (DEVICE, "refresh_token"), "response_types": (), "redirect_uris": ()}
    with peer("client_secret_basic") as program:
        async with registered(server, program, "families-device", **members) as visitor:
            shown = program.ask("startDevice", scope=SCOPE)
            page = await visitor.open(shown["verification_uri_complete"])
            page = await sign_in(await page.form("#device").submit())
            assert shown["user_code"] in page.text
            assert (await page.form("#consent").submit("#consent-accept")).has("#device-done")
            signed_in = program.ask("finishDevice")
            assert program.ask("userinfo")["sub"] == signed_in["claims"]["sub"]


async def test_it_asks_for_itself(server: Server) -> None:
    members = {
        "grant_types": ("client_credentials",),
        "response_types": (),
        "redirect_uris": (),
        "scope": "agenda:read",
    }
    with peer("client_secret_post") as program:
        method = "client_secret_post"
        async with registered(server, program, "families-machine", token_endpoint_auth_method=method, **members):
            told = program.ask("askForItself", scope="agenda:read")
            assert (told["scope"], "id_token" in told) == ("agenda:read", False)
            assert program.ask("introspect")["active"] is True
