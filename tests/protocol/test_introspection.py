"""Token introspection (RFC 7662): a client learns of its own tokens, and of nobody else's."""

import pytest

from tests.support.provider import ISSUER, NOW, Site
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import code_for, tokens_for
from tests.support.visitor import Visitor

INACTIVE = {"active": False}


async def test_an_access_token_is_described(visitor: Visitor, application: RelyingParty, person: str) -> None:
    tokens = await tokens_for(visitor, application)
    assert await application.introspect(tokens["access_token"]) == {
        "active": True,
        "iss": ISSUER,
        "client_id": "demarches",
        "scope": "openid profile email offline_access",
        "iat": NOW,
        "exp": NOW + 600,
        "sub": person,
        "token_type": "Bearer",
        "acr": "urn:laissez-passer:acr:password",
        "auth_time": NOW,
    }


async def test_a_refresh_token_is_described_until_it_has_served(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    described = await application.introspect(tokens["refresh_token"])
    assert described["active"] is True
    assert "token_type" not in described
    await application.refresh(tokens["refresh_token"])
    assert await application.introspect(tokens["refresh_token"]) == INACTIVE


async def test_what_an_application_got_for_itself_is_described(site: Site) -> None:
    machine = await register(
        site, "agenda", grant_types=("client_credentials",), response_types=(), redirect_uris=(), scope="agenda.lecture"
    )
    token = (await machine.token(grant_type="client_credentials")).json()["access_token"]
    described = await machine.introspect(token)
    assert (described["active"], described["sub"], described["scope"]) == (True, "agenda", "agenda.lecture")
    assert not {"acr", "auth_time"} & described.keys()


async def test_everything_else_is_inactive_and_nothing_more(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    code = await code_for(visitor, application)
    tokens = (await application.exchange(code)).json()
    for token in (code, tokens["id_token"], "lpat_" + "A" * 43, "abc", "é", tokens["access_token"][:-1], "x" * 9_000):
        assert await application.introspect(token) == INACTIVE
    site.clock.advance(600)
    assert await application.introspect(tokens["access_token"]) == INACTIVE


async def test_another_applications_token_is_inactive(
    site: Site, visitor: Visitor, application: RelyingParty, stranger: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    for name in ("access_token", "refresh_token"):
        assert await stranger.introspect(tokens[name]) == INACTIVE
    assert (await application.introspect(tokens["access_token"]))["active"] is True


async def test_the_hint_of_a_kind_changes_nothing(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    assert application.secret is not None
    for hint in ("access_token", "refresh_token", "inconnu"):
        response = await application.http.post(
            "/introspect",
            data={"token": tokens["access_token"], "token_type_hint": hint},
            auth=("demarches", application.secret),
        )
        assert response.json()["active"] is True
        assert response.headers["cache-control"] == "no-store"


async def test_only_an_application_that_authenticates_may_ask(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    public = await register(site, "publique", token_endpoint_auth_method="none")
    for data in (
        {"token": tokens["access_token"]},
        {"token": tokens["access_token"], "client_id": public.client.client_id},
        {"token": tokens["access_token"], "client_id": "inconnue"},
    ):
        response = await application.http.post("/introspect", data=data)
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
        assert "active" not in response.json()


async def test_a_subject_is_never_translated(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    described = await application.introspect(tokens["access_token"])
    assert described["sub"] == payload_of(tokens["id_token"])["sub"]


async def test_a_request_without_a_token_is_refused(application: RelyingParty) -> None:
    assert application.secret is not None
    response = await application.http.post("/introspect", data={}, auth=("demarches", application.secret))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"])
async def test_only_a_post_asks(application: RelyingParty, method: str) -> None:
    response = await application.http.request(method, "/introspect", params={"token": "x"})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
