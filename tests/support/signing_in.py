"""The usual way through the provider: an application asks, a person signs in and lets it know what it asks."""

from typing import Any

from tests.support.people import PASSWORD
from tests.support.relying_party import RelyingParty, Sent
from tests.support.visitor import Page, Visitor

IDENTIFIER = "camille.martin"


async def sign_in(page: Page, identifier: str = IDENTIFIER, password: str = PASSWORD) -> Page:
    """Fill in the sign-in page."""
    return await page.form("#signin").fill(identifier=identifier, password=password).submit()


async def accept(page: Page) -> Page:
    """Press the button that lets the application know."""
    return await page.form("#consent").submit("#consent-accept")


async def arrive(visitor: Visitor, application: RelyingParty, **changes: Sent) -> Page:
    """Follow an authorization request to where it ends; sign in and accept where that is asked."""
    page = await visitor.open(application.start(**changes))
    if page.has("#signin"):
        page = await sign_in(page)
    return await accept(page) if page.has("#consent") else page


async def code_for(visitor: Visitor, application: RelyingParty, **changes: Sent) -> str:
    """A code that the application has just received."""
    return (await arrive(visitor, application, **changes)).returned["code"]


async def tokens_for(visitor: Visitor, application: RelyingParty, **changes: Sent) -> dict[str, Any]:
    """The tokens that the application has just received."""
    response = await application.exchange(await code_for(visitor, application, **changes))
    assert response.status_code == 200, response.text
    tokens: dict[str, Any] = response.json()
    return tokens
