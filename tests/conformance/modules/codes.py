"""Modules on what is used at the token endpoint: codes that come back, refresh tokens."""

import secrets

from tests.conformance import checks
from tests.conformance.application import Application, Flow
from tests.conformance.registering import Members, client
from tests.conformance.suite import Module, Outcome, Stage

OFFLINE = "openid offline_access"
LASTING = frozenset({"iss", "sub", "aud", "azp", "auth_time"})
"""What a refreshed ID token says as the first did (OpenID Connect Core 1.0 section 12.2)."""


def reuse(seconds: int) -> Module:
    """A code used again: refused, and what it gave is dead."""

    def module(stage: Stage) -> Outcome:
        application = client(stage)
        flow = application.sign_in()
        stage.wait(seconds)
        again = application.ask_tokens(
            grant_type="authorization_code",
            code=flow.parameters["code"],
            redirect_uri=application.document["redirect_uris"][0],
        )
        checks.token_error(again, "invalid_grant")
        assert application.ask_userinfo(flow.tokens["access_token"]).status_code == 401
        return Outcome.PASSED

    return module


def refresh_token(stage: Stage) -> Outcome:
    """Refresh tokens give new tokens, to the client they were issued to."""
    assert "refresh_token" in stage.metadata["grant_types_supported"]
    members = offline_members(stage)
    first, second = client(stage, **members), client(stage, second=True, **members)
    refresh(stage, first, sign_in_offline(stage, first), scope=OFFLINE)
    stolen = refresh(stage, second, sign_in_offline(stage, second, nonce=secrets.token_urlsafe(32)))
    answer = first.ask_tokens(grant_type="refresh_token", refresh_token=stolen, scope=OFFLINE)
    checks.token_error(answer, "invalid_grant")
    return Outcome.PASSED


def offline_members(stage: Stage) -> Members:
    """What a client that wants refresh tokens registers."""
    front = stage.variant.includes("token") or stage.variant.includes("id_token")
    return {"grant_types": ["authorization_code", *(["implicit"] if front else []), "refresh_token"]}


def sign_in_offline(stage: Stage, application: Application, **changes: str) -> Flow:
    """A sign-in that gives a refresh token."""
    assert "offline_access" in stage.metadata["scopes_supported"]
    flow = application.sign_in(scope=OFFLINE, prompt="consent", **changes)
    checks.token_characters(flow.tokens["refresh_token"])
    return flow


def refresh(stage: Stage, application: Application, flow: Flow, **parameters: str) -> str:
    """Use the refresh token; the one to use next."""
    stage.wait(1)
    refreshed = application.tokens(grant_type="refresh_token", refresh_token=flow.tokens["refresh_token"], **parameters)
    assert refreshed["access_token"] != flow.tokens["access_token"]
    checks.unguessable(refreshed["access_token"])
    claims = application.check_id_token(refreshed["id_token"], nonce=None)
    assert flow.back is not None
    assert claims["iat"] != flow.back["iat"]
    assert {name: claims.get(name) for name in LASTING} == {name: flow.back.get(name) for name in LASTING}
    application.userinfo(refreshed["access_token"])
    following = str(refreshed.get("refresh_token") or flow.tokens["refresh_token"])
    checks.unguessable(following)
    checks.token_characters(following)
    return following


MODULES: dict[str, Module] = {
    "oidcc-codereuse": reuse(0),
    "oidcc-codereuse-30seconds": reuse(30),
    "oidcc-refresh-token": refresh_token,
}
