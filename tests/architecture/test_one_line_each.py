"""One more grant, method or answer is one line of a table, read alike by what registers, announces and serves it."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Connection
from starlette.responses import Response

from idp.foundation.provider import Provider
from idp.oidc import authentication, responses, token
from idp.oidc.grants import Members, TokenRequest
from idp.oidc.registration.policy import operator_policy, own_policy
from idp.web.endpoint import Call
from idp.web.pages import redirect
from tests.support.provider import Site
from tests.support.relying_party import REDIRECT, register

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


def exchange(connection: Connection, provider: Provider, request: TokenRequest) -> Members:
    return {"access_token": request.kind, "token_type": "N_A"}


async def metadata(site: Site) -> dict[str, Any]:
    document: dict[str, Any] = (await (await site.client()).get("/.well-known/openid-configuration")).json()
    return document


def enveloped(call: Call, redirect_uri: str, answer: Mapping[str, str]) -> Response:
    return redirect(f"{redirect_uri}?response={len(answer)}")


@pytest.fixture
def _more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(token.GRANTS, EXCHANGE, exchange)
    monkeypatch.setitem(responses.MODES, "jwt", enveloped)
    monkeypatch.setitem(authentication.METHODS, "tls_client_auth", authentication.METHODS["none"])


@pytest.mark.usefixtures("_more")
async def test_a_grant_of_the_table_is_announced_registered_and_served(site: Site) -> None:
    announced = await metadata(site)
    assert EXCHANGE in announced["grant_types_supported"]
    assert EXCHANGE in operator_policy(site.provider.settings).grant_types
    application = await register(site, grant_types=("authorization_code", EXCHANGE))
    answer = await application.token(grant_type=EXCHANGE)
    assert answer.json() == {"access_token": "token-exchange", "token_type": "N_A"}


@pytest.mark.usefixtures("_more")
async def test_a_client_authentication_method_of_the_table_is_announced_and_registered(site: Site) -> None:
    announced = await metadata(site)
    for endpoint in ("token", "revocation", "introspection"):
        assert "tls_client_auth" in announced[f"{endpoint}_endpoint_auth_methods_supported"]
    assert "tls_client_auth" in own_policy(site.provider.settings).auth_methods


@pytest.mark.usefixtures("_more")
async def test_a_response_mode_of_the_table_is_announced_and_carries_the_answer(site: Site) -> None:
    assert "jwt" in (await metadata(site))["response_modes_supported"]
    application = await register(site)
    answer = await application.http.get(application.start(prompt="none", response_mode="jwt"))
    assert answer.headers["location"] == f"{REDIRECT}?response=4"
