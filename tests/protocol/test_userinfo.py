"""The userinfo endpoint and what it tells (OpenID Connect Core 1.0 section 5.3, RFC 6750)."""

import re
from typing import Any

import pytest
from sqlalchemy import Connection, update

from clients import registry
from idp.people.tables import people
from keys import jose
from tests.support.people import add_person
from tests.support.provider import ISSUER, Site
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import code_for, tokens_for
from tests.support.visitor import Visitor


@pytest.fixture
async def tokens(visitor: Visitor, application: RelyingParty) -> dict[str, Any]:
    return await tokens_for(visitor, application)


async def test_it_tells_what_the_scopes_give_and_nothing_else(
    application: RelyingParty, tokens: dict[str, Any], person: str
) -> None:
    response = await application.userinfo(tokens["access_token"])
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    told = response.json()
    assert told.pop("updated_at") == 1_790_000_000
    assert told == {
        "sub": person,
        "name": "Camille Martin",
        "family_name": "Martin",
        "given_name": "Camille",
        "birthdate": "1987-03-14",
        "locale": "fr",
        "email": "camille.martin@exemple.fr",
        "email_verified": True,
    }
    assert payload_of(tokens["id_token"])["sub"] == person


async def test_every_scope_of_a_single_claim_gives_it(site: Site, visitor: Visitor) -> None:
    scope = (
        "openid given_name family_name birthdate gender birthplace birthcountry preferred_username profile_type phone"
    )
    application = await register(site, scope=scope)
    tokens = await tokens_for(visitor, application)
    told = (await application.userinfo(tokens["access_token"])).json()
    assert told.keys() - {"sub"} == {
        "given_name",
        "family_name",
        "birthdate",
        "profile_type",
        "phone_number",
        "phone_number_verified",
    }


async def test_a_person_with_every_claim_gives_every_claim_of_profile(site: Site) -> None:
    claims = {
        "middle_name": "Anne",
        "nickname": "Cam",
        "profile": "https://exemple.fr/cam",
        "picture": "https://exemple.fr/cam.png",
        "website": "https://exemple.fr",
        "zoneinfo": "Europe/Paris",
        "address": {"locality": "Lyon"},
    }
    person = await add_person(site.provider, preferred_name="Durand")

    def step(connection: Connection) -> None:
        connection.execute(update(people).where(people.c.id == person).values(claims=claims, gender="female"))

    await site.provider.database.transaction(step)
    application = await register(site, scope="openid profile address")
    tokens = await tokens_for(await site.visitor(), application)
    told = (await application.userinfo(tokens["access_token"])).json()
    assert told.keys() == {
        *("sub", "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile"),
        *("picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at", "address"),
    }
    assert told["name"] == "Camille Durand"


# How the token is presented


async def test_it_is_read_by_get_and_by_post_in_the_header_and_in_the_form(
    application: RelyingParty, tokens: dict[str, Any]
) -> None:
    token = tokens["access_token"]
    header = {"authorization": f"Bearer {token}"}
    answers = [
        await application.http.get("/userinfo", headers=header),
        await application.http.get("/userinfo", headers={"authorization": f"bearer {token}"}),
        await application.http.post("/userinfo", headers=header),
        await application.http.post("/userinfo", data={"access_token": token}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.text for answer in answers}) == 1


async def test_it_is_never_read_from_the_address(application: RelyingParty, tokens: dict[str, Any]) -> None:
    for method in ("GET", "POST"):
        response = await application.http.request(method, "/userinfo", params={"access_token": tokens["access_token"]})
        assert response.status_code == 401


async def test_twice_is_once_too_many(application: RelyingParty, tokens: dict[str, Any]) -> None:
    token = tokens["access_token"]
    header = {"authorization": f"Bearer {token}"}
    answers = [
        await application.http.post("/userinfo", headers=header, data={"access_token": token}),
        await application.http.post("/userinfo", data={"access_token": [token, token]}),
        await application.http.get("/userinfo", headers=[*header.items(), *header.items()]),
    ]
    for response in answers:
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


# Refusals

CHALLENGE = re.compile(
    r'^Bearer realm="userinfo"(?:, error="(\w+)", error_description="[^"\\]+"(?:, scope="openid")?)?$'
)


def challenge(response: Any) -> str | None:
    found = CHALLENGE.match(response.headers["www-authenticate"])
    assert found, response.headers["www-authenticate"]
    return found[1]


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer", "Token abc"])
async def test_no_token_at_all_is_told_without_an_error_code(application: RelyingParty, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header}
    response = await application.http.get("/userinfo", headers=headers)
    assert response.status_code == 401
    assert challenge(response) in {None, "invalid_token"}
    assert header == "Bearer" or challenge(response) is None


async def test_a_token_that_is_not_good_is_invalid(
    site: Site, visitor: Visitor, application: RelyingParty, tokens: dict[str, Any]
) -> None:
    code = await code_for(visitor, application)
    good = tokens["access_token"]
    wrong = {
        "unknown": "lpat_" + "A" * 43,
        "cut": good[:-1],
        "longer": good + "A",
        "an ID token": tokens["id_token"],
        "a refresh token": tokens["refresh_token"],
        "a code": code,
        "two": f"{good} {good}",
        "not ASCII": "é" * 48,
    }
    for name, token in wrong.items():
        header = {"authorization": f"Bearer {token}".encode("latin-1")}
        response = await application.http.get("/userinfo", headers=header)  # type: ignore[arg-type]
        assert (response.status_code, challenge(response)) == (401, "invalid_token"), name
        assert response.json()["error"] == "invalid_token"
    site.clock.advance(600)
    expired = await application.userinfo(good)
    assert (expired.status_code, challenge(expired)) == (401, "invalid_token")


async def test_a_token_without_openid_is_not_enough(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application, scope="email")
    response = await application.userinfo(tokens["access_token"])
    assert (response.status_code, challenge(response)) == (403, "insufficient_scope")
    assert response.headers["www-authenticate"].endswith('scope="openid"')


async def test_a_token_of_an_application_for_itself_is_about_nobody(site: Site) -> None:
    machine = await register(
        site,
        grant_types=("client_credentials",),
        response_types=(),
        redirect_uris=(),
        scope="agenda.lecture",
    )
    token = (await machine.token(grant_type="client_credentials")).json()["access_token"]
    assert (await machine.userinfo(token)).status_code == 403


@pytest.mark.parametrize("act", [registry.suspend, registry.remove], ids=["suspended", "removed"])
async def test_a_token_of_an_application_no_longer_used_is_invalid(
    site: Site, application: RelyingParty, tokens: dict[str, Any], act: Any
) -> None:
    more = {"now": site.clock.now()} if act is registry.suspend else {}
    await site.provider.database.transaction(act, "demarches", **more)
    site.clock.advance(5)
    assert (await application.userinfo(tokens["access_token"])).status_code == 401


async def test_no_other_site_may_read_it_by_script(application: RelyingParty, tokens: dict[str, Any]) -> None:
    for origin in ("https://evil.example", "null"):
        headers = {"authorization": f"Bearer {tokens['access_token']}", "origin": origin}
        response = await application.http.get("/userinfo", headers=headers)
        assert not [name for name in response.headers if name.startswith("access-control-")]


# Signed


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_it_is_signed_when_the_application_registered_so(site: Site, visitor: Visitor, algorithm: str) -> None:
    application = await register(site, userinfo_signed_response_alg=algorithm)
    tokens = await tokens_for(visitor, application)
    response = await application.userinfo(tokens["access_token"])
    assert response.headers["content-type"] == "application/jwt"
    claims = jose.verify(response.text, site.provider.ring.verification_keys(), algorithms=(algorithm,))
    assert (claims["iss"], claims["aud"]) == (ISSUER, "demarches")
    assert claims["email"] == "camille.martin@exemple.fr"
    assert "nonce" not in claims
