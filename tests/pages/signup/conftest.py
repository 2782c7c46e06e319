"""A person in front of the sign-up pages."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, select

from idp.foundation.audit import audit
from idp.foundation.settings import Brand
from idp.people import store
from idp.people.person import Person
from tests.support.posted import Posted, posted
from tests.support.provider import Site, opened, settings_for
from tests.support.visitor import Form, Page, Visitor

PASSWORD = "Cerisier-42-bleu"
CITIZEN: Mapping[str, str | bool] = {
    "title": "madame",
    "birth_name": "Martin",
    "given_names": "Camille",
    "birthdate": "14/03/1987",
    "email": "camille.martin@exemple.fr",
    "mobile": "06 39 98 12 34",
    "identifier": "camille.martin",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "accept_terms": True,
    "accept_privacy": True,
}


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    brand = Brand(name="Mairie de Villeneuve")
    async with opened(settings_for(database_url, brand=brand)) as ready:
        yield ready


@dataclass
class Newcomer:
    """Someone without an account, in their browser."""

    site: Site
    visitor: Visitor
    start: str = "/inscription"
    written: list[Posted] = field(default_factory=list)

    async def form(self, profile: str = "citoyen") -> Form:
        """The form of a profile, reached as people reach it."""
        choice = await self.visitor.open(self.start)
        return (await choice.follow(f"#profile-{profile}")).form("#signup")

    async def signs_up(self, **changes: str | bool) -> Page:
        """Fill in the citizen's form, some answers changed, and validate."""
        return await (await self.form()).fill(**{**CITIZEN, **changes}).submit("#signup-submit")

    async def person(self, identifier: str = "camille.martin") -> Person | None:
        return await self.site.provider.database.transaction(store.find_by_identifier, identifier)

    async def received(self) -> Posted:
        """The last message that was written."""
        self.written = await posted(self.site)
        return self.written[-1]

    async def audited(self) -> list[str]:
        """The names of all audit lines, in order."""
        return await self.site.provider.database.transaction(_audited)


def _audited(connection: Connection) -> list[str]:
    return list(connection.execute(select(audit.c.event).order_by(audit.c.id)).scalars())


@pytest.fixture
async def newcomer(site: Site) -> Newcomer:
    return Newcomer(site, await site.visitor())
