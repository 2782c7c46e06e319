"""The database away, at start and under way: 503 and when to come back, never a hang, and no restart afterwards."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.support import engines
from tests.support.people import add_person
from tests.support.ports import free_port
from tests.support.relying_party import RelyingParty, register
from tests.support.remote import Remote, reached
from tests.support.server import Server, environment, launch, served
from tests.support.signing_in import arrive, tokens_for
from tests.support.tcp_proxy import Proxy
from tests.support.visitor import Visitor

SOON = 5.0
"""Seconds within which everything works again once the database is back."""
AT_ONCE = 3.0
"""Seconds within which a refusal comes."""


@pytest.fixture
def url() -> Iterator[str]:
    """A clean PostgreSQL database of this worker."""
    yield engines.worker_database()
    engines.empty_worker_database()


@pytest.fixture
def proxy(url: str) -> Iterator[Proxy]:
    """What stands between the server and its database. Shut at first."""
    proxy = Proxy(engines.postgres().socket, free_port())
    yield proxy
    proxy.shut()


@contextmanager
def behind(proxy: Proxy, url: str, folder: Path) -> Iterator[Server]:
    """A server that reaches its database through the proxy, perhaps."""
    name = url.partition("?")[0].rpartition("/")[2]
    port = free_port()
    environ = environment(
        f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}",
        port,
        pool_statement_seconds="1",
        pool_wait_seconds="1",
        jobs="apart",
    )
    server = launch(environ, port, folder / "server.log")
    try:
        yield server
    finally:
        server.stop()


async def answers(site: Remote, tokens: dict[str, str], application: RelyingParty) -> list[httpx2.Response]:
    """What one of each kind of request is answered, and how fast."""
    http = application.http
    return [
        await http.get("/health/ready"),
        await application.userinfo(tokens["access_token"]),
        await application.token(grant_type="refresh_token", refresh_token="lprt_" + "A" * 43),
        await application.revoke(tokens["access_token"]),
        await http.get(application.start()),
        await http.get("/connexion"),
    ]


def assert_away(responses: list[httpx2.Response]) -> None:
    for response in responses:
        assert response.status_code == 503, f"{response.request.url}: {response.text[:300]}"
        assert int(response.headers["retry-after"]) > 0
        assert response.headers["cache-control"] == "no-store"
        assert response.elapsed.total_seconds() < AT_ONCE
        html = response.headers["content-type"].startswith("text/html")
        assert 'data-code="database_unavailable"' in response.text if html else response.json()["error"]


async def soon(act: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something to work again."""
    deadline = time.monotonic() + SOON
    while not await act():
        assert time.monotonic() < deadline, "it does not recover"
        await asyncio.sleep(0.1)


async def test_at_start_the_server_lives_waits_and_then_serves(proxy: Proxy, url: str, tmp_path: Path) -> None:
    with behind(proxy, url, tmp_path) as server:
        async with httpx2.AsyncClient(base_url=server.url) as http:

            async def lives() -> bool:
                try:
                    return (await http.get("/health/live")).status_code == 200
                except httpx2.TransportError:
                    return False

            deadline = time.monotonic() + 20
            while not await lives():
                assert time.monotonic() < deadline, server.log.read_text()
                await asyncio.sleep(0.05)
            for path in ("/health/ready", "/jwks", "/.well-known/openid-configuration", "/connexion", "/authorize"):
                response = await http.get(path)
                assert response.status_code == 503, path
                assert int(response.headers["retry-after"]) > 0
                assert response.headers["cache-control"] == "no-store"
            proxy.open()
            await soon(lambda: ready(http))
            assert (await http.get("/jwks")).json()["keys"]
        assert server.process.poll() is None


async def ready(http: httpx2.AsyncClient) -> bool:
    return (await http.get("/health/ready")).status_code == 200


@pytest.fixture
async def running(proxy: Proxy, url: str, tmp_path: Path) -> AsyncIterator[tuple[Remote, Server]]:
    """A server at work behind the proxy."""
    proxy.open()
    with behind(proxy, url, tmp_path) as server:
        await asyncio.to_thread(server.wait_until_ready)
        async with reached(server, url) as site:
            yield site, server


@pytest.mark.parametrize("fault", ["shut", "freeze"])
async def test_under_way_requests_are_refused_and_everything_goes_on_afterwards(
    running: tuple[Remote, Server], proxy: Proxy, fault: str
) -> None:
    site, server = running
    await add_person(site.provider)
    application, visitor = await register(site), await site.visitor()
    tokens = await tokens_for(visitor, application)
    getattr(proxy, fault)()
    for _ in range(2):
        assert_away(await answers(site, tokens, application))
        assert (await application.http.get("/health/live")).status_code == 200
    if fault == "freeze":
        proxy.cut()
    else:
        proxy.open()
    await soon(lambda: ready(application.http))
    await assert_serves(application, visitor, tokens)
    assert server.process.poll() is None


async def assert_serves(application: RelyingParty, visitor: Visitor, tokens: dict[str, str]) -> None:
    """What was opened before still is, and new things are opened."""

    async def known() -> bool:
        return (await application.userinfo(tokens["access_token"])).status_code == 200

    await soon(known)
    assert "code" in (await visitor.open(application.start(prompt="none"))).returned
    assert (await application.refresh(tokens["refresh_token"])).status_code == 200
    assert "code" in (await arrive(visitor, application, prompt="login")).returned


async def test_connections_that_the_database_closes_are_replaced(running: tuple[Remote, Server], url: str) -> None:
    site, _ = running
    await add_person(site.provider)
    application, visitor = await register(site), await site.visitor()
    tokens = await tokens_for(visitor, application)
    name = url.partition("?")[0].rpartition("/")[2]
    engines.postgres().administer(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )
    statuses = [(await application.userinfo(tokens["access_token"])).status_code for _ in range(3)]
    assert set(statuses) <= {200, 503}
    assert statuses[-1] == 200
    await assert_serves(application, visitor, tokens)


async def test_an_embedded_database_held_by_another_process_is_waited_for_then_refused(tmp_path: Path) -> None:
    file = tmp_path / "provider.db"
    url = f"sqlite:///{file}"
    engines.migrate(url)
    port = free_port()
    with served(environment(url, port, jobs="apart"), port, tmp_path / "server.log") as server:
        async with reached(server) as site:
            await add_person(site.provider)
            application, visitor = await register(site), await site.visitor()
            tokens = await tokens_for(visitor, application)
            await site.provider.database.close()
            holder = sqlite3.connect(file, isolation_level=None)
            holder.execute("BEGIN EXCLUSIVE")
            response = await application.userinfo(tokens["access_token"])
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) > 0
            holder.execute("ROLLBACK")
            holder.close()
            assert (await application.userinfo(tokens["access_token"])).status_code == 200
