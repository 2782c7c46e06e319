"""Modules of requests as JWTs, by value and by reference (OpenID Connect Core 1.0 section 6)."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator

from tests.conformance.application import Application
from tests.conformance.authenticating import jwt, unsigned_jwt
from tests.conformance.registering import client, registered
from tests.conformance.suite import Module, Outcome, Stage

REQUEST_OBJECT = "application/jwt"


def unsigned(stage: Stage) -> Outcome:
    """An unsigned object by value: what it holds counts, and state and nonce stand nowhere else."""
    _must_announce_none(stage)
    application = client(stage)
    inside = application.request()
    application.complete(inside, application.go(_outside(application) | {"request": unsigned_jwt(inside)}))
    return Outcome.PASSED


def redirect_uri_inside(stage: Stage) -> Outcome:
    """The address inside wins over the bad one outside."""
    _must_announce_none(stage)
    application = client(stage)
    inside = application.request()
    outside = _outside(application) | {"redirect_uri": f"{stage.suite.server.url('callback')}/elsewhere"}
    application.complete(inside, application.go(outside | {"request": unsigned_jwt(inside)}))
    return Outcome.PASSED


def unsigned_by_reference(stage: Stage) -> Outcome:
    """An unsigned object that the provider fetches."""
    _must_announce_none(stage)
    assert stage.metadata.get("request_uri_parameter_supported", True)
    for path, address in _references(stage):
        application = registered(stage, request_uris=[address])
        inside = application.request()
        _serve_and_complete(stage, application, (path, address), inside, unsigned_jwt(inside))
    return Outcome.PASSED


def signed_by_reference(stage: Stage) -> Outcome:
    """A signed object that the provider fetches, without the fragment of its address."""
    assert "RS256" in stage.metadata["request_object_signing_alg_values_supported"]
    assert stage.metadata.get("request_uri_parameter_supported", True)
    for path, address in _references(stage):
        application = registered(stage, request_uris=[address], request_object_signing_alg="RS256")
        inside = application.request()
        claims = inside | {"iss": application.client_id, "aud": stage.metadata["issuer"]}
        _serve_and_complete(stage, application, (path, address), inside, jwt(claims, application.key))
    return Outcome.PASSED


def _must_announce_none(stage: Stage) -> None:
    assert "none" in stage.metadata["request_object_signing_alg_values_supported"], "the suite would skip this"


def _outside(application: Application) -> dict[str, str]:
    """What OAuth 2.0 wants beside the object, and that alone; the other way round than usual."""
    sent = application.request()
    return {name: sent[name] for name in ("scope", "response_type", "redirect_uri", "client_id")}


def _references(stage: Stage) -> Iterator[tuple[str, str]]:
    """Where the object will be, and its address: with a hash that is not its own, and without, as versions differ."""
    for hashed in (True, False):
        path = f"requesturi/{secrets.token_urlsafe(72)}"
        digest = urlsafe_b64encode(hashlib.sha256(path.encode()).digest()).decode().rstrip("=")
        yield path, stage.suite.server.url(path) + (f"#{digest}" if hashed else "")
        stage.browser.forget()


def _serve_and_complete(
    stage: Stage, application: Application, place: tuple[str, str], inside: dict[str, str], written: str
) -> None:
    path, address = place
    stage.suite.server.documents[path] = (REQUEST_OBJECT, written.encode())
    application.complete(inside, application.go(_outside(application) | {"request_uri": address}))
    assert [arrival.method for arrival in stage.suite.server.arrivals(path)] == ["GET"]


MODULES: dict[str, Module] = {
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": unsigned,
    "oidcc-ensure-request-object-with-redirect-uri": redirect_uri_inside,
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported": unsigned_by_reference,
    "oidcc-request-uri-unsigned": unsigned_by_reference,
    "oidcc-request-uri-signed-rs256": signed_by_reference,
}
