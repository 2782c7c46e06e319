"""Several services, one account: opened from the catalogue, and left all at once."""

import asyncio

import pytest

from tests.journeys.town import Town
from tests.journeys.walker import Walker
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("peers")]


async def sign_in(walker: Walker, town: Town) -> None:
    await walker.open(f"{town.first.address}/connexion")
    await walker.fill(identifier="camille.martin", password=PASSWORD)
    await walker.press("#signin-submit")
    await walker.is_at(town.first.address)


async def test_a_service_is_opened_from_the_catalogue(walker: Walker, town: Town) -> None:
    await walker.open(f"{town.issuer}/mes-demarches")
    await walker.sees("#catalogue", town.first.title)
    await walker.press(f'#catalogue a:has-text("{town.first.title}")')
    await walker.is_at(f"{town.issuer}/connexion")
    await walker.fill(identifier="camille.martin", password=PASSWORD)
    await walker.press("#signin-submit")
    await walker.is_at(town.first.address)
    await walker.open(f"{town.issuer}/mon-compte")
    await walker.press('a[href="/mes-demarches"]')
    await walker.press(f'#catalogue a:has-text("{town.second.title}")')
    await walker.is_at(town.second.address)
    await walker.sees("#visitor", "Camille")


async def test_leaving_one_service_leaves_the_other(walker: Walker, town: Town) -> None:
    await sign_in(walker, town)
    await walker.open(f"{town.second.address}/connexion")
    await walker.is_at(town.second.address)
    await walker.press("#signout")
    await walker.is_at(f"{town.second.address}/au-revoir")
    for _ in range(100):
        await walker.open(town.first.address)
        if not await walker.page.locator("#visitor").count():
            break
        await asyncio.sleep(0.1)
    assert not await walker.page.locator("#visitor").count()


async def test_the_person_reads_that_both_were_told(walker: Walker, town: Town) -> None:
    await sign_in(walker, town)
    await walker.open(f"{town.second.address}/connexion")
    await walker.open(f"{town.issuer}/deconnexion")
    await walker.press("#signout-confirm")
    await walker.sees("#told", town.first.title)
    await walker.sees("#told", town.second.title)
    assert not await walker.page.locator("#left-open").count()
