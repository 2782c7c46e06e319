"""Modules on what a client registers: dynamic plan, third-party initiated login."""

from urllib.parse import urljoin

from tests.conformance import checks
from tests.conformance.application import rsa_key
from tests.conformance.registering import public_set, refused, registered, serve_json
from tests.conformance.suite import Module, Outcome, Stage, bearer

LOGO = b"\x89PNG\r\n\x1a\n and what follows"
ADDRESSES = {"logo_uri": "/images/openid.png", "policy_uri": "/login.html", "tos_uri": "https://openid.net"}
"""Pages of the suite's own host, beside the alias, and one of another host."""


def id_token_rs256(stage: Stage) -> Outcome:
    """The algorithm that was asked for."""
    application = registered(stage, id_token_signed_response_alg="RS256")
    assert application.document["id_token_signed_response_alg"] == "RS256"
    application.sign_in()
    return Outcome.PASSED


def userinfo_rs256(stage: Stage) -> Outcome:
    """User information as a JWT, said by the provider to this client."""
    assert "RS256" in stage.metadata["userinfo_signing_alg_values_supported"]
    application = registered(stage, userinfo_signed_response_alg="RS256")
    application.signed_userinfo = True
    flow = application.sign_in()
    assert flow.access_token is not None
    claims = application.userinfo(flow.access_token)
    assert claims["iss"] == stage.metadata["issuer"]
    assert claims["aud"] == application.client_id
    assert "nonce" not in claims
    return Outcome.PASSED


def shown(member: str, selector: str) -> Module:
    """What a person sees of the application before they sign in."""

    def module(stage: Stage) -> Outcome:
        path = ADDRESSES[member]
        stage.suite.server.documents[path] = ("image/png", LOGO)
        address = urljoin(stage.suite.server.base, path)
        application = registered(stage, **{member: address})
        page = application.go(application.request())
        element = page.one(f"#client {selector}")
        assert element is not None
        if member == "logo_uri":
            image = stage.deployment.http.get(f"{stage.metadata['issuer']}{element['src']}")
            assert image.content == LOGO
            assert image.headers["content-type"] == "image/png"
        else:
            assert element["href"] == address
        return Outcome.REVIEW

    return module


def jwks_uri(stage: Stage) -> Outcome:
    """The keys of a client, read where it publishes them when it proves itself by one."""
    address = serve_json(stage, "client1_jwks", public_set(rsa_key()))
    registered(stage, jwks=None, jwks_uri=address).sign_in()
    assert [arrival.method for arrival in stage.suite.server.arrivals("client1_jwks")] == ["GET"]
    return Outcome.PASSED


def sector(stage: Stage) -> Outcome:
    """Pairwise names for a sector whose document lists every address."""
    assert "pairwise" in stage.metadata["subject_types_supported"]
    address = serve_json(stage, "redirect_uris.json", [stage.suite.server.url("callback")])
    registered(stage, subject_type="pairwise", sector_identifier_uri=address).sign_in()
    return Outcome.PASSED


def bad_sector(stage: Stage) -> Outcome:
    """A document that does not list the address."""
    address = serve_json(stage, "redirect_uris.json", ["https://example.com/op"])
    refused(stage, "invalid_client_metadata", subject_type="pairwise", sector_identifier_uri=address)
    return Outcome.PASSED


def issuer_as_audience(stage: Stage) -> Outcome:
    """An assertion addressed to the issuer instead of the token endpoint."""
    application = registered(stage)
    application.audience = stage.metadata["issuer"]
    application.sign_in()
    return Outcome.PASSED


def initiate_login(stage: Stage) -> Outcome:
    """The address from which a third party begins a sign-in, told at registration and whenever it is asked."""
    address = stage.suite.server.url("initiate_login")
    told = registered(stage, initiate_login_uri=address).document
    assert told["initiate_login_uri"] == address
    read = stage.deployment.http.get(told["registration_client_uri"], headers=bearer(told))
    assert read.status_code == 200
    assert read.headers["content-type"].startswith("application/json")
    checks.registered(read.json())
    assert read.json()["initiate_login_uri"] == address
    return Outcome.PASSED


def initiate_login_without_tls(stage: Stage) -> Outcome:
    address = stage.suite.server.url("initiate_login").replace("https://", "http://")
    refused(stage, "invalid_client_metadata", initiate_login_uri=address)
    return Outcome.PASSED


MODULES: dict[str, Module] = {
    "oidcc-idtoken-rs256": id_token_rs256,
    "oidcc-userinfo-rs256": userinfo_rs256,
    "oidcc-registration-logo-uri": shown("logo_uri", "img[src]"),
    "oidcc-registration-policy-uri": shown("policy_uri", "a[href$='/login.html']"),
    "oidcc-registration-tos-uri": shown("tos_uri", "a[href='https://openid.net']"),
    "oidcc-registration-jwks-uri": jwks_uri,
    "oidcc-registration-sector-uri": sector,
    "oidcc-registration-sector-bad": bad_sector,
    "oidcc-ensure-client-assertion-with-iss-aud-succeeds": issuer_as_audience,
    "oidcc-3rd_party-init-login": initiate_login,
    "oidcc-3rd_party-init-login-nohttps": initiate_login_without_tls,
}
