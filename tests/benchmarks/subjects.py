"""The servers under measure: ours on each database, and npm oidc-provider on PostgreSQL, alike in all they can be."""

import asyncio
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urljoin

import httpx2

from clients import registry
from clients.client import Client
from idp.foundation.provider import Provider
from tests.benchmarks import processes
from tests.support.engines import Postgres, migrate
from tests.support.people import PASSWORD, add_person
from tests.support.ports import free_port
from tests.support.relying_party import REDIRECT, VERIFIER, challenge_of
from tests.support.server import acting, environment, launch
from tests.support.visitor import Visitor

CLIENT_ID = "bench"
CLIENT_SECRET = "bench-secret-bench-secret-bench-secret"
SCOPE = "openid profile email offline_access"
PEOPLE = 40
PEER = Path(__file__).parent / "peer" / "server.mjs"
SETTINGS = {
    "trusted_proxies": "127.0.0.1",
    "jobs": "apart",
    "front_channel": "yes",
    "registration_mode": "open",
    "registration_per_hour": "1000000",
    "signin_journeys_per_address": "1000000",
    "lifetimes_code": "600",
    "lifetimes_pushed_request": "600",
}
"""So that everything can be asked, from one address; what one flow obtains serves in the next, so it lasts."""

_SOCKET = re.compile(r"host=(.+)$")


@dataclass
class Subject:
    """A running server. `database` is the process of its database server, None where there is none."""

    name: str
    issuer: str
    process: subprocess.Popen[bytes]
    ready_after: float
    database: int | None = None
    endpoints: dict[str, str] = field(default_factory=dict)

    def pids(self) -> list[int]:
        return processes.tree(self.process.pid)

    def database_pids(self) -> list[int]:
        return processes.tree(self.database) if self.database else []

    @property
    def signs_in_with_password(self) -> bool:
        return not self.name.startswith("oidc-provider")

    def discover(self) -> None:
        self.endpoints = httpx2.get(f"{self.issuer}/.well-known/openid-configuration").raise_for_status().json()

    def authorization(self, number: int, **changes: str) -> str:
        """The address of an authorization request, different each time. A keyword changes a parameter."""
        parameters = self.authorization_parameters(number) | changes
        return f"{self.endpoints['authorization_endpoint']}?{urlencode(parameters)}"

    def pushed_authorization(self, reference: str) -> str:
        """The address of the authorization request that was pushed under this reference (RFC 9126 section 4)."""
        parameters = {"client_id": CLIENT_ID, "request_uri": reference}
        return f"{self.endpoints['authorization_endpoint']}?{urlencode(parameters)}"

    def authorization_parameters(self, number: int) -> dict[str, str]:
        """An authorization request: OpenID Connect, with PKCE."""
        return {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT,
            "scope": SCOPE,
            "state": f"state-{number}",
            "nonce": f"nonce-{number}-0123456789abcdef",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }

    async def signed_in(self, number: int) -> str:
        """The cookies of a browser that is signed in, by some person, and has nothing left to agree to."""
        async with httpx2.AsyncClient() as client:
            if self.signs_in_with_password:
                page = await Visitor(client, self.issuer).open(self.authorization(0))
                page = await page.form("#signin").fill(identifier=f"person.{number}", password=PASSWORD).submit()
                assert page.outside, page.text
            else:
                await _walk(client, self.authorization(0))
            return "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)


async def _walk(client: httpx2.AsyncClient, address: str) -> None:
    while not address.startswith(REDIRECT):
        response = await client.get(address)
        assert response.is_redirect, response.text
        address = urljoin(address, response.headers["location"])


@contextmanager
def provider(database_url: str, folder: Path, workers: int, database: int | None) -> Iterator[Subject]:
    """Our server on a fresh database, with an application and some people."""
    port = free_port()
    environ = environment(database_url, port, **SETTINGS)
    migrate(database_url)
    asyncio.run(acting(environ, _populate))
    started = time.monotonic()
    server = launch(environ, port, folder / f"{port}.log", "--workers", str(workers))
    try:
        server.wait_until_ready()
        ready_after = time.monotonic() - started
        kind = "SQLite" if database is None else "PostgreSQL"
        name = f"{kind}, {workers} worker{'s' if workers > 1 else ''}"
        subject = Subject(name, server.url, server.process, ready_after, database)
        subject.discover()
        yield subject
    finally:
        server.stop()


async def _populate(provider: Provider) -> None:
    application = Client(
        client_id=CLIENT_ID,
        client_name="Banc d'essai",
        redirect_uris=(REDIRECT,),
        grant_types=("authorization_code", "implicit", "refresh_token", "client_credentials"),
        response_types=("code", "code id_token"),
        scope=SCOPE,
        first_party=True,
    )
    await provider.database.transaction(
        registry.register,
        application,
        now=provider.clock.now(),
        random_bytes=provider.randomness.token_bytes,
        secret=CLIENT_SECRET,
    )
    for number in range(PEOPLE):
        await add_person(provider, f"person.{number}")


@contextmanager
def oidc_provider(postgres: Postgres, name: str, folder: Path, database: int) -> Iterator[Subject]:
    """The peer on a fresh database of the same server."""
    port = free_port()
    postgres.administer(f"CREATE DATABASE {name}")
    socket = _SOCKET.search(postgres.url(name))
    assert socket is not None
    started = time.monotonic()
    with (folder / f"{port}.log").open("ab") as log:
        process = subprocess.Popen(
            ["node", str(PEER), str(port), socket[1], name, REDIRECT],
            env={"NODE_ENV": "production", "PATH": "/usr/local/bin:/usr/bin:/bin"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    subject = Subject("oidc-provider, PostgreSQL", f"http://localhost:{port}", process, 0.0, database)
    try:
        subject.ready_after = _await_discovery(subject, started, folder / f"{port}.log")
        yield subject
    finally:
        process.terminate()
        process.wait(10)


def _await_discovery(subject: Subject, started: float, log: Path) -> float:
    while True:
        assert subject.process.poll() is None, log.read_text()
        try:
            subject.discover()
        except httpx2.TransportError:
            assert time.monotonic() - started < 20, log.read_text()
            time.sleep(0.02)
        else:
            return time.monotonic() - started
