"""The client credentials grant: an application that acts for itself (RFC 6749 section 4.4)."""

from typing import Any

import pytest

from tests.support.provider import Site
from tests.support.records import events
from tests.support.relying_party import RelyingParty, register


async def machine(site: Site, **members: Any) -> RelyingParty:
    usual: dict[str, Any] = {
        "grant_types": ("client_credentials",),
        "response_types": (),
        "redirect_uris": (),
        "scope": "openid profile agenda.lecture agenda.ecriture",
    }
    return await register(site, "agenda", **(usual | members))


async def test_it_gets_an_access_token_alone(site: Site) -> None:
    response = await (await machine(site)).token(grant_type="client_credentials")
    tokens = response.json()
    assert response.headers["cache-control"] == "no-store"
    assert tokens.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert tokens["scope"] == "agenda.lecture agenda.ecriture"
    assert (await events(site))[-1] == "token.issued"


async def test_it_may_ask_for_less(site: Site) -> None:
    response = await (await machine(site)).token(grant_type="client_credentials", scope="agenda.lecture")
    assert response.json()["scope"] == "agenda.lecture"


@pytest.mark.parametrize(
    "scope", ["openid", "profile", "agenda.lecture openid", "agenda.suppression", "offline_access"]
)
async def test_it_gets_nothing_about_people_and_nothing_it_did_not_register(site: Site, scope: str) -> None:
    response = await (await machine(site)).token(grant_type="client_credentials", scope=scope)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_scope")


async def test_a_public_application_proves_nothing_and_gets_nothing(site: Site) -> None:
    public = await machine(site, token_endpoint_auth_method="none")
    response = await public.token(grant_type="client_credentials")
    assert (response.status_code, response.json()["error"]) == (400, "unauthorized_client")


async def test_an_application_without_the_grant_gets_nothing(application: RelyingParty) -> None:
    response = await application.token(grant_type="client_credentials")
    assert (response.status_code, response.json()["error"]) == (400, "unauthorized_client")


async def test_its_token_ends_with_its_lifetime(site: Site) -> None:
    application = await machine(site)
    token = (await application.token(grant_type="client_credentials")).json()["access_token"]
    site.clock.advance(599)
    assert (await application.introspect(token))["active"] is True
    site.clock.advance(1)
    assert (await application.introspect(token))["active"] is False
