"""The authorization endpoint of the simulation (OpenID Connect Core section 3.1.2, with FranceConnect's own rules)."""

from collections.abc import Iterator
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from idp.demo.franceconnect.claims import SCOPES
from idp.demo.franceconnect.memory import JOURNEY_SECONDS, Journey
from idp.demo.franceconnect.parameters import Pairs, asks_amr, pairs, refused_authorization
from idp.demo.franceconnect.platform import BROWSER_COOKIE, SESSION_COOKIE, Platform, body, redirect
from idp.demo.franceconnect.registration import LEVELS, SERVED_LEVEL, ServiceProvider

_MALFORMED = "La demande de connexion n'est pas conforme."


class DeadEnd(Exception):
    """A fault that FranceConnect shows on a page of its own, without a way back to the service."""

    def __init__(self, code: str, sentence: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.sentence, self.detail = code, sentence, detail


async def authorize(platform: Platform, request: Request) -> Response:
    """Start a journey: to the choice of an identity, to an error page, or back to the service with an error."""
    try:
        parameters = pairs(request.url.query.encode() if request.method == "GET" else await body(request))
        service, asked = _admitted(platform, parameters)
        if error := next(_protocol_errors(service, asked), None):
            return redirect(_error_address(platform, asked, *error))
        if asks_amr(asked.get("claims", "")) and not service.may_ask_amr:
            return platform.refusal("Y100009", "Ce service n'est pas autorisé à demander les moyens de connexion.")
    except DeadEnd as fault:
        return platform.refusal(fault.code, fault.sentence, detail=fault.detail)
    except ValueError:
        return platform.refusal("Y030007", _MALFORMED)
    return _begin(platform, request, service, asked)


def _admitted(platform: Platform, parameters: Pairs) -> tuple[ServiceProvider, dict[str, str]]:
    """The service that asks and what it asks, once nothing stands against answering it. Raises `DeadEnd`."""
    if reason := refused_authorization(parameters):
        raise DeadEnd("Y030007", _MALFORMED, reason)
    asked = dict(parameters)
    service = platform.configuration.service(asked["client_id"])
    if service is None:
        raise DeadEnd("Y04EA6EF", "Ce service est inconnu de FranceConnect.")
    if asked["redirect_uri"] not in service.redirect_uris:
        raise DeadEnd("Y04C013C", "L'adresse de retour de ce service n'est pas enregistrée.")
    return service, asked


def _begin(platform: Platform, request: Request, service: ServiceProvider, asked: dict[str, str]) -> Response:
    """Remember the request under a new journey, bound to this browser; resume the platform's own session if alive."""
    browser = request.cookies.get(BROWSER_COOKIE) or platform.opaque()
    now = platform.now()
    journey = Journey(
        id=platform.opaque(),
        browser=browser,
        client_id=service.client_id,
        redirect_uri=asked["redirect_uri"],
        scopes=tuple(scope for scope in asked["scope"].split() if scope in SCOPES),
        state=asked["state"],
        nonce=asked["nonce"],
        wants_amr=asks_amr(asked.get("claims", "")),
        skips_information_page="login" in asked.get("prompt", "") and service.skips_information_page,
        expires_at=now + JOURNEY_SECONDS,
    )
    session = platform.memory.sessions.get(request.cookies.get(SESSION_COOKIE, ""))
    if session:
        journey = replace(journey, identity=session.identity)
    platform.memory.journeys[journey.id] = journey
    response = redirect(f"{platform.prefix}/interaction/{journey.id}")
    response.set_cookie(BROWSER_COOKIE, browser, httponly=True, samesite="lax")
    return response


def _protocol_errors(service: ServiceProvider, asked: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The errors that go back to the service by redirect, first the one that counts."""
    scopes = set(asked["scope"].split())
    if asked["response_type"] != "code":
        yield "unsupported_response_type", "unsupported response_type requested"
    if "openid" not in scopes:
        yield "invalid_request", "openid scope must be requested"
    if (scopes & SCOPES.keys()) - service.scopes:
        yield "invalid_scope", "requested scope is not allowed"
    try:
        asks_amr(asked.get("claims", ""))
    except ValueError:
        yield "invalid_request", "could not parse the claims parameter JSON"
    if (level := _level(asked["acr_values"])) != SERVED_LEVEL:
        yield "invalid_acr", f"acr_value is not valid, expected {SERVED_LEVEL}, received {level}"
    if "idp_hint" in asked and asked["idp_hint"] not in service.idp_hints:
        yield "invalid_idp_hint", "idp_hint is not allowed"


def _level(acr_values: str) -> str:
    """The lowest level that is named, or the platform's own when none is known."""
    known = [level for level in LEVELS if level in acr_values.split()]
    return known[0] if known else SERVED_LEVEL


def _error_address(platform: Platform, asked: dict[str, str], error: str, description: str) -> str:
    """Where an error goes: in the fragment when the response type asked for tokens in the front channel."""
    address = platform.callback(asked["redirect_uri"], asked["state"], error=error, error_description=description)
    in_fragment = {"token", "id_token"} & set(asked["response_type"].split())
    return address.replace("?", "#", 1) if in_fragment else address
