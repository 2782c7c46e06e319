"""What was typed at sign-up, as the application that asked receives it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.pages.signup.conftest import CITIZEN, Newcomer
from tests.pages.signup.test_form import COMPANY
from tests.support.relying_party import RelyingParty, register
from tests.support.visitor import Form

pytestmark = pytest.mark.anyio
EVERYTHING = "openid profile email phone address profile_type organization"


async def told(newcomer: Newcomer, application: RelyingParty, form: Form) -> dict[str, Any]:
    """Validate, activate by SMS, and read the user information at the application."""
    page = await form.submit("#signup-submit")
    page = await page.form("#activate-sms").fill(mobile="06 39 98 12 34").submit()
    arrived = await page.form("#activation-code").fill(code=(await newcomer.received()).code).submit()
    tokens = (await application.exchange(arrived.returned["code"])).json()
    answer = await application.userinfo(tokens["access_token"])
    claims: dict[str, Any] = answer.json()
    return claims


async def form_for(newcomer: Newcomer, profile: str) -> tuple[RelyingParty, Form]:
    application = await register(newcomer.site, scope=EVERYTHING)
    choice = await (await newcomer.visitor.open(application.start())).follow("#create-account")
    return application, (await choice.follow(f"#profile-{profile}")).form("#signup")


async def test_a_citizen_s_answers_become_standard_claims(newcomer: Newcomer) -> None:
    settings = newcomer.site.provider.settings
    newcomer.site.provider.settings = replace(settings, signup=replace(settings.signup, ask_address=True))
    application, form = await form_for(newcomer, "citoyen")
    address = {"street": "12 rue des Lilas", "complement": "Bâtiment B", "postcode": "20200", "city": "Bastia"}
    claims = await told(newcomer, application, form.fill(**{**CITIZEN, **address, "preferred_name": "Durand"}))
    assert (claims["given_name"], claims["family_name"], claims["preferred_username"]) == (
        "Camille",
        "Martin",
        "Durand",
    )
    assert (claims["birthdate"], claims["profile_type"]) == ("1987-03-14", "citoyen")
    assert (claims["phone_number"], claims["phone_number_verified"]) == ("+33639981234", True)
    assert (claims["email"], claims["email_verified"]) == ("camille.martin@exemple.fr", False)
    assert claims["address"] == {
        "street_address": "12 rue des Lilas\nBâtiment B",
        "postal_code": "20200",
        "locality": "Bastia",
        "country": "FR",
    }
    assert "gender" not in claims
    assert "organization" not in claims


async def test_a_company_is_told_apart_from_its_representative(newcomer: Newcomer) -> None:
    application, form = await form_for(newcomer, "entreprise")
    claims = await told(newcomer, application, form.fill(**COMPANY))
    assert claims["profile_type"] == "entreprise"
    assert "address" not in claims
    assert claims["organization"] == {
        "legal_name": "Les Lilas",
        "siret": "73282932000074",
        "siren": "732829320",
        "legal_form": "5710",
        "role": "president",
        "verified": False,
    }
