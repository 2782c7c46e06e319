"""Redeeming a code: once, soon, by whom it was given to (RFC 6749 section 4.1.3, OpenID Connect Core 1.0, 3.1.3)."""

from typing import Any

import pytest
from sqlalchemy import Connection

from idp.people import standing
from keys import claims as registered
from tests.support.provider import ISSUER, NOW, Site
from tests.support.records import events
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import arrive, code_for
from tests.support.visitor import Visitor


async def test_an_answer_has_what_the_specification_says(visitor: Visitor, application: RelyingParty) -> None:
    response = await application.exchange(await code_for(visitor, application))
    tokens = response.json()
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"
    assert not {"set-cookie", "access-control-allow-origin"} & set(response.headers)
    assert tokens.keys() == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 600)


async def test_an_id_token_says_who_signed_in_when_and_how(
    site: Site, visitor: Visitor, application: RelyingParty, person: str
) -> None:
    page = await arrive(visitor, application, nonce="le-nonce")
    site.clock.advance(20)
    tokens = (await application.exchange(page.returned["code"])).json()
    claims = payload_of(tokens["id_token"])
    sid = claims.pop("sid")
    assert len(sid) == 22
    assert claims == {
        "iss": ISSUER,
        "sub": person,
        "aud": "demarches",
        "iat": NOW + 20,
        "exp": NOW + 620,
        "auth_time": NOW,
        "acr": "urn:laissez-passer:acr:password",
        "amr": ["pwd"],
        "nonce": "le-nonce",
        "at_hash": registered.half_hash(tokens["access_token"], "RS256"),
    }


async def test_a_code_is_unguessable_and_safe_in_an_address(visitor: Visitor, application: RelyingParty) -> None:
    codes = {await code_for(visitor, application) for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) >= 43 and code.replace("-", "").replace("_", "").isalnum() for code in codes)


@pytest.mark.parametrize(("age", "accepted"), [(59, True), (60, False), (3600, False)])
async def test_a_code_lives_one_minute(
    site: Site, visitor: Visitor, application: RelyingParty, age: int, accepted: bool
) -> None:
    code = await code_for(visitor, application)
    site.clock.advance(age)
    response = await application.exchange(code)
    assert response.status_code == (200 if accepted else 400)
    assert accepted or response.json()["error"] == "invalid_grant"


async def test_a_code_redeemed_again_is_refused_and_kills_what_it_gave(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    code = await code_for(visitor, application)
    tokens = (await application.exchange(code)).json()
    assert (await application.userinfo(tokens["access_token"])).status_code == 200
    for age in (0, 30, 3600):
        site.clock.advance(age)
        replayed = await application.exchange(code)
        assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_grant")
    assert (await application.userinfo(tokens["access_token"])).status_code == 401
    assert await application.introspect(tokens["access_token"]) == {"active": False}
    assert (await application.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await events(site)).count("code.replayed") == 1


async def test_a_replay_kills_what_was_refreshed_since(visitor: Visitor, application: RelyingParty) -> None:
    code = await code_for(visitor, application)
    tokens = (await application.exchange(code)).json()
    refreshed = (await application.refresh(tokens["refresh_token"])).json()
    await application.exchange(code)
    assert (await application.userinfo(refreshed["access_token"])).status_code == 401
    assert (await application.refresh(refreshed["refresh_token"])).status_code == 400


async def test_a_replay_touches_no_other_authorization(visitor: Visitor, application: RelyingParty) -> None:
    code = await code_for(visitor, application)
    await application.exchange(code)
    other = (await application.exchange(await code_for(visitor, application))).json()
    await application.exchange(code)
    assert (await application.userinfo(other["access_token"])).status_code == 200


async def test_a_code_is_for_the_application_that_asked(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    other = await register(site, "autre")
    public = await register(site, "publique", token_endpoint_auth_method="none")
    code = await code_for(visitor, application)
    for thief in (other, public):
        refused = await thief.exchange(code)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert (await application.exchange(code)).status_code == 200


@pytest.mark.parametrize(
    "code",
    ["lpac_" + "A" * 43, "abc", "lpat_" + "A" * 43, "é" * 48, "' OR 1=1 --", "x" * 60_000],
    ids=["unknown", "short", "another kind", "not ASCII", "SQL", "very long"],
)
async def test_what_was_never_given_is_refused(application: RelyingParty, code: str) -> None:
    response = await application.exchange(code)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


async def test_the_form_of_a_code_is_looked_at_as_a_whole(visitor: Visitor, application: RelyingParty) -> None:
    code = await code_for(visitor, application)
    for altered in (code[:-1], code + "A", code.swapcase(), f" {code}", f"{code}\n", code[5:]):
        assert (await application.exchange(altered)).json()["error"] == "invalid_grant"
    assert (await application.exchange(code)).status_code == 200


REQUESTS: dict[str, tuple[dict[str, str | None], str]] = {
    "no grant type": ({"grant_type": None}, "invalid_request"),
    "an unknown grant type": ({"grant_type": "password"}, "unsupported_grant_type"),
    "the implicit grant": ({"grant_type": "implicit"}, "unsupported_grant_type"),
    "a grant the client has not": ({"grant_type": "client_credentials"}, "unauthorized_client"),
    "no code": ({"code": None}, "invalid_request"),
    "an empty code": ({"code": ""}, "invalid_request"),
}


@pytest.mark.parametrize(("changes", "error"), REQUESTS.values(), ids=REQUESTS.keys())
async def test_an_incomplete_request_is_told_what_is_wrong(
    visitor: Visitor, application: RelyingParty, changes: dict[str, str | None], error: str
) -> None:
    response = await application.exchange(await code_for(visitor, application), **changes)
    assert (response.status_code, response.json()["error"]) == (400, error)
    assert response.json().keys() == {"error", "error_description"}
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["code", "redirect_uri", "code_verifier", "grant_type", "scope"])
async def test_a_doubled_parameter_is_refused(visitor: Visitor, application: RelyingParty, name: str) -> None:
    code = await code_for(visitor, application)
    form: dict[str, Any] = {"grant_type": "authorization_code", "code": code, name: ["a", "b"]}
    response = await application.http.post("/token", data=form)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


async def test_nothing_is_read_from_the_address(visitor: Visitor, application: RelyingParty) -> None:
    code = await code_for(visitor, application)
    client = application.client
    query = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": client.client_id,
        "client_secret": application.secret,
    }
    assert (await application.http.get("/token", params=query)).status_code == 405
    assert (await application.http.post("/token", params=query)).json()["error"] == "invalid_client"
    assert (await application.exchange(code)).status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
async def test_only_a_form_is_read(application: RelyingParty, kind: str) -> None:
    response = await application.http.post(
        "/token", content=b'{"grant_type": "authorization_code"}', headers={"content-type": kind}
    )
    assert (response.status_code, response.json()["error"]) == (415, "invalid_request")


async def test_a_code_of_somebody_locked_meanwhile_is_refused(
    site: Site, visitor: Visitor, application: RelyingParty, person: str
) -> None:
    code = await code_for(visitor, application)

    def lock(connection: Connection) -> None:
        standing.lock(connection, person, site.clock.now())

    await site.provider.database.transaction(lock)
    assert (await application.exchange(code)).json()["error"] == "invalid_grant"


async def test_a_code_of_a_session_ended_meanwhile_is_refused(visitor: Visitor, application: RelyingParty) -> None:
    code = await code_for(visitor, application, scope="openid")
    page = await visitor.open("/deconnexion")
    await page.form("#signout").submit()
    assert (await application.exchange(code)).json()["error"] == "invalid_grant"


async def test_the_lifetime_of_tokens_may_be_the_applications_own(site: Site, visitor: Visitor) -> None:
    short = await register(site, access_token_lifetime=30)
    tokens = (await short.exchange(await code_for(visitor, short))).json()
    assert tokens["expires_in"] == 30
    site.clock.advance(29)
    assert (await short.userinfo(tokens["access_token"])).status_code == 200
    site.clock.advance(1)
    assert (await short.userinfo(tokens["access_token"])).status_code == 401
