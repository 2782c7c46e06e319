"""mod_auth_openidc 2.4 in Debian's Apache: code, hybrid, form post, and every way to hear of a sign-out."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.peers import guide
from tests.peers.conftest import register
from tests.peers.mod_auth_openidc import apache
from tests.support.engines import migrate
from tests.support.people import add_person
from tests.support.ports import free_port
from tests.support.server import Server, acting, environment, served
from tests.support.signing_in import sign_in
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.needs("mod_auth_openidc")

WAYS = {
    "code": {"OIDCResponseType": "code"},
    "code by form post": {"OIDCResponseType": "code", "OIDCResponseMode": "form_post"},
    "hybrid": {"OIDCResponseType": "code id_token", "OIDCResponseMode": "form_post"},
    "hybrid with a token": {"OIDCResponseType": "code id_token token", "OIDCResponseMode": "form_post"},
}


@dataclass
class Pool:
    """The protected site, and the browser of somebody who goes there."""

    address: str
    server: Server
    browser: httpx2.AsyncClient

    @property
    def visitor(self) -> Visitor:
        return Visitor(self.browser, self.server.url)

    async def open(self) -> httpx2.Response:
        """Ask for the page that is kept for those who signed in."""
        return await self.browser.get(f"{self.address}/prive/")

    async def enter(self) -> None:
        """Sign in where the site sends the browser, and come back."""
        response = await self.open()
        assert response.status_code == 302, response.text
        page = await self.visitor.open(response.headers["location"])
        if page.has("#signin"):
            page = await sign_in(page)
        if page.has("#form-post"):
            page = await page.form("#form-post").submit()
        else:
            page = Page(self.visitor, page.address, await self.browser.get(page.address), outside=True)
        assert page.response.headers["location"] == f"{self.address}/prive/", page.response.text
        assert (await self.open()).text == "Bassin réservé"

    async def is_in(self) -> bool:
        """Whether the site still knows them."""
        return (await self.open()).status_code == 200


@pytest.fixture(scope="module")
def port() -> int:
    """The port of the site, which the provider is allowed to call."""
    return free_port()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Server]:
    """A provider that allows tokens in the front channel, with one person."""
    folder: Path = tmp_path_factory.mktemp("server")
    own = free_port()
    environ = environment(
        f"sqlite:///{folder}/provider.db", own, front_channel="true", outbound_allow=f"localhost:{port}"
    )
    migrate(environ["IDP_DATABASE_URL"])
    asyncio.run(acting(environ, add_person))
    with served(environ, own, folder / "log") as running:
        yield running


def variables(server: Server, client_id: str, secret: str) -> dict[str, str]:
    """What the example leaves to define, but its own address."""
    return {
        "ISSUER": server.url,
        "CLIENT_ID": client_id,
        "CLIENT_SECRET": secret,
        "PASSPHRASE": "une-phrase-de-la-piscine",
    }


@asynccontextmanager
async def pool(server: Server, port: int, way: str, **members: Any) -> AsyncIterator[Pool]:
    """The site, registered at the provider, and a new browser."""
    settings = WAYS[way]
    back = f"http://localhost:{port}/prive/retour"
    usual: dict[str, Any] = {
        "redirect_uris": (back,),
        "post_logout_redirect_uris": (f"http://localhost:{port}/",),
        "grant_types": ("authorization_code", "implicit", "refresh_token"),
        "response_types": (settings["OIDCResponseType"],),
        "scope": "openid profile email",
    }
    client_id = f"piscine-{free_port()}"
    issued = await register(server, client_id, **(usual | members))
    with apache.serving(port, variables(server, client_id, issued.secret or ""), settings) as address:
        async with httpx2.AsyncClient() as browser:
            yield Pool(address, server, browser)


@pytest.mark.parametrize("way", WAYS)
async def test_a_page_is_kept_for_those_who_signed_in(server: Server, port: int, way: str) -> None:
    async with pool(server, port, way) as site:
        assert not await site.is_in()
        await site.enter()
        known = (await site.browser.get(f"{site.address}/prive/retour?info=json")).json()
        assert known["userinfo"]["email"] == "camille.martin@exemple.fr"
        assert known["userinfo"]["sub"] == known["id_token"]["sub"]
        assert known["id_token"]["iss"] == server.url


async def test_the_site_of_the_guide_signs_people_in(server: Server, port: int) -> None:
    issued = guide.register(server, "apache.md", f"http://localhost:{port}")
    with apache.serving(port, variables(server, issued.client_id, issued.secret), {}) as address:
        async with httpx2.AsyncClient() as browser:
            await Pool(address, server, browser).enter()


async def test_a_sign_out_asked_by_the_site_comes_back_to_it(server: Server, port: int) -> None:
    async with pool(server, port, "code") as site:
        await site.enter()
        asked = await site.browser.get(f"{site.address}/prive/retour?logout={site.address}/")
        page = await site.visitor.open(asked.headers["location"])
        assert page.address.partition("?")[0] == f"{site.address}/"
        assert not await site.is_in()
        assert (await site.visitor.open("/mon-compte")).has("#signin")


async def test_a_sign_out_elsewhere_is_heard_by_the_back_channel(server: Server, port: int) -> None:
    listening = f"http://localhost:{port}/prive/retour?logout=backchannel"
    async with pool(server, port, "code", backchannel_logout_uri=listening) as site:
        await site.enter()
        question = await site.visitor.open("/deconnexion")
        assert (await question.form("#signout").submit("#signout-confirm")).has("#told")
        for _ in range(100):
            if not await site.is_in():
                break
            await asyncio.sleep(0.1)
        assert not await site.is_in()
        told = json.loads(server.idp("audit", "--event", "logout.delivered", "--json"))
        assert "piscine" in json.dumps(told)


async def test_a_sign_out_is_heard_in_a_frame(server: Server, port: int) -> None:
    listening = f"http://localhost:{port}/prive/retour?logout=get"
    async with pool(server, port, "code", frontchannel_logout_uri=listening) as site:
        await site.enter()
        question = await site.visitor.open("/deconnexion")
        page = await question.form("#signout").submit("#signout-confirm")
        await site.browser.get(str(page.one("iframe")["src"]))
        assert not await site.is_in()
