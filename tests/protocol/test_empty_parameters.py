"""Parameters sent without a value MUST be treated as if they were omitted from the request (RFC 6749 section 3.1)."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.relying_party import VERIFIER, RelyingParty, basic
from tests.support.signing_in import arrive, code_for, tokens_for
from tests.support.visitor import Visitor

NAMES = (
    "request",
    "request_uri",
    "registration",
    "response_mode",
    "prompt",
    "max_age",
    "display",
    "ui_locales",
    "claims_locales",
    "claims",
    "id_token_hint",
    "login_hint",
    "acr_values",
    "resource",
    "state",
)


@pytest.mark.parametrize("name", NAMES)
async def test_at_the_authorization_endpoint(visitor: Visitor, application: RelyingParty, name: str) -> None:
    assert "code" in (await arrive(visitor, application, **{name: ""})).returned


async def test_at_the_endpoint_of_pushed_requests(application: RelyingParty) -> None:
    asked = dict(parse_qsl(urlsplit(application.start()).query)) | dict.fromkeys(NAMES, "")
    headers = {"authorization": basic(application.client.client_id, application.secret or "")}
    assert (await application.http.post("/par", data=asked, headers=headers)).status_code == 201


async def test_at_the_token_endpoint(visitor: Visitor, application: RelyingParty) -> None:
    code = await code_for(visitor, application)
    nothing = dict.fromkeys(("client_id", "client_secret", "client_assertion", "client_assertion_type", "scope"), "")
    answer = await application.exchange(code, code_verifier=VERIFIER, **nothing)
    assert answer.status_code == 200, answer.text


async def test_at_userinfo(visitor: Visitor, application: RelyingParty) -> None:
    token = (await tokens_for(visitor, application))["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    assert (await application.http.post("/userinfo", data={"access_token": ""}, headers=headers)).status_code == 200
    nothing = await application.http.post("/userinfo", data={"access_token": ""})
    assert (nothing.status_code, "error" in nothing.headers["www-authenticate"]) == (401, False)
