"""Accounts of people who come from an upstream, and what is found of them afterwards."""

from typing import Any

from sqlalchemy import Connection, select

from idp.demo.franceconnect.claims import subject
from idp.demo.franceconnect.identities import TEST_IDENTITIES
from idp.foundation.audit import audit
from idp.interactions.tables import interactions
from idp.people import identity
from idp.people.identity import Account
from idp.sessions.tables import sessions
from tests.support.franceconnect import CLIENT_ID
from tests.support.people import add_person
from tests.support.provider import Site


def subject_of(login: str) -> str:
    """The `sub` under which the simulation knows a test identity."""
    return subject(TEST_IDENTITIES[login], CLIENT_ID, "simulation")


async def returning(site: Site, issuer: str, login: str = "test", name: str = "franceconnect", **answers: Any) -> str:
    """An active account that a test identity opens already; its id."""
    answers = {"given_names": "Angela Claire Louise", "birth_name": "DUBOIS", "birthdate": "1962-08-24"} | answers
    person = await add_person(site.provider, **answers)
    account = Account(name, issuer, subject_of(login))
    await site.provider.database.transaction(identity.link, person, account, site.provider.randomness, site.clock.now())
    return person


async def rows(site: Site, table: Any) -> list[dict[str, Any]]:
    """Every row of a table."""

    def read(connection: Connection) -> list[dict[str, Any]]:
        return [dict(row) for row in connection.execute(select(table)).mappings()]

    return await site.provider.database.read(read)


async def open_sessions(site: Site) -> list[dict[str, Any]]:
    return [row for row in await rows(site, sessions) if row["ended_at"] is None]


async def vouched(site: Site) -> list[dict[str, Any]]:
    """What journeys keep of attested identities."""
    return [row["vouched"] for row in await rows(site, interactions) if row["vouched"]]


async def events(site: Site) -> list[str]:
    """The audit trail, by name of event."""
    return [row["event"] for row in await rows(site, audit)]
