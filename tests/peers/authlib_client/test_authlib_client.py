"""Authlib's own client, in the application in Starlette of the integrators' guide, registered and run as it says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from tests.peers import guide
from tests.peers.authlib_client.application import Application
from tests.peers.conftest import register
from tests.support.server import Server
from tests.support.signing_in import sign_in
from tests.support.visitor import Page, Visitor

ADDRESS = "http://localhost:9"


@dataclass
class Browser:
    """One browser, on the application's pages and on the provider's."""

    on_application: httpx2.AsyncClient
    on_provider: Visitor

    async def press(self, path: str) -> Page:
        """Follow a link of the application that leads to the provider."""
        response = await self.on_application.get(path)
        return await self.on_provider.open(response.headers["location"])

    async def come_back(self, page: Page) -> httpx2.Response:
        """Bring the provider's answer to the application."""
        return await self.on_application.get(page.address.removeprefix(ADDRESS))

    async def person(self) -> Any:
        """Who the application says is here."""
        return (await self.on_application.get("/")).json()["person"]


@pytest.fixture(scope="module")
def issued(server: Server) -> guide.Registered:
    """What the command of the guide printed."""
    return guide.register(server, "starlette.md", ADDRESS)


@asynccontextmanager
async def browsing(application: Application, server: Server) -> AsyncIterator[Browser]:
    """Somebody's browser, before the application."""
    transport = httpx2.ASGITransport(application.asgi)
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as own, httpx2.AsyncClient() as other:
        yield Browser(own, Visitor(other, server.url))


@pytest.fixture
async def browser(server: Server, issued: guide.Registered) -> AsyncIterator[Browser]:
    """Somebody's browser, before the application as the guide registers it."""
    application = Application(server.url, issued.client_id, issued.secret, ADDRESS, "une clé de l'application")
    async with browsing(application, server) as opened:
        yield opened


async def enter(browser: Browser) -> None:
    response = await browser.come_back(await sign_in(await browser.press("/connexion")))
    assert (response.status_code, response.headers["location"]) == (303, "/")


async def test_somebody_signs_in_and_out(browser: Browser) -> None:
    assert await browser.person() is None
    await enter(browser)
    assert (await browser.person())["email"] == "camille.martin@exemple.fr"
    goodbye = await browser.press("/deconnexion")
    assert goodbye.address.startswith(f"{ADDRESS}/au-revoir?state=")
    assert (await browser.come_back(goodbye)).headers["location"] == "/"
    assert await browser.person() is None
    assert (await browser.press("/connexion")).has("#signin")


async def test_it_refreshes_where_it_is_registered_for_it(server: Server) -> None:
    issued = await register(server, "authlib-refresh", redirect_uris=(f"{ADDRESS}/retour",))
    assert issued.secret is not None
    application = Application(server.url, "authlib-refresh", issued.secret, ADDRESS, "une clé de l'application")
    async with browsing(application, server) as browser:
        await enter(browser)
        (former,) = application.tokens.values()
        renewed = await application.provider.fetch_access_token(
            grant_type="refresh_token", refresh_token=former["refresh_token"]
        )
        assert renewed["refresh_token"] != former["refresh_token"]
        told = await application.provider.userinfo(token=renewed)
        assert told["sub"] == (await browser.person())["sub"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [("error=access_denied", "access_denied"), ("code=lpac_foreign&state=foreign", "mismatching_state")],
)
async def test_an_answer_that_is_no_sign_in_is_told(browser: Browser, answer: str, error: str) -> None:
    response = await browser.on_application.get(f"/retour?{answer}")
    assert (response.status_code, response.json()) == (403, {"error": error})
    assert await browser.person() is None


async def test_a_goodbye_that_was_not_asked_is_refused(browser: Browser) -> None:
    await enter(browser)
    assert (await browser.on_application.get("/au-revoir?state=foreign")).status_code == 403
    assert await browser.person() is not None
