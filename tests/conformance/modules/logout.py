"""Modules of sign-outs that an application begins: RP-Initiated, Front-Channel and Back-Channel Logout 1.0."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from tests.conformance import checks
from tests.conformance.application import Application, Flow, rsa_key
from tests.conformance.authenticating import jwt, secret_key, unsigned_jwt
from tests.conformance.browser import Page
from tests.conformance.modules.sessions import NEEDS_A_PAGE
from tests.conformance.registering import Members, client
from tests.conformance.suite import Module, Outcome, Stage
from tests.conformance.suite_server import Arrival

EVENT = "http://schemas.openid.net/event/backchannel-logout"
STATE = "".join(map(chr, range(0x20, 0x7F)))
"""Every character that a state may have (RFC 6749 appendix A.5), as the suite's are drawn."""
_LEFT_AS_THEY_ARE = "!$'()*,;:@/?"
"""What the suite does not encode in a query, as RFC 3986 section 3.4 allows."""
Changes = Mapping[str, str | None]
Change = Callable[[Stage, Application, Flow], Changes]


def entered(stage: Stage, **members: Any) -> tuple[Application, Flow]:
    """A client with an address for afterwards, and somebody signed in to it."""
    application = client(stage, post_logout_redirect_uris=[_after(stage)], **members)
    return application, application.sign_in()


def _after(stage: Stage) -> str:
    return stage.suite.server.url("post_logout_redirect")


def leave(stage: Stage, flow: Flow, changes: Changes) -> Page:
    """Send the browser to sign out, as the flow's application asks it; None leaves a parameter out."""
    usual: dict[str, str | None] = {
        "id_token_hint": flow.id_token,
        "post_logout_redirect_uri": _after(stage),
        "state": STATE,
    }
    sent = {name: value for name, value in (usual | dict(changes)).items() if value is not None}
    query = f"?{urlencode(sent, safe=_LEFT_AS_THEY_ARE, quote_via=quote)}" if sent else ""
    return stage.automation.visit(f"{stage.metadata['end_session_endpoint']}{query}")


def returned(stage: Stage, state: str | None = STATE) -> None:
    """Back at the application, with the state and nothing else."""
    arrival = stage.suite.server.wait_for("post_logout_redirect")
    assert dict(arrival.query) == ({} if state is None else {"state": state})
    assert len(stage.suite.server.arrivals("post_logout_redirect")) == 1, "the suite goes on at each arrival"


def _nobody_is_there(stage: Stage, application: Application) -> None:
    sent = application.request(prompt="none", state=STATE)
    answer = application.answer(sent, application.go(sent))
    checks.error(answer)
    assert answer["error"] in NEEDS_A_PAGE


def returns(**changes: str | None) -> Module:
    """Signed out, and back."""

    def module(stage: Stage) -> Outcome:
        application, flow = entered(stage)
        leave(stage, flow, changes)
        returned(stage, dict({"state": STATE}, **changes)["state"])
        _nobody_is_there(stage, application)
        return Outcome.PASSED

    return module


def stays(change: Change) -> Module:
    """The browser stays here, on a page that says why or that all is done."""

    def module(stage: Stage) -> Outcome:
        application, flow = entered(stage)
        page = leave(stage, flow, change(stage, application, flow))
        assert page.url.startswith(stage.metadata["issuer"])
        assert stage.suite.server.arrivals("post_logout_redirect") == []
        return Outcome.REVIEW

    return module


def leaving_out(*names: str) -> Change:
    def change(_stage: Stage, _application: Application, _flow: Flow) -> Changes:
        return dict.fromkeys(names)

    return change


def _address_not_registered(stage: Stage, _application: Application, _flow: Flow) -> Changes:
    return {"post_logout_redirect_uri": f"{_after(stage)}/elsewhere"}


def _query_added(stage: Stage, _application: Application, _flow: Flow) -> Changes:
    return {"post_logout_redirect_uri": f"{_after(stage)}?foo=bar"}


def _hint_unsigned(_stage: Stage, _application: Application, flow: Flow) -> Changes:
    return {"id_token_hint": unsigned_jwt(flow.claims)}


def _hint_signed_by_the_application(stage: Stage, application: Application, _flow: Flow) -> Changes:
    """An ID token by the application, from itself to the provider: signed by its key, or for want of one its secret."""
    claims = {
        "iss": application.client_id,
        "sub": "SubjectID",
        "aud": stage.metadata["issuer"],
        "nonce": "flibble",
        "iat": stage.now,
        "exp": stage.now + 300,
    }
    if stage.variant.static:
        return {"id_token_hint": jwt(claims, secret_key(application.document["client_secret"]), "HS256")}
    return {"id_token_hint": jwt(claims, rsa_key())}


def back_channel(stage: Stage) -> Outcome:
    """The application is told by a token, server to server; the browser comes back whenever it does."""
    members: Members = {
        "backchannel_logout_uri": stage.suite.server.url("backchannel_logout"),
        "backchannel_logout_session_required": True,
    }
    application, flow = entered(stage, **members)
    leave(stage, flow, {})
    returned(stage)
    arrival = stage.suite.server.wait_for("backchannel_logout")
    assert arrival.method == "POST"
    assert [name for name, _ in arrival.form] == ["logout_token"]
    _check_logout_token(stage, application, flow, arrival)
    _nobody_is_there(stage, application)
    return Outcome.PASSED


def _check_logout_token(stage: Stage, application: Application, flow: Flow, arrival: Arrival) -> None:
    claims = checks.signed(dict(arrival.form)["logout_token"], stage.keys)
    assert claims["iss"] == stage.metadata["issuer"]
    assert claims["aud"] == application.client_id
    assert abs(claims["iat"] - stage.now) < 300
    assert claims["jti"]
    assert claims["events"] == {EVENT: {}}
    assert claims["sub"] == flow.claims["sub"]
    assert claims["sid"] == flow.claims["sid"]
    assert "nonce" not in claims


def front_channel(stage: Stage) -> Outcome:
    """The application is loaded in a frame, with `iss` and `sid`, before the browser comes back."""
    members: Members = {
        "frontchannel_logout_uri": stage.suite.server.url("frontchannel_logout"),
        "frontchannel_logout_session_required": True,
    }
    application, flow = entered(stage, **members)
    leave(stage, flow, {})
    returned(stage)
    (arrival,) = stage.suite.server.arrivals("frontchannel_logout")
    assert arrival.method == "GET"
    assert dict(arrival.query) == {"iss": stage.metadata["issuer"], "sid": flow.claims["sid"]}
    _nobody_is_there(stage, application)
    return Outcome.PASSED


MODULES: dict[str, Module] = {
    "oidcc-rp-initiated-logout": returns(),
    "oidcc-rp-initiated-logout-no-state": returns(state=None),
    "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri": stays(_address_not_registered),
    "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri": stays(_query_added),
    "oidcc-rp-initiated-logout-modified-id-token-hint": stays(_hint_unsigned),
    "oidcc-rp-initiated-logout-bad-id-token-hint": stays(_hint_signed_by_the_application),
    "oidcc-rp-initiated-logout-no-id-token-hint": stays(leaving_out("id_token_hint")),
    "oidcc-rp-initiated-logout-no-params": stays(leaving_out("id_token_hint", "post_logout_redirect_uri", "state")),
    "oidcc-rp-initiated-logout-only-state": stays(leaving_out("id_token_hint", "post_logout_redirect_uri")),
    "oidcc-rp-initiated-logout-no-post-logout-redirect-uri": stays(leaving_out("post_logout_redirect_uri", "state")),
    "oidcc-backchannel-rp-initiated-logout": back_channel,
    "oidcc-frontchannel-rp-initiated-logout": front_channel,
}
