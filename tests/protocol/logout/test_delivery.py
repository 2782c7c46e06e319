"""Delivering logout tokens to applications that are slow, down or of another opinion: nobody else waits for them."""

import asyncio
import time
from itertools import pairwise

import pytest
from sqlalchemy import select

from clients import registry
from idp import jobs
from idp.oidc import backchannel
from idp.oidc.backchannel import deliver
from idp.sessions.notices import LEASE_SECONDS
from idp.sessions.tables import logout_notices
from tests.protocol.logout.listening import Listener, enter, events, listen
from tests.support.outside import Outside, outside
from tests.support.provider import Site
from tests.support.visitor import Visitor

LIFE = 3600


async def sign_out(visitor: Visitor) -> None:
    await (await visitor.open("/deconnexion")).form("#signout").submit("#signout-confirm")


async def left(site: Site, *listeners: Listener) -> None:
    """Somebody enters these applications, then signs out."""
    visitor = await site.visitor()
    for listener in listeners:
        await enter(visitor, listener.application)
    await sign_out(visitor)


async def failures(site: Site) -> list[str | None]:
    """What the last attempt of each notice met."""
    rows = await site.provider.database.read(lambda connection: connection.execute(select(logout_notices)).all())
    return [row.failure for row in rows]


@pytest.mark.parametrize("status", [200, 204])
async def test_an_application_that_took_it_is_told_once(site: Site, person: str, portal: Listener, status: int) -> None:
    portal.answers(status)
    await left(site, portal)
    assert await deliver(site.provider) == 1
    site.clock.advance(LIFE)
    assert await deliver(site.provider) == 0
    assert len(portal.tokens) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 302, 501])
async def test_an_application_that_refuses_is_not_told_again(
    site: Site, person: str, portal: Listener, status: int
) -> None:
    portal.answers(status)
    await left(site, portal)
    await deliver(site.provider)
    site.clock.advance(LIFE)
    await deliver(site.provider)
    assert len(portal.tokens) == 1
    refusal = {"attempts": 1, "reason": f"status {status}"}
    assert await events(site, "logout") == [("logout.refused", "portail", refusal)]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_an_application_that_fails_is_told_again_with_another_token(
    site: Site, person: str, portal: Listener, status: int
) -> None:
    portal.answers(status)
    await left(site, portal)
    await deliver(site.provider)
    assert await failures(site) == [f"status {status}"]
    assert await deliver(site.provider) == 0, "not at once"
    site.clock.advance(10)
    portal.answers(200)
    assert await deliver(site.provider) == 1
    first, second = portal.tokens
    for token in (first, second):
        await portal.believe(token, site.clock.now())
    assert await events(site, "logout") == [("logout.delivered", "portail", {"attempts": 2, "reason": None})]


async def test_attempts_are_further_and_further_apart_and_end_with_the_life_of_the_notice(
    site: Site, person: str, portal: Listener
) -> None:
    portal.answers(503)
    await left(site, portal)
    began, at = site.clock.now(), []
    while site.clock.now() < began + 2 * LIFE:
        if await deliver(site.provider):
            at.append(site.clock.now() - began)
        site.clock.advance(1)
    waits = [later - earlier for earlier, later in pairwise(at)]
    assert waits[0] <= 6
    assert max(waits) >= 90
    assert 20 <= len(at) <= 60
    assert at[-1] < LIFE
    (line,) = await events(site, "logout")
    assert line[0] == "logout.abandoned"
    assert line[2] == {"attempts": len(at), "reason": "status 503"}


async def test_a_worker_that_was_away_tells_nobody_too_late(site: Site, person: str, portal: Listener) -> None:
    await left(site, portal)
    site.clock.advance(LIFE)
    assert await deliver(site.provider) == 1
    assert portal.tokens == []
    assert [(event, detail["reason"]) for event, _, detail in await events(site, "logout")] == [
        ("logout.abandoned", "out of time")
    ]


async def test_an_application_suspended_meanwhile_is_told_nothing(site: Site, person: str, portal: Listener) -> None:
    await left(site, portal)
    await site.provider.database.transaction(registry.suspend, "portail", now=site.clock.now())
    site.clock.advance(10)
    await deliver(site.provider)
    assert portal.tokens == []
    assert [event for event, _, _ in await events(site, "logout")] == ["logout.abandoned"]


async def test_an_application_removed_meanwhile_is_told_nothing(site: Site, person: str, portal: Listener) -> None:
    await left(site, portal)
    await site.provider.database.transaction(registry.remove, "portail")
    site.clock.advance(10)
    assert await deliver(site.provider) == 1
    assert portal.tokens == []


async def test_an_internal_address_is_never_called(site: Site, person: str, host: Outside) -> None:
    metadata = await listen(site, host, "curieux", backchannel_logout_uri="https://169.254.169.254/latest")
    await left(site, metadata)
    await deliver(site.provider)
    assert await failures(site) == ["an address or a port that may not be called"]
    assert host.connections == 0


async def test_one_application_that_is_down_is_probed_once_whatever_waits_for_it(
    site: Site, person: str, portal: Listener, host: Outside
) -> None:
    pool = await listen(site, host, "piscine")
    portal.answers(503)
    for _ in range(3):
        await left(site, portal, pool)
    await deliver(site.provider)
    assert (len(portal.tokens), len(pool.tokens)) == (1, 3)
    await left(site, portal, pool)
    await deliver(site.provider)
    assert (len(portal.tokens), len(pool.tokens)) == (1, 4)
    portal.answers(200)
    site.clock.advance(10)
    while await deliver(site.provider):
        pass
    sids = [(await portal.believe(token, site.clock.now()))["sid"] for token in portal.tokens[1:]]
    assert len(set(sids)) == 4


async def test_two_workers_tell_an_application_once(site: Site, person: str, portal: Listener) -> None:
    for _ in range(4):
        await left(site, portal)
    await asyncio.gather(*(deliver(site.provider) for _ in range(5)))
    sids = [(await portal.believe(token, site.clock.now()))["sid"] for token in portal.tokens]
    assert len(sids) == len(set(sids)) == 4


async def test_a_worker_killed_in_the_middle_is_followed_by_another(
    site: Site, person: str, portal: Listener, host: Outside
) -> None:
    asked = asyncio.Event()

    async def fall_silent(_writer: asyncio.StreamWriter) -> None:
        asked.set()
        await asyncio.sleep(5)

    host.scripts[portal.path] = fall_silent
    await left(site, portal)
    killed = asyncio.create_task(deliver(site.provider))
    await asked.wait()
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    portal.answers(200)
    assert await deliver(site.provider) == 0
    site.clock.advance(LEASE_SECONDS)
    assert await deliver(site.provider) == 1
    await portal.believe(portal.tokens[-1], site.clock.now())


async def test_fifty_applications_half_of_them_dead_delay_nobody(
    site: Site, person: str, host: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sign-out answers in less than a second; the living are told in one round; the dead cost it a bounded time."""
    monkeypatch.setattr(backchannel, "ANSWER_SECONDS", 0.3)
    async with outside(secure=False) as closed:
        nobody = closed.url("/fin")
    visitor = await site.visitor()
    living = []
    for number in range(50):
        dead = {"backchannel_logout_uri": nobody if number % 4 == 1 else host.url(f"/silent{number}")}
        listener = await listen(site, host, f"service{number}", **(dead if number % 2 else {}))
        host.hang(f"/silent{number}")
        await enter(visitor, listener.application)
        living += [] if number % 2 else [listener]
    page = await visitor.open("/deconnexion")
    began = time.monotonic()
    assert (await page.form("#signout").submit("#signout-confirm")).has("#signed-out")
    assert time.monotonic() - began < 1
    began = time.monotonic()
    assert await deliver(site.provider) == 50
    assert time.monotonic() - began < 10
    for listener in living:
        assert len(listener.tokens) == 1
        await listener.believe(listener.tokens[0], site.clock.now())
    assert sorted(set(filter(None, await failures(site)))) == ["no connection", "no whole answer within 0.3 s"]


async def test_the_background_work_tells_applications_then_forgets_it(
    site: Site, person: str, portal: Listener
) -> None:
    await left(site, portal)
    assert (await jobs.run_once(site.provider))["tell applications of sign-outs"] == 1
    assert len(portal.tokens) == 1
    assert len(await failures(site)) == 1
    site.clock.advance(LIFE + 8 * 86_400)
    await jobs.run_once(site.provider)
    assert await failures(site) == []
