"""An application that has just registered signs people in, and they are told what it is."""

from dataclasses import replace
from typing import Any

import pytest

from clients import registry
from clients.client import Client
from tests.support.outside import Outside
from tests.support.people import PASSWORD, add_person
from tests.support.provider import NOW, Site
from tests.support.registrant import Registrant, registering, registrant
from tests.support.relying_party import RelyingParty
from tests.support.visitor import Page


async def relying_party(site: Site, told: dict[str, Any]) -> RelyingParty:
    """The program of an application that registered itself."""
    client = await site.provider.database.read(registry.find, told["client_id"])
    assert isinstance(client, Client)
    return RelyingParty(site.issuer, client, told.get("client_secret"), await site.client("192.0.2.40"))


async def sign_in_page(site: Site, told: dict[str, Any], **changes: str | None) -> Page:
    application = await relying_party(site, told)
    return await (await site.visitor()).open(application.start(**({"scope": "openid email"} | changes)))


async def test_a_person_signs_in_consents_and_the_application_reads_what_it_asked(
    open_site: Site, somebody: Registrant
) -> None:
    await add_person(open_site.provider)
    told = await somebody.registered(client_name="Piscine", token_endpoint_auth_method="client_secret_post")
    page = await sign_in_page(open_site, told)
    page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()
    assert page.path == "/consentement"
    page = await page.form("#consent").submit("#consent-accept")
    application = await relying_party(open_site, told)
    tokens = (await application.exchange(page.returned["code"])).json()
    claims = (await application.userinfo(tokens["access_token"])).json()
    assert claims["email"] == "camille.martin@exemple.fr"


async def test_logo_policy_and_terms_are_on_the_sign_in_and_consent_pages(
    open_site: Site, somebody: Registrant, pool: Outside
) -> None:
    await add_person(open_site.provider)
    shown = {"policy_uri": "https://pool.example/privacy", "tos_uri": "https://pool.example/terms"}
    told = await somebody.registered(client_name="Piscine", logo_uri=pool.url("/logo"), **shown)
    page = await sign_in_page(open_site, told)
    pages = [page, await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()]
    assert [each.path for each in pages] == ["/connexion", "/consentement"]
    for each in pages:
        assert each.one("#client img")["src"] == f"/applications/{told['client_id']}/logo"
        links = {str(link["href"]) for link in each.html.select("#client a")}
        assert links == set(shown.values())
        assert "Piscine" in each.one("#client").get_text()
        assert pool.url() not in str(each.html)
    assert pool.connections == 0


async def test_people_are_told_that_nobody_vouches_for_it_and_where_it_leads(
    open_site: Site, somebody: Registrant
) -> None:
    addresses = ["https://pool.example/cb", "https://evil.example:8443/cb"]
    told = await somebody.registered(client_name="Mairie d'Exemple", redirect_uris=addresses)
    page = await sign_in_page(open_site, told, redirect_uri=addresses[1])
    warning = page.one("#client .client__unverified").get_text(" ")
    assert "n'a pas vérifié ce service" in warning.replace("\u2019", "'")
    assert "evil.example" in warning


async def test_people_are_told_nothing_of_the_kind_of_what_an_operator_vouches_for(
    open_site: Site, somebody: Registrant
) -> None:
    told = await somebody.registered()
    client = await open_site.provider.database.read(registry.find, told["client_id"])
    assert client is not None
    vouched = replace(client, self_registered=False)
    await open_site.provider.database.transaction(
        registry.amend, vouched, now=NOW, random_bytes=open_site.provider.randomness.token_bytes
    )
    open_site.provider.clients.invalidate()
    page = await sign_in_page(open_site, told)
    assert page.has("#client")
    assert not page.has(".client__unverified")


async def test_markup_in_a_name_is_text(open_site: Site, somebody: Registrant) -> None:
    name = '<img src="x" onerror="alert(1)">&amp;'
    page = await sign_in_page(open_site, await somebody.registered(client_name=name))
    assert name in page.one("#client").get_text()
    assert not page.has("#client img")


@pytest.mark.parametrize(("require_pkce", "returned"), [(True, "invalid_request"), (False, None)])
async def test_without_pkce_an_application_is_sent_back_unless_the_settings_spare_it(
    database_url: str, require_pkce: bool, returned: str | None
) -> None:
    async with registering(database_url, require_pkce=require_pkce) as site:
        told = await (await registrant(site)).registered()
        page = await sign_in_page(site, told, code_challenge=None, code_challenge_method=None)
        assert (page.returned["error"] if page.outside else None) == returned
