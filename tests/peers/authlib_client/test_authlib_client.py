"""Authlib's own client in a small Starlette application, as many French administrations write theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.integrations.starlette_client import OAuth
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.peers.conftest import register
from tests.support.people import PASSWORD
from tests.support.server import Server
from tests.support.visitor import Page, Visitor

HOME = "http://localhost:9"


class Application:
    """What a developer writes after reading Authlib's documentation."""

    def __init__(self, server: Server, client_id: str, secret: str | None, scope: str) -> None:
        self.provider: Any = OAuth().register(
            "provider",
            server_metadata_url=f"{server.url}/.well-known/openid-configuration",
            client_id=client_id,
            client_secret=secret,
            client_kwargs={"scope": scope, "code_challenge_method": "S256"},
        )
        self.asgi = Starlette(
            routes=[
                Route("/connexion", self.sign_in),
                Route("/retour", self.returned),
                Route("/adieu", self.sign_out),
                Route("/au-revoir", self.signed_out),
            ],
            middleware=[Middleware(SessionMiddleware, secret_key="une clé de l'application")],
        )

    async def sign_in(self, request: Request) -> Response:
        redirect: Response = await self.provider.authorize_redirect(request, f"{HOME}/retour")
        return redirect

    async def returned(self, request: Request) -> Response:
        token = await self.provider.authorize_access_token(request)
        return JSONResponse({"token": token, "userinfo": await self.provider.userinfo(token=token)})

    async def sign_out(self, request: Request) -> Response:
        redirect: Response = await self.provider.logout_redirect(
            request, f"{HOME}/au-revoir", id_token_hint=request.query_params["id_token"]
        )
        return redirect

    async def signed_out(self, request: Request) -> Response:
        return JSONResponse(await self.provider.validate_logout_response(request))


@dataclass
class Browser:
    """One browser, on the application's pages and on the provider's."""

    on_application: httpx2.AsyncClient
    on_provider: Visitor

    async def press(self, path: str) -> Page:
        """Follow a link of the application that leads to the provider."""
        response = await self.on_application.get(path)
        return await self.on_provider.open(response.headers["location"])

    async def come_back(self, page: Page) -> Any:
        """Bring the provider's answer to the application."""
        return (await self.on_application.get(page.address.removeprefix(HOME))).raise_for_status().json()


@asynccontextmanager
async def browsing(application: Application, server: Server) -> AsyncIterator[Browser]:
    transport = httpx2.ASGITransport(application.asgi)
    async with httpx2.AsyncClient(transport=transport, base_url=HOME) as own, httpx2.AsyncClient() as other:
        yield Browser(own, Visitor(other, server.url))


async def application_of(server: Server, client_id: str) -> Application:
    issued = await register(server, client_id)
    return Application(server, client_id, issued.secret, issued.client.scope)


async def sign_in(browser: Browser) -> Any:
    page = await browser.press("/connexion")
    page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit("#signin-submit")
    return await browser.come_back(page)


async def test_it_signs_in_and_reads_userinfo(server: Server) -> None:
    async with browsing(await application_of(server, "authlib-in"), server) as browser:
        found = await sign_in(browser)
        assert found["token"]["userinfo"]["sub"] == found["userinfo"]["sub"]
        assert found["userinfo"]["email"] == "camille.martin@exemple.fr"


async def test_it_refreshes(server: Server) -> None:
    application = await application_of(server, "authlib-refresh")
    async with browsing(application, server) as browser:
        found = await sign_in(browser)
        former = found["token"]
        renewed = await application.provider.fetch_access_token(
            grant_type="refresh_token", refresh_token=former["refresh_token"]
        )
        assert renewed["refresh_token"] != former["refresh_token"]
        assert (await application.provider.userinfo(token=renewed))["sub"] == found["userinfo"]["sub"]


async def test_it_signs_out(server: Server) -> None:
    async with browsing(await application_of(server, "authlib-out"), server) as browser:
        found = await sign_in(browser)
        page = await browser.press(f"/adieu?id_token={found['token']['id_token']}")
        if not page.outside:
            page = await page.form("#signout").submit("#signout-confirm")
        assert await browser.come_back(page) == {"post_logout_redirect_uri": f"{HOME}/au-revoir"}
        page = await browser.press("/connexion")
        assert page.path == "/connexion"
        assert page.has("#signin")
