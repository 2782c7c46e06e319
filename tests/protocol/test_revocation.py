"""Token revocation (RFC 7009)."""

from typing import Any

import pytest

from tests.support.provider import Site
from tests.support.records import events
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import code_for, tokens_for
from tests.support.visitor import Visitor


async def alive(application: RelyingParty, tokens: dict[str, Any]) -> tuple[bool, bool]:
    """Whether the access token and the refresh token are good."""
    described = [await application.introspect(tokens[name]) for name in ("access_token", "refresh_token")]
    return described[0]["active"], described[1]["active"]


async def test_an_access_token_goes_alone(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    response = await application.revoke(tokens["access_token"])
    assert (response.status_code, response.content) == (200, b"")
    assert await alive(application, tokens) == (False, True)
    assert (await application.userinfo(tokens["access_token"])).status_code == 401
    assert (await events(site))[-1] == "token.revoked"


async def test_a_refresh_token_takes_its_whole_authorization(visitor: Visitor, application: RelyingParty) -> None:
    first = await tokens_for(visitor, application)
    second = (await application.refresh(first["refresh_token"])).json()
    assert (await application.revoke(second["refresh_token"])).status_code == 200
    assert await alive(application, second) == (False, False)
    assert (await application.userinfo(first["access_token"])).status_code == 401
    assert (await application.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"


async def test_what_is_revoked_twice_or_was_never_given_is_no_error(
    visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    for token in (tokens["access_token"], tokens["access_token"], "lpat_" + "A" * 43, "abc", "é", tokens["id_token"]):
        assert (await application.revoke(token)).status_code == 200


async def test_another_applications_token_is_left_alone(
    site: Site, visitor: Visitor, application: RelyingParty, stranger: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    for name in ("access_token", "refresh_token"):
        assert (await stranger.revoke(tokens[name])).status_code == 200
    assert await alive(application, tokens) == (True, True)
    assert "token.revoked" not in await events(site)


async def test_a_code_is_not_revoked_here(visitor: Visitor, application: RelyingParty) -> None:
    code = await code_for(visitor, application)
    assert (await application.revoke(code)).status_code == 200
    assert (await application.exchange(code)).status_code == 200


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "inconnu"])
async def test_a_wrong_hint_changes_nothing(visitor: Visitor, application: RelyingParty, hint: str) -> None:
    tokens = await tokens_for(visitor, application)
    assert application.secret is not None
    response = await application.http.post(
        "/revoke",
        data={"token": tokens["refresh_token"], "token_type_hint": hint},
        auth=("demarches", application.secret),
    )
    assert response.status_code == 200
    assert await alive(application, tokens) == (False, False)


async def test_a_public_application_revokes_its_own(site: Site, visitor: Visitor) -> None:
    public = await register(site, token_endpoint_auth_method="none")
    tokens = await tokens_for(visitor, public)
    assert (await public.revoke(tokens["refresh_token"])).status_code == 200
    assert (await public.userinfo(tokens["access_token"])).status_code == 401


async def test_an_application_revokes_what_it_got_for_itself(site: Site) -> None:
    machine = await register(
        site, "agenda", grant_types=("client_credentials",), response_types=(), redirect_uris=(), scope="agenda.lecture"
    )
    token = (await machine.token(grant_type="client_credentials")).json()["access_token"]
    assert (await machine.revoke(token)).status_code == 200
    assert await machine.introspect(token) == {"active": False}


async def test_nothing_is_revoked_for_whoever_does_not_authenticate(
    visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    for data in ({}, {"client_id": "demarches"}, {"client_id": "demarches", "client_secret": "faux"}):
        response = await application.http.post("/revoke", data={"token": tokens["refresh_token"], **data})
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert await alive(application, tokens) == (True, True)


async def test_a_request_without_a_token_is_refused(application: RelyingParty) -> None:
    assert application.secret is not None
    response = await application.http.post("/revoke", data={}, auth=("demarches", application.secret))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
