"""The end-session endpoint of the simulation (RP-Initiated Logout 1.0), with FranceConnect's strict rules."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.demo.franceconnect.parameters import pairs, refused_logout
from idp.demo.franceconnect.platform import SESSION_COOKIE, Platform, redirect
from idp.demo.franceconnect.registration import ServiceProvider
from keys import jose
from keys.errors import BadToken

_REFUSED = "La demande de déconnexion n'est pas conforme."


async def end_session(platform: Platform, request: Request) -> Response:
    """End the platform's session, then go to a registered address of the service, or to a page of our own.

    The hint may be expired: its signature, issuer and audience count, its `exp` does not.
    """
    try:
        parameters = pairs(request.url.query.encode())
    except ValueError:
        return platform.refusal("Y000400", _REFUSED)
    if reason := refused_logout(parameters):
        return platform.refusal("Y000400", _REFUSED, detail=reason)
    asked = dict(parameters)
    service = _hinted(platform, asked["id_token_hint"])
    if service is None or asked.get("client_id", service.client_id) != service.client_id:
        return platform.refusal("Y04E3F2A", _REFUSED, detail="id_token_hint was not issued to this service")
    back = asked.get("post_logout_redirect_uri", "")
    if back and back not in service.post_logout_redirect_uris:
        return platform.refusal("Y04CFAEF", _REFUSED, detail="post_logout_redirect_uri is not registered")
    platform.now()
    platform.memory.sessions.pop(request.cookies.get(SESSION_COOKIE, ""), None)
    response = redirect(_return_address(back, asked.get("state"))) if back else platform.page("disconnected.html")
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
    return response


def _hinted(platform: Platform, hint: str) -> ServiceProvider | None:
    """The service to which this ID token was issued by us."""
    try:
        claims = jose.verify(hint, platform.keys().verification_keys(), algorithms=("ES256", "RS256"))
    except BadToken:
        return None
    issued_here = claims.get("iss") == platform.issuer
    return platform.configuration.service(str(claims.get("aud"))) if issued_here else None


def _return_address(address: str, state: str | None) -> str:
    if state is None:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'state': state})}"
