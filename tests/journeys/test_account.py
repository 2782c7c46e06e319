"""Someone in their own space: what they change, what they close, what they take back."""

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.newcomers import PASSWORD, newcomer
from tests.journeys.residents import come_home, give_password, resident
from tests.journeys.town import Town
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("peers")]


async def test_a_new_address_is_in_force_once_its_link_is_followed_anywhere(arrive: Arrive, town: Town) -> None:
    person, chosen = await resident(town), newcomer().email
    at_desk, on_telephone = await arrive(), await arrive()
    await come_home(at_desk, person)
    await at_desk.press('a[href="/mon-compte/email"]')
    await at_desk.fill(email=chosen)
    await at_desk.press("#email-submit")
    await at_desk.sees("[role=status]", chosen)
    await at_desk.sees("main", person.email)
    await on_telephone.open(town.mailbox.wait(chosen).link("/mon-compte/email/lien/"))
    await on_telephone.press("#proof-submit")
    await on_telephone.sees("#proved")
    await at_desk.open(f"{town.issuer}/mon-compte")
    await at_desk.sees("[aria-labelledby=contacts-title]", chosen)
    assert not await at_desk.page.get_by_text(person.email).count()
    await on_telephone.open(town.mailbox.wait(person.email).link("/mon-compte/email/retour/"))
    await on_telephone.press("#restore-submit")
    await on_telephone.sees("#restored")
    await at_desk.open(f"{town.issuer}/mon-compte")
    await at_desk.sees("#signin")


async def test_a_new_number_is_in_force_once_its_code_is_given(walker: Walker, town: Town) -> None:
    person, chosen = await resident(town), newcomer()
    await come_home(walker, person)
    await walker.press('a[href="/mon-compte/mobile"]')
    await walker.fill(mobile="01 02")
    await walker.press("#mobile-submit")
    await walker.sees("#mobile-error")
    assert await walker.value("mobile") == "01 02"
    await walker.fill(mobile=chosen.mobile)
    await walker.press("#mobile-submit")
    code = town.sms_gateway.wait(chosen.number_called).code
    await walker.fill(code=f"{(int(code) + 1) % 1_000_000:06}")
    await walker.press("#mobile-code-submit")
    await walker.sees("#code-error")
    await walker.fill(code=code)
    await walker.press("#mobile-code-submit")
    await walker.is_at(f"{town.issuer}/mon-compte")
    await walker.sees("[aria-labelledby=contacts-title]", chosen.mobile)


async def test_connections_elsewhere_are_listed_and_closed(arrive: Arrive, town: Town) -> None:
    person = await resident(town)
    here, elsewhere = await arrive(), await arrive()
    await come_home(elsewhere, person)
    await come_home(here, person)
    rows = "[aria-labelledby=sessions-title] li"
    assert await here.page.locator(rows).count() == 2
    await here.press(f'{rows}:not(:has-text("cet appareil")) button')
    await here.sees("[role=status]", "Cette connexion est fermée.")
    assert await here.page.locator(rows).count() == 1
    await elsewhere.open(f"{town.issuer}/mon-compte")
    await elsewhere.sees("#signin")


async def test_a_new_password_closes_what_was_open_elsewhere(arrive: Arrive, town: Town) -> None:
    person = await resident(town)
    here, elsewhere = await arrive(), await arrive()
    await come_home(elsewhere, person)
    await come_home(here, person)
    await here.press('a[href="/mon-compte/mot-de-passe"]')
    await here.fill(current_password="pas-le-bon", password=PASSWORD, password_again=PASSWORD)
    await here.press("#password-submit")
    await here.sees("#current_password-error")
    await here.fill(current_password="Cerisier-42-bleu", password=PASSWORD, password_again=PASSWORD)
    await here.press("#password-submit")
    await here.sees("[role=status]", "Votre mot de passe est enregistré.")
    await elsewhere.open(f"{town.issuer}/mon-compte")
    await give_password(elsewhere, person)
    await elsewhere.sees("#form-errors")
    await give_password(elsewhere, person, PASSWORD)
    await elsewhere.is_at(f"{town.issuer}/mon-compte")


async def test_an_agreement_is_given_knowingly_and_taken_back(walker: Walker, town: Town) -> None:
    person, theatre = await resident(town), town.theatre
    await walker.open(town.asking(theatre, scope="openid profile email"))
    await give_password(walker, person)
    await walker.is_at(f"{town.issuer}/consentement")
    await walker.sees("#consent")
    await walker.sees("main", person.birth_name)
    logo = walker.page.locator(".client__logo")
    assert await logo.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert (await logo.get_attribute("src") or "").startswith("/applications/")
    for document in ("vie-privee", "conditions"):
        assert await walker.page.locator(f'#client a[href="{theatre.address}/{document}"]').count() == 1
    await walker.press("#consent-accept")
    await walker.is_at(f"{theatre.address}/retour")
    await walker.open(town.asking(theatre, scope="openid profile email"))
    await walker.is_at(f"{theatre.address}/retour")
    await walker.open(f"{town.issuer}/mon-compte")
    await walker.press('form[action="/mon-compte/services/retrait"] button')
    await walker.sees("[role=status]", "Votre accord est retiré.")
    await walker.open(town.asking(theatre, scope="openid profile email"))
    await walker.press("#consent-deny")
    await walker.is_at(f"{theatre.address}/retour")
    assert "error=access_denied" in walker.page.url


async def test_franceconnect_is_linked_opens_the_account_and_is_untied(walker: Walker, town: Town) -> None:
    person = await resident(town)
    await come_home(walker, person)
    await walker.press("#connect")
    await identify(walker, person.birth_name, person.email)
    await walker.press("#link-accept")
    await walker.sees("[role=status]", "Ce compte est relié au vôtre.")
    await leave(walker)
    await walker.sees("main", "Vous êtes aussi déconnecté de FranceConnect.")
    await walker.open(f"{town.issuer}/mon-compte")
    await identify(walker, person.birth_name, person.email)
    await walker.is_at(f"{town.issuer}/mon-compte")
    await walker.sees("[aria-labelledby=access-title]", person.identifier)
    await walker.press('form[action="/mon-compte/liens/retrait"] button')
    await walker.sees("[role=status]", "Ce compte n'est plus relié au vôtre.")
    await leave(walker)
    await walker.open(f"{town.issuer}/mon-compte")
    await give_password(walker, person)
    await walker.sees("#connect")


async def identify(walker: Walker, birth_name: str, email: str) -> None:
    """From a page that offers it, through FranceConnect and back."""
    await walker.press("#upstream-franceconnect")
    await walker.fill(
        given_name="Maëlle", family_name=birth_name, birthdate="1987-03-14", birthplace="75107", email=email
    )
    await walker.press("#typed button")
    await walker.press("#confirm button")


async def leave(walker: Walker) -> None:
    """Sign out of the provider, and of FranceConnect where it was used."""
    await walker.open(f"{walker.town.issuer}/deconnexion")
    await walker.press("#signout-confirm")
    await walker.sees("#signed-out")
