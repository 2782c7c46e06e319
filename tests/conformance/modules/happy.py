"""Modules of requests that succeed, whatever is added to them: core plans."""

from collections.abc import Mapping

from tests.conformance import checks
from tests.conformance.application import Flow
from tests.conformance.registering import client
from tests.conformance.suite import Module, Outcome, Stage
from tests.support.relying_party import VERIFIER, challenge_of

UNKNOWN_LANGUAGE = "se"


def server(stage: Stage) -> Outcome:
    """The whole flow, the hashes that bind its parts, and a code that nobody guesses."""
    flow = client(stage).sign_in()
    variant = stage.variant
    if flow.front is not None:
        _check_hashes(flow, flow.front, must=variant.includes("token"), code=variant.includes("code"))
    if flow.back is not None:
        checks.unguessable(flow.parameters["code"])
        token = flow.tokens["access_token"]
        assert flow.back.get("at_hash", checks.half_hash(token)) == checks.half_hash(token)
        assert flow.back.get("c_hash") in {None, checks.half_hash(flow.parameters["code"])}
    return Outcome.PASSED


def _check_hashes(flow: Flow, claims: Mapping[str, object], *, must: bool, code: bool) -> None:
    if must:
        assert claims["at_hash"] == checks.half_hash(flow.parameters["access_token"])
    if code:
        assert claims["c_hash"] == checks.half_hash(flow.parameters["code"])


def signed_by_default(stage: Stage) -> Outcome:
    """A registration that names no algorithm: RS256, under a `kid`."""
    client(stage).sign_in()  # which verifies just that
    return Outcome.PASSED


def never_unsigned(stage: Stage) -> Outcome:
    """`none` is not served, and not announced."""
    assert "none" not in stage.metadata["id_token_signing_alg_values_supported"]
    return Outcome.SKIPPED


def with_parameter(name: str, value: str | None) -> Module:
    """A request with something more, or something less, that changes nothing."""

    def module(stage: Stage) -> Outcome:
        application = client(stage)
        sent = application.request(**{name: value})
        application.complete(sent, application.go(sent))
        return Outcome.PASSED

    return module


def login_hint(stage: Stage) -> Outcome:
    """A hint fills the form in, or does not; it never stands in the way."""
    for hint in (stage.suite.configuration["server"]["login_hint"], "buffy@localhost"):
        client(stage).sign_in(login_hint=hint)
        stage.browser.forget()
    return Outcome.PASSED


def acr_values(stage: Stage) -> Outcome:
    """Of the levels that are announced, one is reached."""
    wanted = stage.metadata["acr_values_supported"]
    flow = client(stage).sign_in(acr_values=" ".join(wanted))
    for claims in filter(None, (flow.front, flow.back)):
        assert claims["acr"] in wanted
    return Outcome.PASSED


def posted(stage: Stage) -> Outcome:
    """A request that another site posts, so without our cookies, goes on to the sign-in."""
    client(stage).sign_in(method="POST")
    return Outcome.PASSED


def pkce(stage: Stage) -> Outcome:
    """A verifier that answers its challenge."""
    application = client(stage)
    sent = application.request(code_challenge=challenge_of(VERIFIER), code_challenge_method="S256")
    answer = application.answer(sent, application.go(sent))
    tokens = application.tokens(code=answer["code"], redirect_uri=sent["redirect_uri"], code_verifier=VERIFIER)
    application.check_id_token(tokens["id_token"], sent["nonce"])
    return Outcome.PASSED


MODULES: dict[str, Module] = {
    "oidcc-server": server,
    "oidcc-server-client-secret-post": server,
    "oidcc-idtoken-signature": signed_by_default,
    "oidcc-idtoken-unsigned": never_unsigned,
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow": with_parameter("nonce", None),
    "oidcc-display-page": with_parameter("display", "page"),
    "oidcc-display-popup": with_parameter("display", "popup"),
    "oidcc-ensure-request-with-unknown-parameter-succeeds": with_parameter("extra", "foobar"),
    "oidcc-login-hint": login_hint,
    "oidcc-ui-locales": with_parameter("ui_locales", UNKNOWN_LANGUAGE),
    "oidcc-claims-locales": with_parameter("claims_locales", UNKNOWN_LANGUAGE),
    "oidcc-ensure-request-with-acr-values-succeeds": acr_values,
    "oidcc-ensure-post-request-succeeds": posted,
    "oidcc-ensure-request-with-valid-pkce-succeeds": pkce,
}
