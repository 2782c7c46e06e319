"""A town whose mails and SMS arrive, for those who forgot how to sign in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from idp import jobs
from tests.support.mailbox import Letter, Mailbox
from tests.support.people import add_person
from tests.support.provider import Site, opened, settings_for
from tests.support.sms_gateway import Received, SmsGateway
from tests.support.visitor import Page, Visitor

MARIE = "marie.dupont"
EMAIL = f"{MARIE}@exemple.fr"
MOBILE = "+33639980001"
NEW = "Tilleul-73-orange"


@dataclass
class Town:
    """A provider, its mail and its SMS. The background work is done when a test says so."""

    site: Site
    mailbox: Mailbox
    gateway: SmsGateway

    async def work(self) -> None:
        await jobs.run_once(self.site.provider)

    async def ask(self, visitor: Visitor, contact: str, wish: str = "password") -> Page:
        """Fill in the page of those who forgot; the page that answers, before the background work."""
        page = await visitor.open("/oubli")
        return await page.form("#forgotten-form").fill(contact=contact, wish=wish).submit()

    async def letters(self, contact: str = EMAIL, wish: str = "password") -> list[Letter]:
        """Ask from a browser of one's own; the letters that come of it."""
        before = len(self.mailbox.letters)
        await self.ask(await self.site.visitor(), contact, wish)
        await self.work()
        return self.mailbox.letters[before:]

    async def link(self) -> str:
        (letter,) = await self.letters()
        return letter.link("/oubli/lien")

    async def sms(self, visitor: Visitor, wish: str = "password") -> tuple[Page, list[Received]]:
        """Ask by mobile; the page that waits for the code, and the SMS that come."""
        before = len(self.gateway.received)
        page = await self.ask(visitor, MOBILE, wish)
        await self.work()
        return page, self.gateway.received[before:]

    async def signed_in(self, password: str, identifier: str = MARIE) -> Visitor | None:
        """A browser signed in with that password, or None when it is refused."""
        visitor = await self.site.visitor()
        page = await visitor.open("/connexion")
        page = await page.form("#signin").fill(identifier=identifier, password=password).submit()
        return visitor if page.path == "/mon-compte" else None


@asynccontextmanager
async def town_on(url: str, mailbox: Mailbox, gateway: SmsGateway, **changes: Any) -> AsyncIterator[Town]:
    """A town whose settings differ from the usual ones."""
    usual = settings_for(url)
    ways: dict[str, Any] = {"mail": replace(usual.mail, url=mailbox.url), "sms": replace(usual.sms, url=gateway.url)}
    async with opened(replace(usual, **ways, **changes)) as site:
        yield Town(site, mailbox, gateway)


@pytest.fixture
async def town(database_url: str, mailbox: Mailbox, sms_gateway: SmsGateway) -> AsyncIterator[Town]:
    async with town_on(database_url, mailbox, sms_gateway) as town:
        yield town


@pytest.fixture
async def marie(town: Town) -> str:
    """An account whose e-mail and mobile are proved."""
    return await add_person(town.site.provider, MARIE, mobile=MOBILE)


async def choose(page: Page, password: str = NEW, **more: str) -> Page:
    """Fill in the page of the new password."""
    return await page.form("#reset-form").fill(password=password, password_again=password, **more).submit()
