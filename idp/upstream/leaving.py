"""Signing out of the upstream a person came from, after the sign-out here, and the return from it.

The browser itself must go there (its cookies are what ends), with the ID token that the upstream once gave: it may be
long expired. The upstream may also fail and keep the person: here they are already signed out.
"""

from urllib.parse import urlencode

from starlette.responses import Response

from idp.foundation.secrets import Kind, issue
from idp.sessions import departures
from idp.upstream.authorization import logout_return_address
from idp.upstream.conclusion import ID_TOKEN
from idp.upstream.connection import Connection
from idp.upstream.connections import connection
from idp.upstream.faults import UpstreamFault
from idp.web.endpoint import Call
from idp.web.pages import redirect
from keys.errors import SealBroken

SIGNED_OUT = "/deconnexion/fin"


async def depart(call: Call) -> Response:
    """`GET /deconnexion/depart/{provider}`: on to the upstream's end-session endpoint, or straight to the target."""
    provider = call.provider
    upstream = connection(provider, call.path_params["provider"])
    name = upstream.registration.name
    state = issue(Kind.STATE, provider.randomness)
    departure = await provider.database.transaction(
        departures.leave, name, call.query.get("ticket") or "", call.browser, state, call.now
    )
    if departure is None:
        return redirect(SIGNED_OUT)
    endpoint = await _end_session_endpoint(upstream)
    try:
        hint = provider.seal.open(ID_TOKEN, departure.sealed_id_token).decode()
    except SealBroken:
        return redirect(departure.target)
    if not endpoint:
        return redirect(departure.target)
    return redirect(end_session_address(endpoint, hint, logout_return_address(provider.settings.issuer, name), state))


async def arrive(call: Call) -> Response:
    """`GET /deconnexion/retour/{provider}`: on to where the sign-out was to end, if it began in this browser."""
    name = connection(call.provider, call.path_params["provider"]).registration.name
    state = call.query.get("state") or ""
    departure = await call.provider.database.transaction(departures.come_back, name, state, call.browser, call.now)
    return redirect(departure.target if departure else SIGNED_OUT)


def end_session_address(endpoint: str, id_token_hint: str, back: str, state: str) -> str:
    """The upstream's end-session request (RP-Initiated Logout 1.0 section 2): three parameters and no other."""
    asked = {"id_token_hint": id_token_hint, "post_logout_redirect_uri": back, "state": state}
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


async def _end_session_endpoint(upstream: Connection) -> str:
    """The endpoint, empty where this upstream's session is not to be ended or cannot be reached."""
    if not upstream.registration.ends_its_session:
        return ""
    try:
        return (await upstream.metadata()).end_session_endpoint
    except UpstreamFault:
        return ""
