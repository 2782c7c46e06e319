"""A person at home in their own space."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, select

from idp.foundation.audit import audit
from idp.foundation.settings import SignUp, Upstream
from idp.people import identity, organisations, standing, store
from idp.people.identity import Account
from idp.people.person import Person
from idp.people.store import NewPerson
from idp.sessions import store as sessions
from idp.sessions.session import Authentication, Origin, Session
from tests.support.posted import Posted, posted
from tests.support.provider import Site, opened, settings_for
from tests.support.visitor import Page, Visitor

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PASSWORD = "Un-Tilleul-2-places"
FRANCECONNECT = Upstream(
    name="franceconnect",
    kind="franceconnect",
    issuer="https://franceconnect.test",
    client_id="compte",
    client_secret="a secret of the tests",
)


@dataclass
class Resident:
    """A person with an account, in their browser."""

    site: Site
    person_id: str
    visitor: Visitor
    session: Session

    async def home(self) -> Page:
        return await self.visitor.open("/mon-compte")

    async def person(self) -> Person:
        """The account as it is now."""
        person = await self.site.provider.database.read(store.find, self.person_id)
        assert person is not None
        return person

    async def signs_in_elsewhere(self) -> Session:
        """The same person on another device."""
        session, _ = await _session(self.site, self.person_id, "Mozilla/5.0 (iPhone) Safari/604.1")
        return session

    async def signs_in_again(self) -> None:
        """A session that is fresh, in the same browser."""
        self.session, secret = await _session(self.site, self.person_id)
        self.visitor.client.cookies.set("__Host-session", secret)

    async def links(self, provider: str = "franceconnect", subject: str = "a subject") -> None:
        """Tie an account elsewhere to this one."""
        account = Account(provider, f"https://{provider}.test", subject)
        now = self.site.clock.now()
        randomness = self.site.provider.randomness
        assert await self.site.provider.database.transaction(identity.link, self.person_id, account, randomness, now)

    async def audited(self) -> list[str]:
        """The names of the audit lines about this person, in order."""
        return await self.site.provider.database.transaction(_audited, self.person_id)

    async def received(self, purpose: str) -> list[Posted]:
        """The messages of one purpose that were written so far."""
        return [each for each in await posted(self.site) if each.purpose == purpose]


def _audited(connection: Connection, person_id: str) -> list[str]:
    lines = select(audit.c.event).where(audit.c.person_id == person_id).order_by(audit.c.id)
    return list(connection.execute(lines).scalars())


async def _session(site: Site, person_id: str, agent: str = FIREFOX) -> tuple[Session, str]:
    provider = site.provider
    authentication = Authentication(person_id, provider.clock.now(), ("pwd",))
    return await provider.database.transaction(
        sessions.open_session,
        authentication,
        Origin("192.0.2.10", agent),
        provider.settings.lifetimes,
        provider.randomness,
    )


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    """A provider that asks for the postal address and knows FranceConnect."""
    settings = settings_for(database_url, upstreams=(FRANCECONNECT,), signup=SignUp(ask_address=True))
    async with opened(settings) as ready:
        yield ready


Settle = Callable[..., Awaitable[Resident]]


@pytest.fixture
def settle(site: Site) -> Settle:
    """Opens an account, activates it and signs its holder in."""

    async def settled(
        identifier: str | None = "camille.martin",
        *,
        profile: str = "citoyen",
        with_password: bool = True,
        verified: bool = True,
        organisation: Mapping[str, str] | None = None,
        **answers: str,
    ) -> Resident:
        provider = site.provider
        hashed = await provider.hasher.hash(PASSWORD) if with_password else None
        address = f"{identifier or 'camille.martin'}@exemple.fr"
        given = {"given_names": "Camille", "birth_name": "Martin", "email": address, **answers}
        new = NewPerson(profile=profile, answers=given, locale="fr", identifier=identifier, password_hash=hashed)
        now = provider.clock.now()
        database = provider.database
        person_id = await database.transaction(store.create, new, provider.randomness, now)
        await database.transaction(standing.activate, person_id, now)
        if organisation:
            declared = (person_id, profile, organisation, provider.randomness, now)
            await database.transaction(organisations.declare, *declared)
        if verified:
            await database.transaction(store.verify_email, person_id, given["email"], now)
        session, secret = await _session(site, person_id)
        visitor = await site.visitor()
        visitor.client.cookies.set("__Host-session", secret)
        return Resident(site, person_id, visitor, session)

    return settled
