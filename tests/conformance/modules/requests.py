"""Modules of requests that are refused, and of addresses to return to that are or are not registered."""

from tests.conformance import checks
from tests.conformance.application import STATE_LENGTH, Application
from tests.conformance.registering import client, refused, registered
from tests.conformance.suite import Module, Outcome, Stage

LONG_STATE = "s" * STATE_LENGTH


def response_type_missing(stage: Stage) -> Outcome:
    """Told to the application, in the query since nothing says otherwise."""
    application = client(stage)
    sent = application.request(response_type=None, state=LONG_STATE)
    answer = application.answer(sent, application.go(sent))
    checks.error(answer)
    assert answer["error"] in {"invalid_request", "unsupported_response_type"}
    return Outcome.PASSED


def nonce_missing(stage: Stage) -> Outcome:
    """An ID token through the browser needs a nonce; the refusal goes where the token would have gone."""
    application = client(stage)
    sent = application.request(nonce=None, state=LONG_STATE)
    answer = application.answer(sent, application.go(sent))
    checks.error(answer)
    assert answer["error"] == "invalid_request"
    return Outcome.PASSED


def _error_page(stage: Stage, application: Application, **changes: str | None) -> Outcome:
    """A page here, and nobody sent anywhere."""
    page = application.go(application.request(**changes))
    assert page.url.startswith(stage.metadata["authorization_endpoint"])
    assert page.status == 400
    assert stage.suite.server.arrivals("callback") == []
    return Outcome.REVIEW


def redirect_uri_not_registered(stage: Stage) -> Outcome:
    application = client(stage)
    return _error_page(stage, application, redirect_uri=f"{stage.suite.server.url('callback')}/elsewhere")


def redirect_uri_missing(stage: Stage) -> Outcome:
    """Two addresses are registered, and none is asked for."""
    callback = stage.suite.server.url("callback")
    application = registered(stage, redirect_uris=[callback, f"{callback}2"])
    return _error_page(stage, application, redirect_uri=None)


def redirect_uri_with_query(stage: Stage) -> Outcome:
    """The query of a registered address comes back, whatever is added to it."""
    address = f"{stage.suite.server.url('callback')}?foo=bar"
    registered(stage, redirect_uris=[address]).sign_in(redirect_uri=address)
    return Outcome.PASSED


def redirect_uri_with_other_query(stage: Stage) -> Outcome:
    callback = stage.suite.server.url("callback")
    application = registered(stage, redirect_uris=[f"{callback}?foo=bar"])
    return _error_page(stage, application, redirect_uri=f"{callback}?bar=foo")


def redirect_uri_with_added_query(stage: Stage) -> Outcome:
    application = registered(stage)
    return _error_page(stage, application, redirect_uri=f"{stage.suite.server.url('callback')}?foo=bar")


def redirect_uri_with_fragment(stage: Stage) -> Outcome:
    refused(stage, "invalid_redirect_uri", redirect_uris=[f"{stage.suite.server.url('callback')}#foobar"])
    return Outcome.PASSED


MODULES: dict[str, Module] = {
    "oidcc-response-type-missing": response_type_missing,
    "oidcc-ensure-request-without-nonce-fails": nonce_missing,
    "oidcc-ensure-registered-redirect-uri": redirect_uri_not_registered,
    "oidcc-ensure-redirect-uri-in-authorization-request": redirect_uri_missing,
    "oidcc-redirect-uri-query-OK": redirect_uri_with_query,
    "oidcc-redirect-uri-query-mismatch": redirect_uri_with_other_query,
    "oidcc-redirect-uri-query-added": redirect_uri_with_added_query,
    "oidcc-redirect-uri-regfrag": redirect_uri_with_fragment,
}
