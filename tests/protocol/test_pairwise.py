"""Pairwise subjects, OpenID Connect Core 1.0 section 8: two organisations cannot compare what they know of a person."""

import json
from typing import Any

import pytest

from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import code_for, tokens_for
from tests.support.visitor import Visitor

POOL = "https://pool.example/cb"


async def discreet(site: Site, client_id: str, *redirect_uris: str, **members: Any) -> RelyingParty:
    """An application that is told a name of a person of its own."""
    return await register(site, client_id, subject_type="pairwise", redirect_uris=redirect_uris, **members)


async def name_told(visitor: Visitor, application: RelyingParty) -> str:
    """The `sub` under which an application knows Camille."""
    tokens = await tokens_for(visitor, application, scope="openid")
    subject: str = payload_of(tokens["id_token"])["sub"]
    assert (await application.userinfo(tokens["access_token"])).json()["sub"] == subject
    return subject


async def test_applications_of_one_host_know_a_person_by_one_name_and_others_by_another(
    site: Site, visitor: Visitor, person: str
) -> None:
    """Section 8.1: the sector is the host of the redirection addresses, or of the document that lists them."""
    first = await name_told(visitor, await discreet(site, "bassin", POOL))
    second = await name_told(visitor, await discreet(site, "cours", "https://pool.example:8443/other"))
    listed = await discreet(
        site, "stade", "https://sports.example/cb", sector_identifier_uri="https://pool.example/sector.json"
    )
    elsewhere = await name_told(visitor, await discreet(site, "gymnase", "https://sports.example/cb"))
    assert first == second == await name_told(visitor, listed)
    assert len({first, elsewhere, person}) == 3


@pytest.mark.parametrize(
    "uri", ["com.evil.app://pool.example/cb", "com.evil.app:/cb", "http://localhost/cb", "http://127.0.0.1/cb"]
)
async def test_an_address_that_is_no_host_of_the_network_joins_no_sector(
    site: Site, visitor: Visitor, uri: str
) -> None:
    """Anybody may put any host in an address of a private-use scheme, and every device calls itself localhost."""
    told = await name_told(visitor, await discreet(site, "mobile", uri, application_type="native"))
    alike = await name_told(visitor, await discreet(site, "copie", uri, application_type="native"))
    pool = await name_told(visitor, await discreet(site, "bassin", POOL))
    assert len({told, alike, pool}) == 3


async def test_a_name_given_to_another_sector_names_nobody(site: Site, visitor: Visitor) -> None:
    """Else two organisations would ask, name after name, until a silent request succeeds: they would have compared."""
    pool, sports = await discreet(site, "bassin", POOL), await discreet(site, "stade", "https://sports.example/cb")
    told_to_pool, told_to_sports = await name_told(visitor, pool), await name_told(visitor, sports)
    asked = {"id_token": {"sub": {"value": told_to_pool}}}
    page = await visitor.open(sports.start(scope="openid", prompt="none", claims=json.dumps(asked)))
    assert page.returned["error"] == "login_required"
    asked = {"id_token": {"sub": {"value": told_to_sports}}}
    assert await code_for(visitor, sports, scope="openid", prompt="none", claims=json.dumps(asked))
