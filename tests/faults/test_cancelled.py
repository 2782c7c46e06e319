"""A request given up at any of its pauses: nothing half done, nothing held for ever."""

import asyncio
from contextlib import suppress

import httpx2
from sqlalchemy import Connection, select

from idp.oidc.tables import grants, tokens
from tests.support.people import add_person
from tests.support.provider import opened, settings_for
from tests.support.relying_party import register
from tests.support.signing_in import code_for, tokens_for

PAUSES = range(0, 60, 3)


def halves(connection: Connection) -> list[str]:
    """Codes that were consumed and gave nothing, or gave something without being consumed."""
    gave = set(connection.execute(select(tokens.c.grant_id)).scalars())
    rows = connection.execute(select(grants.c.id, grants.c.code_used_at))
    return [row.id for row in rows if (row.code_used_at is not None) is not (row.id in gave)]


async def given_up(request: "asyncio.Task[httpx2.Response]", pauses: int) -> None:
    """Cancel a request after so many turns of the loop."""
    for _ in range(pauses):
        await asyncio.sleep(0)
    request.cancel()
    with suppress(asyncio.CancelledError):
        await request


async def test_an_exchange_given_up_is_done_or_not_and_no_connection_is_lost(database_url: str) -> None:
    settings = settings_for(database_url)
    async with opened(settings) as site:
        await add_person(site.provider)
        application, visitor = await register(site), await site.visitor()
        await tokens_for(visitor, application)
        for pauses in PAUSES:
            code = await code_for(visitor, application)
            await given_up(asyncio.create_task(application.exchange(code)), pauses)
            assert await site.provider.database.read(halves) == []
            assert (await application.exchange(code)).status_code in {200, 400}
        assert (await tokens_for(visitor, application))["access_token"]
