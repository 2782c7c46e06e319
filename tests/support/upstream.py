"""An upstream provider on a real port, the simulated FranceConnect, whose answers a test may spoil one by one.

The provider under test reaches it over real HTTP: its deadlines, its limits and its refusals are those of production.
"""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import httpx2
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from idp.foundation.clock import Clock, FixedClock
from idp.foundation.settings import Upstream
from keys import jose
from keys.ring import KeyRing
from tests.support import franceconnect
from tests.support.franceconnect import CLIENT_ID, CLIENT_SECRET, service, simulation
from tests.support.ports import free_port
from tests.support.provider import ISSUER, NOW, Site, opened, settings_for
from tests.support.relying_party import payload_of
from tests.support.visitor import Page, Visitor

TOKEN = "/api/v2/token"
USERINFO = "/api/v2/userinfo"
JWKS = "/api/v2/jwks"
DISCOVERY = "/api/v2/.well-known/openid-configuration"
SCOPES = ("openid", "identite_pivot", "preferred_username", "idp_birthdate", "email")

Script = Callable[[Scope, Receive, Send], Awaitable[None]]
Change = Callable[[bytes], bytes]


@dataclass
class ScriptedUpstream:
    """The simulation behind a door: `scripts` answer in its place, by path; `seen` is every path that was asked."""

    name: str
    port: int
    app: ASGIApp = field(init=False)
    generation: list[int] = field(default_factory=lambda: [0])
    scripts: dict[str, Script] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v2"

    @property
    def ring(self) -> KeyRing:
        """The keys it signs with now."""
        return franceconnect.ring(self.generation[0])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        self.seen.append(path)
        await self.scripts.get(path, self.app)(scope, receive, send)

    def renew(self, clock: Clock, **registration: Any) -> None:
        """Forget everything: another simulation, with these changes in our registration, as if just started."""
        self.generation[0] = 0
        self.scripts.clear()
        self.seen.clear()
        ours = service(
            redirect_uris=(f"{ISSUER}/retour/{self.name}",),
            post_logout_redirect_uris=(f"{ISSUER}/deconnexion/retour/{self.name}",),
            **registration,
        )
        keys = self.generation
        self.app = simulation(ours, issuer=self.issuer, clock=clock, keys=lambda: franceconnect.ring(keys[0]))

    def rotate(self) -> None:
        """Sign with new keys from now on, the former ones no longer published."""
        self.generation[0] += 1

    def answer(
        self, path: str, body: bytes, content_type: str = "application/json", status: int = 200, **headers: str
    ) -> None:
        """Give this answer at this path."""

        async def script(_scope: Scope, _receive: Receive, send: Send) -> None:
            named = {"content-type": content_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
            encoded = [(name.encode(), value.encode()) for name, value in named.items()]
            await send({"type": "http.response.start", "status": status, "headers": encoded})
            await send({"type": "http.response.body", "body": body})

        self.scripts[path] = script

    def hang(self, path: str, seconds: float = 5.0) -> None:
        """Say nothing at this path for a while."""

        async def script(_scope: Scope, _receive: Receive, send: Send) -> None:
            await asyncio.sleep(seconds)
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        self.scripts[path] = script

    def delay(self, path: str, seconds: float) -> None:
        """Answer at this path as the simulation does, a while later."""

        async def script(scope: Scope, receive: Receive, send: Send) -> None:
            await asyncio.sleep(seconds)
            await self.app(scope, receive, send)

        self.scripts[path] = script

    def drip(self, path: str, seconds_between: float = 0.2) -> None:
        """Send a body that never ends, one byte at a time."""

        async def script(_scope: Scope, _receive: Receive, send: Send) -> None:
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            for _ in range(50):
                await asyncio.sleep(seconds_between)
                await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await send({"type": "http.response.body", "body": b""})

        self.scripts[path] = script

    def alter(self, path: str, change: Change, content_type: str | None = None) -> None:
        """Let the simulation answer at this path, then change the body."""

        async def script(scope: Scope, receive: Receive, send: Send) -> None:
            start: list[Message] = []
            body = b""

            async def collect(message: Message) -> None:
                nonlocal body
                if message["type"] == "http.response.start":
                    start.append(message)
                else:
                    body += message.get("body", b"")

            await self.app(scope, receive, collect)
            changed = change(body)
            headers = [pair for pair in start[0]["headers"] if pair[0] not in (b"content-length", b"content-type")]
            kept = next(value for name, value in start[0]["headers"] if name == b"content-type")
            headers.append((b"content-type", content_type.encode() if content_type else kept))
            await send({**start[0], "headers": headers})
            await send({"type": "http.response.body", "body": changed})

        self.scripts[path] = script

    def alter_tokens(self, **changes: Any) -> None:
        """Change members of the token response; None removes one."""
        self.alter(TOKEN, lambda body: json.dumps(_changed(json.loads(body), changes)).encode())

    def alter_id_token(self, *, alg: str = "ES256", **changes: Any) -> None:
        """Change claims of the ID tokens, signed anew with the published key of `alg`; None removes one."""

        def change(body: bytes) -> bytes:
            content = json.loads(body)
            return json.dumps({**content, "id_token": self.signed(content["id_token"], changes, alg)}).encode()

        self.alter(TOKEN, change)

    def alter_userinfo(self, *, alg: str = "ES256", **changes: Any) -> None:
        """Change claims of the user information, signed anew; None removes one."""
        self.alter(USERINFO, lambda body: self.signed(body.decode(), changes, alg).encode())

    def signed(self, token: str, changes: dict[str, Any], alg: str) -> str:
        """The same token with other claims, signed by the present key of `alg`."""
        return jose.sign(self.ring.signing_key(alg), _changed(payload_of(token), changes), typ="JWT")


def _changed(content: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**content, **changes}.items() if value is not None}


@contextmanager
def listening(app: ASGIApp, port: int) -> Iterator[None]:
    """Serve an application on 127.0.0.1 in a thread of its own."""
    config = uvicorn.Config(app, port=port, lifespan="off", log_config=None, ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the upstream does not start"
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def scripted_upstream(name: str = "franceconnect", clock: Clock | None = None) -> Iterator[ScriptedUpstream]:
    """A simulated FranceConnect that knows the provider under test as `name`."""
    upstream = ScriptedUpstream(name, free_port())
    upstream.renew(clock or FixedClock(NOW))
    with listening(upstream, upstream.port):
        yield upstream


def settings_of(upstream: ScriptedUpstream, name: str = "franceconnect", **changes: Any) -> Upstream:
    """The section of the settings that names this upstream."""
    given: dict[str, Any] = {
        "name": name,
        "kind": "franceconnect",
        "issuer": upstream.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scopes": SCOPES,
    }
    return Upstream(**(given | changes))


@asynccontextmanager
async def brokering(database_url: str, *upstreams: Upstream, **changes: Any) -> AsyncIterator[Site]:
    """A provider whose people may come from these upstreams."""
    async with opened(settings_for(database_url, upstreams=upstreams, **changes)) as site:
        yield site


async def press(visitor: Visitor, name: str = "franceconnect", start: str = "/connexion") -> Page:
    """Open the sign-in page and press the upstream's button: the address it leads to, or a page of ours."""
    page = await visitor.open(start)
    return await page.form(f"form[action='/connexion/{name}']").submit()


async def come_back(address: str, login: str = "test") -> str:
    """Go through the pages of the simulated FranceConnect as a test identity; the address it sends back to."""
    async with httpx2.AsyncClient(timeout=10) as browser:
        response = await browser.get(address)
        assert response.status_code == 303, response.text
        journey = urljoin(address, response.headers["location"])
        if login == "":
            response = await browser.get(f"{journey}/abort")
            return str(response.headers["location"])
        response = await browser.post(f"{journey}/identity", data={"login": login})
        assert response.status_code == 303, response.text
        response = await browser.post(f"{journey}/confirm")
        return str(response.headers["location"])


async def through(
    visitor: Visitor, login: str = "test", name: str = "franceconnect", start: str = "/connexion"
) -> Page:
    """The whole way: the button, the upstream's pages, and the page of ours that it ends on."""
    pressed = await press(visitor, name, start)
    return await visitor.open(await come_back(pressed.address, login))
