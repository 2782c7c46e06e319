"""A database that reads and no longer writes (a full disk): nothing is told that was not done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Connection, text

from idp.foundation.audit import audit
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty
from tests.support.signing_in import code_for, tokens_for
from tests.support.visitor import Visitor


def _rename(connection: Connection, before: str, after: str) -> None:
    connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))


@asynccontextmanager
async def last_write_refused(site: Site) -> AsyncIterator[None]:
    """The line of the audit, which ends every transaction that matters, has nowhere to go."""
    await site.provider.database.transaction(_rename, audit.name, "elsewhere")
    yield
    await site.provider.database.transaction(_rename, "elsewhere", audit.name)


async def test_a_revocation_that_could_not_be_written_is_no_success(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    issued = await tokens_for(visitor, application)
    async with last_write_refused(site):
        refused = [await application.revoke(issued[kind]) for kind in ("access_token", "refresh_token")]
    assert all(answer.status_code >= 500 for answer in refused)
    assert (await application.userinfo(issued["access_token"])).status_code == 200
    assert (await application.revoke(issued["refresh_token"])).status_code == 200
    assert (await application.userinfo(issued["access_token"])).status_code == 401


async def test_an_exchange_that_could_not_be_written_leaves_the_code_good(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    code = await code_for(visitor, application)
    async with last_write_refused(site):
        assert (await application.exchange(code)).status_code >= 500
    assert (await application.exchange(code)).status_code == 200


async def test_a_replay_whose_revocation_could_not_be_written_is_no_ordinary_refusal(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    code = await code_for(visitor, application)
    issued = (await application.exchange(code)).json()
    async with last_write_refused(site):
        assert (await application.exchange(code)).status_code >= 500
    assert (await application.exchange(code)).json()["error"] == "invalid_grant"
    assert (await application.userinfo(issued["access_token"])).status_code == 401
