"""Modules on the claims that scopes give, and on userinfo."""

from collections.abc import Iterable

from tests.conformance.application import Application, Flow
from tests.conformance.checks import JsonObject
from tests.conformance.registering import client
from tests.conformance.suite import Module, Outcome, Stage

CLAIMS = {
    "profile": "name family_name given_name middle_name nickname preferred_username profile picture website gender "
    "birthdate zoneinfo locale updated_at",
    "email": "email email_verified",
    "address": "address",
    "phone": "phone_number phone_number_verified",
}


def _told(stage: Stage, application: Application, flow: Flow) -> JsonObject:
    """Where the claims of scopes belong: in the ID token if there is never an access token, else at userinfo."""
    if flow.access_token is None:
        return flow.claims
    claims = application.userinfo(flow.access_token)
    assert claims["sub"] == flow.claims["sub"]
    return claims


def _sign_in(stage: Stage, scope: str, expected: Iterable[str]) -> JsonObject:
    application = client(stage)
    if stage.variant.response_type == "id_token":
        application.allowed_claims = frozenset(expected)
    return _told(stage, application, application.sign_in(scope=scope))


def scope(*names: str) -> Module:
    """Every claim of the scopes."""

    def module(stage: Stage) -> Outcome:
        assert set(names) <= set(stage.metadata["scopes_supported"])
        expected = {claim for name in names for claim in CLAIMS[name].split()}
        told = _sign_in(stage, " ".join(("openid", *names)), expected)
        assert expected <= told.keys(), expected - told.keys()
        assert "profile" in names or "name" not in told
        return Outcome.PASSED

    return module


def other_order(stage: Stage) -> Outcome:
    """Scopes and parameters the other way round, and nothing beyond what was asked."""
    application = client(stage)
    if stage.variant.response_type == "id_token":
        application.allowed_claims = frozenset(CLAIMS["email"].split())
    sent = application.request(scope="email openid")
    page = application.go(dict(reversed(sent.items())))
    told = _told(stage, application, application.complete(sent, page))
    assert "email" in told
    assert "name" not in told
    return Outcome.PASSED


def claims_essential(stage: Stage) -> Outcome:
    """A claim that is asked alone, where it is asked."""
    application = client(stage)
    place = "userinfo"
    if stage.variant.response_type == "id_token":
        place = "id_token"
        application.allowed_claims = frozenset({"name"})
    flow = application.sign_in(claims=f'{{"{place}":{{"name":{{"essential":true}}}}}}')
    assert _told(stage, application, flow)["name"]
    return Outcome.PASSED


def userinfo(method: str) -> Module:
    """Userinfo asked with the token in the header."""

    def module(stage: Stage) -> Outcome:
        application = client(stage)
        flow = application.sign_in()
        assert flow.access_token is not None
        claims = application.read_userinfo(application.ask_userinfo(flow.access_token, method))
        assert claims["sub"] == flow.claims["sub"]
        return Outcome.PASSED

    return module


def userinfo_form(stage: Stage) -> Outcome:
    """Userinfo asked with the token in a form."""
    application = client(stage)
    flow = application.sign_in()
    response = stage.deployment.http.post(
        stage.metadata["userinfo_endpoint"], data={"access_token": str(flow.access_token)}
    )
    assert application.read_userinfo(response)["sub"] == flow.claims["sub"]
    return Outcome.PASSED


MODULES: dict[str, Module] = {
    "oidcc-userinfo-get": userinfo("GET"),
    "oidcc-userinfo-post-header": userinfo("POST"),
    "oidcc-userinfo-post-body": userinfo_form,
    "oidcc-scope-profile": scope("profile"),
    "oidcc-scope-email": scope("email"),
    "oidcc-scope-address": scope("address"),
    "oidcc-scope-phone": scope("phone"),
    "oidcc-scope-all": scope(*CLAIMS),
    "oidcc-alternate-happy-flow": other_order,
    "oidcc-claims-essential": claims_essential,
}
