"""An application with every way to hear of a sign-out, served: its pages are what a real browser loads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from clients import registry
from clients.client import Client
from idp.foundation.provider import Provider
from idp.web.assets import STATIC
from tests.support.asgi_server import serving
from tests.support.ports import free_port

WATCH = """<!doctype html><title>Guet</title>
<iframe id="op" src="{frame}"></iframe>
<script>
  function ask(said) {{
    return new Promise(resolve => {{
      window.addEventListener("message", event => resolve([event.origin, event.data]), {{ once: true }});
      document.getElementById("op").contentWindow.postMessage(said, new URL("{frame}").origin);
    }});
  }}
</script>"""
"""The frame of an application that watches the session (Session Management 1.0 section 3.1)."""

PAGE = """<!doctype html><html lang="fr"><title>{name}</title><main><h1>{name}</h1><p>{page}</p></main></html>"""


@dataclass
class Service:
    """The application. `forgotten` holds the queries that made it forget somebody in their browser."""

    client_id: str
    port: int
    frame: str
    forgotten: list[dict[str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def client(self, **members: Any) -> Client:
        """Its registration."""
        usual: dict[str, Any] = {
            "client_id": self.client_id,
            "client_name": self.client_id.title(),
            "client_uri": self.address,
            "redirect_uris": (f"{self.address}/retour",),
            "post_logout_redirect_uris": (f"{self.address}/fin",),
            "scope": "openid",
            "first_party": True,
            "require_pkce": False,
        }
        return Client(**(usual | members))

    async def forget(self, request: Request) -> Response:
        self.forgotten.append(dict(request.query_params))
        return PlainTextResponse("oublié", headers={"cache-control": "no-store"})

    async def hear(self, request: Request) -> Response:
        self.told.append((await request.body()).decode())
        return Response(status_code=204)

    async def watch(self, _request: Request) -> Response:
        return HTMLResponse(WATCH.format(frame=self.frame))

    async def logo(self, _request: Request) -> Response:
        return FileResponse(STATIC / "favicon.svg")

    async def show(self, request: Request) -> Response:
        return HTMLResponse(PAGE.format(name=self.client_id.title(), page=request.url.path))

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/oubli", self.forget),
                Route("/fin-de-session", self.hear, methods=["POST"]),
                Route("/guet", self.watch),
                Route("/logo.svg", self.logo),
                Route("/", self.show),
                Route("/{page}", self.show),
            ]
        )


@contextmanager
def serve(client_id: str, frame: str) -> Iterator[Service]:
    """The application on a free port, until the end. `frame` is the address of the provider's frame."""
    service = Service(client_id, free_port(), frame)
    with serving(service.application(), service.port):
        yield service


async def register(provider: Provider, *clients: Client) -> None:
    """Register these applications."""
    for client in clients:
        await provider.database.transaction(
            registry.register, client, now=provider.clock.now(), random_bytes=provider.randomness.token_bytes
        )
