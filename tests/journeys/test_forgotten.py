"""Someone who forgot: a new password by e-mail, and then the e-démarche that was asked for."""

import pytest

from tests.journeys.newcomers import ask_for_account
from tests.journeys.town import Town
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("peers")]
CHOSEN = "Pivoine-58-orange"


async def test_a_forgotten_password_is_replaced_by_a_link(walker: Walker, town: Town) -> None:
    person = await ask_for_account(walker, "citoyen")
    await walker.press("#activate-email-submit")
    await walker.open(town.mailbox.wait(person.email).link("/activation/lien/"))
    await walker.press("#activation-link-submit")
    await walker.is_at(town.first.address)
    await walker.context.clear_cookies()

    await walker.open(f"{town.second.address}/connexion")
    await walker.press("#forgotten")
    await walker.fill(contact=person.email)
    await walker.press("#forgotten-submit")
    await walker.open(town.mailbox.wait(person.email, count=2).link("/oubli/lien"))
    await walker.is_at(f"{town.issuer}/oubli/nouveau")
    await walker.fill(password=CHOSEN, password_again=CHOSEN)
    await walker.press("#reset-submit")
    await walker.open(f"{town.second.address}/connexion")
    if walker.page.url.startswith(town.issuer):
        await walker.fill(identifier=person.identifier, password=CHOSEN)
        await walker.press("#signin-submit")
    await walker.is_at(town.second.address)
    await walker.sees("#visitor", person.birth_name)


async def test_an_unknown_address_is_answered_like_a_known_one(walker: Walker, town: Town) -> None:
    await walker.open(f"{town.issuer}/oubli")
    await walker.fill(contact="personne@exemple.fr")
    await walker.press("#forgotten-submit")
    await walker.sees("main", "personne@exemple.fr")
    assert town.mailbox.to("personne@exemple.fr") == []
