"""Someone who has never been here: the five steps of the procedure, for each profile, by e-mail and by SMS."""

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.newcomers import PASSWORD, PROFILES, ask_for_account, newcomer
from tests.journeys.town import Town
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("peers")]


@pytest.mark.parametrize("profile", PROFILES)
async def test_activating_by_sms_continues_to_the_procedure(walker: Walker, town: Town, profile: str) -> None:
    person = await ask_for_account(walker, profile)
    await walker.press("#activate-sms-submit")
    await walker.sees("#activation-code")
    await walker.fill(code=town.sms_gateway.wait(person.number_called).code)
    await walker.press("#activation-code-submit")
    await walker.is_at(town.first.address)
    await walker.sees("#visitor", person.birth_name)
    assert await walker.value("phone_number") == person.number_called


@pytest.mark.parametrize("profile", PROFILES)
async def test_activating_by_email_continues_to_the_procedure(walker: Walker, town: Town, profile: str) -> None:
    person = await ask_for_account(walker, profile)
    await walker.press("#activate-email-submit")
    await walker.open(town.mailbox.wait(person.email).link("/activation/lien/"))
    await walker.press("#activation-link-submit")
    await walker.is_at(town.first.address)
    await walker.sees("#visitor", person.birth_name)
    assert await walker.value("email") == person.email


@pytest.mark.parametrize(
    ("profile", "field", "told"),
    [
        ("entreprise", "siret", "73282932000074"),
        ("association", "rna", "W751515517"),
    ],
)
async def test_an_organisation_is_told_to_the_procedure(
    walker: Walker, town: Town, profile: str, field: str, told: str
) -> None:
    person = await ask_for_account(walker, profile)
    await walker.press("#activate-sms-submit")
    await walker.fill(code=town.sms_gateway.wait(person.number_called).code)
    await walker.press("#activation-code-submit")
    await walker.is_at(town.first.address)
    assert await walker.value(field) == told


async def test_a_link_opened_in_another_browser_lets_the_first_one_continue(arrive: Arrive, town: Town) -> None:
    at_desk, on_telephone = await arrive(), await arrive()
    person = await ask_for_account(at_desk, "citoyen")
    await at_desk.press("#activate-email-submit")
    await on_telephone.open(town.mailbox.wait(person.email).link("/activation/lien/"))
    await on_telephone.press("#activation-link-submit")
    await on_telephone.sees("#activated")
    if not at_desk.scripts:
        await at_desk.press("#activation-continue")
    await at_desk.is_at(town.first.address)
    await at_desk.sees("#visitor", person.birth_name)


async def test_a_wrong_code_is_refused_and_the_right_one_activates(walker: Walker, town: Town) -> None:
    person = await ask_for_account(walker, "citoyen")
    await walker.press("#activate-sms-submit")
    code = town.sms_gateway.wait(person.number_called).code
    await walker.fill(code=f"{(int(code) + 1) % 1_000_000:06}")
    await walker.press("#activation-code-submit")
    await walker.sees("#code-error")
    await walker.fill(code=code)
    await walker.press("#activation-code-submit")
    await walker.is_at(town.first.address)


async def test_the_number_may_be_corrected_before_the_code_is_sent(walker: Walker, town: Town) -> None:
    await ask_for_account(walker, "citoyen")
    other = newcomer()
    await walker.fill(mobile=other.mobile)
    await walker.press("#activate-sms-submit")
    await walker.fill(code=town.sms_gateway.wait(other.number_called).code)
    await walker.press("#activation-code-submit")
    await walker.is_at(town.first.address)
    assert await walker.value("phone_number") == other.number_called


async def test_a_refused_form_says_what_is_wrong_and_keeps_what_was_right(walker: Walker, town: Town) -> None:
    await walker.open(f"{town.issuer}/inscription/citoyen")
    await walker.fill(given_names="Maëlle", birthdate="31/02/1987", email="maelle@", mobile="01 02", password="court")
    await walker.press("#signup-submit")
    await walker.sees("#form-errors")
    for refused in ("birthdate", "email", "mobile", "birth_name", "password", "accept_terms"):
        await walker.sees(f"#{refused}-error")
    assert await walker.value("given_names") == "Maëlle"
    assert await walker.value("password") == ""


async def test_cancelling_goes_back_to_the_procedure_with_nothing_kept(walker: Walker, town: Town) -> None:
    await walker.open(f"{town.first.address}/connexion")
    await walker.press("#create-account")
    await walker.press("#profile-citoyen")
    await walker.press("#signup-cancel")
    await walker.sees("h1")


async def test_the_new_account_signs_in_with_its_password(arrive: Arrive, town: Town) -> None:
    walker = await arrive()
    person = await ask_for_account(walker, "citoyen")
    await walker.press("#activate-sms-submit")
    await walker.fill(code=town.sms_gateway.wait(person.number_called).code)
    await walker.press("#activation-code-submit")
    await walker.is_at(town.first.address)
    elsewhere = await arrive()
    await elsewhere.open(f"{town.second.address}/connexion")
    await elsewhere.fill(identifier=person.identifier, password=PASSWORD)
    await elsewhere.press("#signin-submit")
    await elsewhere.is_at(town.second.address)
    await elsewhere.sees("#visitor", person.birth_name)
