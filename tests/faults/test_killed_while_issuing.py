"""`kill -9` while a code is exchanged or a refresh token rotated: after the restart there are never two live sets."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Connection, select

from idp.oidc.tables import grants, tokens
from tests.support import engines
from tests.support.people import add_person
from tests.support.ports import free_port
from tests.support.relying_party import RelyingParty, register
from tests.support.remote import Remote, reached
from tests.support.server import Server, environment, launch
from tests.support.signing_in import code_for, tokens_for
from tests.support.tcp_proxy import Proxy

DELAYS = (0.0, 0.001, 0.002, 0.004, 0.008)
"""Seconds after a request has left at which the process is killed; an exchange takes a few milliseconds."""


def live_tokens(connection: Connection) -> list[str]:
    """The kinds of the tokens that may still be used."""
    good = tokens.c.revoked_at.is_(None) & tokens.c.used_at.is_(None) & grants.c.revoked_at.is_(None)
    rows = connection.execute(
        select(tokens.c.kind).join(grants, grants.c.id == tokens.c.grant_id).where(good).order_by(tokens.c.kind)
    )
    return list(rows.scalars())


async def used(site: Remote) -> None:
    """Wait until the database has done what it was told."""

    def step(connection: Connection) -> bool:
        return connection.execute(select(grants.c.id).where(grants.c.code_used_at.is_not(None))).first() is not None

    for _ in range(200):
        if await site.provider.database.read(step):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the code was never consumed")


async def restarted(server: Server) -> Server:
    """The same server again, as a supervisor starts it after a crash."""
    again = launch(server.environ, server.port, server.log)
    await asyncio.to_thread(again.wait_until_ready)
    return again


async def killed_during(server: Server, request: "asyncio.Task[httpx2.Response]", delay: float) -> bool:
    """Kill the server some seconds after the request has left; whether its answer came before."""
    await asyncio.sleep(delay)
    server.kill()
    with suppress(httpx2.TransportError):
        return (await request).status_code == 200
    return False


# On PostgreSQL, at two chosen points


@pytest.fixture
def url() -> Iterator[str]:
    yield engines.worker_database()
    engines.empty_worker_database()


@asynccontextmanager
async def served_through(proxy: Proxy, url: str, log: Path) -> AsyncIterator[tuple[Server, Remote]]:
    name = url.partition("?")[0].rpartition("/")[2]
    port = free_port()
    environ = environment(f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}", port, jobs="apart")
    server = launch(environ, port, log)
    try:
        await asyncio.to_thread(server.wait_until_ready)
        async with reached(server, url) as site:
            yield server, site
    finally:
        server.stop()


@pytest.mark.parametrize("committed", [False, True], ids=["before the commit", "after the commit, before the answer"])
async def test_an_exchange_killed_leaves_the_code_whole_or_its_tokens_whole(
    url: str, tmp_path: Path, committed: bool
) -> None:
    with Proxy(engines.postgres().socket, free_port()) as proxy:
        async with served_through(proxy, url, tmp_path / "log") as (server, site):
            await add_person(site.provider)
            application = await register(site)
            code = await code_for(await site.visitor(), application)
            stopped = proxy.stop_at(b"COMMIT;", forwarded=committed)
            exchange = asyncio.create_task(application.exchange(code))
            assert await asyncio.to_thread(stopped.wait, 10)
            if committed:
                await used(site)
            assert not await killed_during(server, exchange, 0)
            proxy.cut()
            again = await restarted(server)
            try:
                assert await site.provider.database.read(live_tokens) == (["access", "refresh"] if committed else [])
                retried = await application.exchange(code)
                assert retried.status_code == (400 if committed else 200)
                assert await site.provider.database.read(live_tokens) == ([] if committed else ["access", "refresh"])
            finally:
                again.stop()


@pytest.mark.parametrize("committed", [False, True], ids=["before the commit", "after the commit, before the answer"])
async def test_after_a_rotation_killed_the_application_asks_again_and_goes_on(
    url: str, tmp_path: Path, committed: bool
) -> None:
    with Proxy(engines.postgres().socket, free_port()) as proxy:
        async with served_through(proxy, url, tmp_path / "log") as (server, site):
            await add_person(site.provider)
            application = await register(site)
            issued = await tokens_for(await site.visitor(), application)
            stopped = proxy.stop_at(b"COMMIT;", forwarded=committed)
            refresh = asyncio.create_task(application.refresh(issued["refresh_token"]))
            assert await asyncio.to_thread(stopped.wait, 10)
            assert not await killed_during(server, refresh, 0.2 if committed else 0)
            proxy.cut()
            again = await restarted(server)
            try:
                await assert_the_family_is_a_line(site, application, issued["refresh_token"])
            finally:
                again.stop()


async def assert_the_family_is_a_line(site: Remote, application: RelyingParty, presented: str) -> None:
    """The old token gives a successor (a restart takes less than the grace), and one refresh token alone is good."""
    retried = await application.refresh(presented)
    assert retried.status_code == 200, retried.text
    assert (await site.provider.database.read(live_tokens)).count("refresh") == 1
    assert (await application.refresh(retried.json()["refresh_token"])).status_code == 200


# On SQLite, at any point


async def test_an_exchange_killed_anywhere_gives_one_set_at_most(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/provider.db"
    engines.migrate(url)
    port = free_port()
    server = launch(environment(url, port, jobs="apart"), port, tmp_path / "log")
    try:
        await asyncio.to_thread(server.wait_until_ready)
        async with reached(server) as site:
            await add_person(site.provider)
            application, visitor = await register(site), await site.visitor()
            for delay in DELAYS:
                code = await code_for(visitor, application)
                exchange = asyncio.create_task(application.exchange(code))
                answered = await killed_during(server, exchange, delay)
                server = await restarted(server)
                before = await site.provider.database.read(live_tokens)
                assert before in ([], ["access", "refresh"])
                assert before or not answered
                retried = await application.exchange(code)
                assert retried.status_code == (400 if before else 200)
                after = await site.provider.database.read(live_tokens)
                assert after == ([] if before else ["access", "refresh"])
                if after:
                    assert (await application.revoke(retried.json()["refresh_token"])).status_code == 200
    finally:
        server.stop()
