"""Signing out under simultaneous requests: a session ends once, and no application is entered without being told."""

import asyncio

import pytest
from sqlalchemy import Connection, select

from idp.foundation.audit import audit
from idp.oidc.backchannel import deliver
from idp.sessions.tables import logout_notices, participations, sessions
from tests.protocol.logout.listening import Listener, enter, listen
from tests.support.outside import outside
from tests.support.people import add_person
from tests.support.provider import Site, opened, settings_for
from tests.support.relying_party import register

pytestmark = pytest.mark.anyio


Pairs = set[tuple[str, str]]


async def told_and_entered(site: Site) -> tuple[Pairs, Pairs]:
    """The notices, and the participations of sessions that have ended, as (session, application)."""
    return await site.provider.database.transaction(_pairs)


def _pairs(connection: Connection) -> tuple[Pairs, Pairs]:
    told = connection.execute(select(logout_notices.c.session_id, logout_notices.c.client_id))
    left = connection.execute(
        select(participations.c.session_id, participations.c.client_id)
        .join(sessions, sessions.c.id == participations.c.session_id)
        .where(sessions.c.ended_at.is_not(None))
    )
    return {(row.session_id, row.client_id) for row in told}, {(row.session_id, row.client_id) for row in left}


async def test_ten_confirmations_end_a_session_once(site: Site) -> None:
    await add_person(site.provider)
    visitor = await site.visitor()
    await enter(visitor, await register(site))
    form = (await visitor.open("/deconnexion")).form("#signout")
    pages = await asyncio.gather(*(form.submit("#signout-confirm") for _ in range(10)))
    assert all(page.has("#signed-out") for page in pages)
    statement = select(audit.c.event).where(audit.c.event == "session.ended")
    ended = await site.provider.database.read(lambda connection: connection.execute(statement).all())
    assert len(ended) == 1
    told, left = await told_and_entered(site)
    assert told == left
    assert len(told) == 1


@pytest.mark.parametrize("way", ["/deconnexion", "/mon-compte"])
async def test_an_application_entered_while_the_person_leaves_is_told_or_not_let_in(site: Site, way: str) -> None:
    await add_person(site.provider)
    applications = [
        await register(site, f"service{number}", redirect_uris=(f"https://s{number}.exemple.fr/retour",))
        for number in range(6)
    ]
    visitor = await site.visitor()
    await enter(visitor, applications[0])
    page = await visitor.open(way)
    leaving = page.form("#signout" if way == "/deconnexion" else 'form[action="/mon-compte/connexions/fin-partout"]')
    pages = await asyncio.gather(
        *(visitor.open(each.start(prompt="none")) for each in applications[1:4]),
        leaving.submit(),
        *(visitor.open(each.start(prompt="none")) for each in applications[4:]),
    )
    let_in = {
        application.client.client_id
        for application, page in zip(applications[1:], [*pages[:3], *pages[4:]], strict=True)
        if page.outside and "code" in page.returned
    }
    told, left = await told_and_entered(site)
    assert told == left
    assert {client_id for _, client_id in told} == let_in | {"service0"}


async def test_five_workers_tell_each_application_of_each_sign_out_once(database_url: str) -> None:
    settings = settings_for(database_url, outbound_allow=("127.0.0.1",))
    async with opened(settings) as site, outside(secure=False) as host:
        await add_person(site.provider)
        listeners: list[Listener] = [await listen(site, host, f"service{number}") for number in range(4)]
        for _ in range(3):
            visitor = await site.visitor()
            for listener in listeners:
                await enter(visitor, listener.application)
            await (await visitor.open("/deconnexion")).form("#signout").submit("#signout-confirm")
        dealt_with = await asyncio.gather(*(deliver(site.provider) for _ in range(5)))
        assert sum(dealt_with) == 12
        for listener in listeners:
            said = [await listener.believe(token, site.clock.now()) for token in listener.tokens]
            assert len({each["sid"] for each in said}) == len(said) == 3
