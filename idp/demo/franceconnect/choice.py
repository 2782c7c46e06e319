"""The pages a person meets on FranceConnect: choose an identity, see what will be transmitted, go on or give up."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from idp.demo.franceconnect.claims import released
from idp.demo.franceconnect.identities import TEST_IDENTITIES, TEST_REFUSALS, Identity, Refusal, typed
from idp.demo.franceconnect.memory import CODE_SECONDS, SESSION_SECONDS, Granted, Journey, Session
from idp.demo.franceconnect.parameters import pairs
from idp.demo.franceconnect.platform import BROWSER_COOKIE, SESSION_COOKIE, Platform, body, redirect

_ABORTED = "User auth aborted"


async def interaction(platform: Platform, request: Request) -> Response:
    """The page of a journey: the choice of an identity, or the information page once there is one."""
    journey = _journey(platform, request)
    if journey is None:
        return _lost(platform)
    if journey.identity is None:
        return platform.page(
            "choose.html",
            service=_service_name(platform, journey),
            journey=journey,
            identities=TEST_IDENTITIES,
            refusals=TEST_REFUSALS,
        )
    if journey.skips_information_page:
        return _finish(platform, request, journey, journey.identity)
    return platform.page(
        "inform.html",
        service=_service_name(platform, journey),
        journey=journey,
        identity=journey.identity,
        claims=released(journey.identity, journey.scopes),
    )


async def choose(platform: Platform, request: Request) -> Response:
    """Take the chosen test identity, or the one typed by hand, and go to the information page."""
    journey = _journey(platform, request)
    if journey is None:
        return _lost(platform)
    try:
        fields = dict(pairs(await body(request)))
    except ValueError:
        fields = {}
    chosen = _chosen(fields)
    if isinstance(chosen, Refusal):
        description = f"authentication aborted ({chosen.code})"
        back = platform.callback(journey.redirect_uri, journey.state, error=chosen.error, error_description=description)
        return platform.refusal(chosen.code, chosen.sentence, back=back)
    platform.memory.journeys[journey.id] = replace(journey, identity=chosen)
    return redirect(f"{platform.prefix}/interaction/{journey.id}")


async def confirm(platform: Platform, request: Request) -> Response:
    """The person goes on: back to the service with a code."""
    journey = _journey(platform, request)
    if journey is None or journey.identity is None:
        return _lost(platform)
    return _finish(platform, request, journey, journey.identity)


async def abort(platform: Platform, request: Request) -> Response:
    """The person goes back to the service without signing in."""
    journey = _journey(platform, request)
    if journey is None:
        return _lost(platform)
    del platform.memory.journeys[journey.id]
    return redirect(
        platform.callback(journey.redirect_uri, journey.state, error="access_denied", error_description=_ABORTED)
    )


def _finish(platform: Platform, request: Request, journey: Journey, identity: Identity) -> Response:
    """End the journey: open or prolong the platform's session, issue a code of 30 seconds."""
    now = platform.now()
    memory = platform.memory
    del memory.journeys[journey.id]
    session_id = request.cookies.get(SESSION_COOKIE, "")
    if session_id not in memory.sessions:
        session_id = platform.opaque()
    memory.sessions[session_id] = Session(identity, now + SESSION_SECONDS)
    code = platform.opaque()
    memory.codes[code] = Granted(
        client_id=journey.client_id,
        redirect_uri=journey.redirect_uri,
        scopes=journey.scopes,
        nonce=journey.nonce,
        wants_amr=journey.wants_amr,
        identity=identity,
        authenticated_at=now,
        expires_at=now + CODE_SECONDS,
    )
    response = redirect(platform.callback(journey.redirect_uri, journey.state, code=code))
    response.set_cookie(SESSION_COOKIE, session_id, httponly=True, samesite="lax")
    return response


def _chosen(fields: dict[str, str]) -> Identity | Refusal:
    login = fields.get("login", "")
    if login in TEST_IDENTITIES:
        return TEST_IDENTITIES[login]
    return TEST_REFUSALS.get(login) or typed(fields)


def _journey(platform: Platform, request: Request) -> Journey | None:
    """The journey of this address, only in the browser that began it."""
    platform.now()
    journey = platform.memory.journeys.get(request.path_params["journey"])
    return journey if journey and journey.browser == request.cookies.get(BROWSER_COOKIE) else None


def _service_name(platform: Platform, journey: Journey) -> str:
    service = platform.configuration.service(journey.client_id)
    return service.name if service else ""


def _lost(platform: Platform) -> Response:
    return platform.refusal("Y190001", "Votre session a expiré ou n'est plus valide.")
