"""OpenID Connect Session Management 1.0: a frame of ours in which an application's script asks if the session changed.

Off unless the settings say otherwise: it needs a cookie that browsers send to other sites' frames, which they refuse
more and more, so that it answers « changed » to people who are signed in. Back-channel logout serves everybody.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse, Response

from clients.redirects import web_origin
from idp.foundation.errors import NotFound
from idp.foundation.provider import Provider
from idp.foundation.secrets import new_id
from idp.oidc.responses import ReturnAddress
from idp.sessions.browser import state_of
from idp.web import cookies
from idp.web.assets import Assets
from idp.web.endpoint import Call
from idp.web.headers import ALWAYS

PATH = "/session/changement"
_HEADERS = {
    **ALWAYS,
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors *",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""The one page that others may frame. It shows nothing and has nothing to press."""
_PAGE = """<!doctype html>
<html data-cookie="{cookie}">
<meta charset="utf-8">
<title>Session</title>
<script src="{script}"></script>
</html>
"""


def announced(provider: Provider) -> Mapping[str, Any]:
    """The member of the metadata document (section 3.3)."""
    settings = provider.settings
    return {"check_session_iframe": f"{settings.issuer}{PATH}"} if settings.session_management else {}


def answered(call: Call, client_id: str, to: ReturnAddress) -> Mapping[str, str]:
    """What joins an authorization answer, be it an error: nothing where this is off, or no page would ask.

    Section 2. After an error the application learns from the frame that somebody has signed in since.
    """
    origin, secret = web_origin(to.redirect_uri), call.cookie(cookies.SESSION)
    if not call.provider.settings.session_management or origin is None:
        return {}
    browser_state = state_of(call, secret) if secret else ""
    return {"session_state": session_state(client_id, origin, browser_state, new_id(call.provider.randomness))}


def session_state(client_id: str, origin: str, browser_state: str, salt: str) -> str:
    """The value that the frame computes again (section 3.2), as `static/session.js` does.

    Salted and bound to the client and its origin: two applications cannot recognise the same browser by it.
    """
    hashed = hashlib.sha256(f"{client_id} {origin} {browser_state} {salt}".encode()).hexdigest()
    return f"{hashed}.{salt}"


async def frame(call: Call) -> Response:
    """`GET /session/changement`: the frame (section 3.2)."""
    settings = call.provider.settings
    if not settings.session_management:
        raise NotFound(cause="session management is off")
    cookie = cookies.name_of(cookies.BROWSER_STATE, settings)
    return HTMLResponse(_PAGE.format(cookie=cookie, script=Assets().url("session.js")), headers=_HEADERS)
