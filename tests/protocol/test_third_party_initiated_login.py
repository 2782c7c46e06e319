"""OpenID Connect Core 1.0 section 4, and « Mes démarches », the catalogue from which people open applications."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from clients import registry
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import arrive
from tests.support.visitor import Page, Visitor


async def listed(site: Site, client_id: str, **members: Any) -> RelyingParty:
    """An application that the authority shows in its catalogue."""
    usual: dict[str, Any] = {
        "client_name": client_id.title(),
        "client_uri": f"https://{client_id}.exemple.fr/",
        "redirect_uris": (f"https://{client_id}.exemple.fr/retour",),
        "listed": True,
    }
    return await register(site, client_id, **(usual | members))


def names(page: Page) -> list[str]:
    return [" ".join(each.get_text(" ").split()) for each in page.html.select("#catalogue .choice__name")]


def address(page: Page, name: str) -> str:
    """Where the link of an application leads."""
    return next(str(each["href"]) for each in page.html.select("#catalogue a") if name in each.get_text(" "))


async def test_the_catalogue_lists_what_the_authority_lists_in_alphabetical_order(site: Site) -> None:
    for client_id, name in (("eau", "Eau"), ("ecoles", "Écoles"), ("zoo", "zoo"), ("ados", "Ados"), ("ete", "Été")):
        await listed(site, client_id, client_name=name)
    await listed(site, "cache", listed=False)
    page = await (await site.visitor()).open("/mes-demarches")
    assert names(page) == ["Ados", "Eau", "Écoles", "Été", "zoo"]


async def test_opening_an_application_goes_to_its_initiate_login_uri_with_our_issuer(site: Site) -> None:
    await listed(site, "cantine", initiate_login_uri="https://cantine.exemple.fr/ouvrir", description="Les repas")
    page = await (await site.visitor()).open("/mes-demarches")
    assert "Les repas" in page.text
    target = urlsplit(address(page, "Cantine"))
    assert target[:3] == ("https", "cantine.exemple.fr", "/ouvrir")
    assert parse_qs(target.query) == {"iss": [site.issuer]}


async def test_the_query_of_the_registered_address_is_kept(site: Site) -> None:
    await listed(site, "cantine", initiate_login_uri="https://cantine.exemple.fr/?a=1")
    page = await (await site.visitor()).open("/mes-demarches")
    assert parse_qs(urlsplit(address(page, "Cantine")).query) == {"a": ["1"], "iss": [site.issuer]}


async def test_an_application_that_cannot_be_told_opens_at_its_home_page(site: Site) -> None:
    await listed(site, "cantine")
    page = await (await site.visitor()).open("/mes-demarches")
    assert address(page, "Cantine") == "https://cantine.exemple.fr/"


async def test_the_application_then_asks_and_nobody_signs_in_twice(site: Site, visitor: Visitor) -> None:
    """What a relying party does when it is opened: check the issuer, then send an authentication request."""
    canteen = await listed(site, "cantine", initiate_login_uri="https://cantine.exemple.fr/ouvrir")
    await arrive(visitor, canteen)
    opened = address(await visitor.open("/mes-demarches"), "Cantine")
    assert parse_qs(urlsplit(opened).query)["iss"] == [canteen.issuer]
    assert (await visitor.open(canteen.start())).returned["code"]


async def test_a_suspended_application_is_not_shown(site: Site) -> None:
    await listed(site, "cantine")
    await site.provider.database.transaction(registry.suspend, "cantine", now=site.clock.now())
    page = await (await site.visitor()).open("/mes-demarches")
    assert names(page) == []
    assert "Aucune démarche" in page.text


async def test_a_person_sees_what_they_used_already(site: Site, visitor: Visitor) -> None:
    await arrive(visitor, await listed(site, "cantine"))
    await listed(site, "piscine")
    page = await visitor.open("/mes-demarches")
    used = [each for each in page.html.select("#catalogue a") if "déjà utilisé" in each.get_text(" ")]
    assert ["Cantine" in each.get_text(" ") for each in used] == [True]
    assert "Camille Martin" in page.text


async def test_one_s_own_space_leads_to_the_catalogue_and_back_into_applications(site: Site, visitor: Visitor) -> None:
    canteen = await listed(site, "cantine", initiate_login_uri="https://cantine.exemple.fr/ouvrir")
    await arrive(visitor, canteen)
    home = await visitor.open("/mon-compte")
    assert home.has('a[href="/mes-demarches"]')
    opened = canteen.client.address_to_open(site.issuer)
    assert opened in [str(each["href"]) for each in home.html.select("[aria-labelledby=applications-title] a")]


@pytest.mark.parametrize("name", ['<img src=x onerror="1">', "Cantine & Co", "ا\u202eلمطعم"])
async def test_names_are_shown_as_they_are_and_do_nothing(site: Site, name: str) -> None:
    await listed(site, "cantine", client_name=name)
    page = await (await site.visitor()).open("/mes-demarches")
    assert names(page) == [name]
    assert page.html.select("#catalogue img") == []
