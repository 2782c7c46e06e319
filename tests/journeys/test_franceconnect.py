"""Someone who arrives through FranceConnect: the first time, and the next ones."""

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.newcomers import Newcomer, newcomer
from tests.journeys.town import Town
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("peers")]


async def identify(walker: Walker, person: Newcomer) -> None:
    """From an e-démarche, through FranceConnect under a civil identity, and back to the provider."""
    await walker.open(walker.town.first.address)
    await walker.press("#connexion")
    await walker.press("#upstream-franceconnect")
    await walker.fill(
        given_name="Maëlle,Anne",
        family_name=person.birth_name,
        birthdate="1987-03-14",
        birthplace="75107",
        email=person.email,
    )
    await walker.press("#typed button")
    await walker.press("#confirm button")


async def sign_up(walker: Walker, person: Newcomer) -> None:
    """Arrive for the first time: complete what FranceConnect does not say, reach the e-démarche."""
    town = walker.town
    await identify(walker, person)
    await walker.is_at(f"{town.issuer}/inscription/franceconnect")
    await walker.sees("main", person.birth_name)
    await walker.tick("accept_terms", "accept_privacy")
    await walker.press("#signup-submit")
    await walker.is_at(town.first.address)


async def test_a_new_person_completes_the_sign_up_and_reaches_the_procedure(walker: Walker, town: Town) -> None:
    person = newcomer()
    await sign_up(walker, person)
    await walker.sees("#visitor", person.birth_name)
    assert await walker.value("email") == person.email


async def test_civil_status_cannot_be_changed(walker: Walker) -> None:
    person = newcomer()
    await identify(walker, person)
    for vouched in ("given_names", "birth_name", "birthdate"):
        assert await walker.page.locator(f"input[name='{vouched}']:not([type=hidden])").count() == 0


async def test_a_returning_person_is_signed_in_at_once(arrive: Arrive, town: Town) -> None:
    person = newcomer()
    await sign_up(await arrive(), person)
    later = await arrive()
    await identify(later, person)
    await later.is_at(town.first.address)
    await later.sees("#visitor", person.birth_name)


async def test_one_sign_in_serves_the_second_procedure_too(walker: Walker, town: Town) -> None:
    person = newcomer()
    await sign_up(walker, person)
    await walker.press("#neighbour")
    await walker.press("#connexion")
    await walker.is_at(town.second.address)
    await walker.sees("#visitor", person.birth_name)


async def test_signing_out_signs_out_of_franceconnect_too(walker: Walker, town: Town) -> None:
    person = newcomer()
    await sign_up(walker, person)
    await walker.press("#signout")
    if walker.page.url.startswith(f"{town.issuer}/deconnexion"):
        await walker.press("#signout-confirm")
    await walker.is_at(f"{town.first.address}/au-revoir")
    await walker.open(f"{town.first.address}/connexion")
    await walker.press("#upstream-franceconnect")
    await walker.sees("#typed")


async def test_changing_one_s_mind_at_franceconnect_comes_back_to_the_choice(walker: Walker, town: Town) -> None:
    await walker.open(f"{town.first.address}/connexion")
    await walker.press("#upstream-franceconnect")
    await walker.press("#abort")
    assert await walker.page.locator("#error").get_attribute("data-code") == "upstream_declined"
    await walker.press("#way-on")
    await walker.is_at(f"{town.issuer}/connexion")
    await walker.sees("#signin")
