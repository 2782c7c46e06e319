"""Someone who has an account already: one sign-in, every e-démarche, and out again."""

import pytest

from tests.journeys.town import Town
from tests.journeys.walker import Walker
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("peers")]


async def sign_in_on_first(walker: Walker, town: Town) -> None:
    await walker.open(town.first.address)
    await walker.press("#connexion")
    await walker.is_at(f"{town.issuer}/connexion")
    await walker.sees("#client", town.first.title)
    await walker.fill(identifier="camille.martin", password=PASSWORD)
    await walker.press("#signin-submit")
    await walker.is_at(town.first.address)
    await walker.sees("#visitor", "Camille")


async def test_signing_in_on_a_procedure_fills_in_its_form(walker: Walker, town: Town) -> None:
    await sign_in_on_first(walker, town)
    assert await walker.value("given_name") == "Camille"
    assert await walker.value("email") == "camille.martin@exemple.fr"


async def test_the_second_procedure_asks_for_nothing(walker: Walker, town: Town) -> None:
    await sign_in_on_first(walker, town)
    await walker.press("#neighbour")
    await walker.is_at(town.second.address)
    await walker.press("#connexion")
    await walker.is_at(town.second.address)
    await walker.sees("#visitor", "Camille")


async def test_a_wrong_password_is_refused_and_the_right_one_goes_on(walker: Walker, town: Town) -> None:
    await walker.open(f"{town.first.address}/connexion")
    await walker.fill(identifier="camille.martin", password="Pas-celui-la-7")
    await walker.press("#signin-submit")
    await walker.sees("#form-errors")
    assert await walker.value("identifier") == "camille.martin"
    await walker.fill(password=PASSWORD)
    await walker.press("#signin-submit")
    await walker.is_at(town.first.address)


async def test_signing_out_of_a_procedure_ends_the_session(walker: Walker, town: Town) -> None:
    await sign_in_on_first(walker, town)
    await walker.press("#signout")
    if walker.page.url.startswith(town.issuer):
        await walker.press("#signout-confirm")
    await walker.is_at(f"{town.first.address}/au-revoir")
    await walker.open(f"{town.second.address}/connexion")
    await walker.is_at(f"{town.issuer}/connexion")
    await walker.sees("#signin")


async def test_one_s_own_space_shows_the_services_used(walker: Walker, town: Town) -> None:
    await sign_in_on_first(walker, town)
    await walker.press("#visitor")
    await walker.is_at(f"{town.issuer}/mon-compte")
    await walker.sees("main", town.first.title)


async def test_the_pages_that_the_law_asks_are_there(walker: Walker, town: Town) -> None:
    for path in ("accessibilite", "mentions-legales", "donnees-personnelles", "conditions-utilisation", "aide"):
        await walker.open(f"{town.issuer}/{path}")
        await walker.sees("h1")
