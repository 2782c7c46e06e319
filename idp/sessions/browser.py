"""The session of the browser that calls: read from its cookie, given to it, taken back."""

from starlette.responses import Response

from idp.sessions import store
from idp.sessions.session import Origin, Session
from idp.web import cookies
from idp.web.endpoint import Call


async def current(call: Call) -> Session | None:
    """The living session of the calling browser, or None."""
    secret = call.cookie(cookies.SESSION)
    if not secret:
        return None
    idle = call.provider.settings.lifetimes.session_idle
    return await call.provider.database.transaction(store.find, secret, call.now, idle)


def origin(call: Call) -> Origin:
    """From where the browser calls."""
    return Origin(call.address, call.headers.get("user-agent", ""))


def attach(response: Response, call: Call, secret: str) -> Response:
    """Give the browser the cookie of its new session."""
    cookies.put(response, call.provider.settings, cookies.SESSION, secret)
    return response


def detach(response: Response, call: Call) -> Response:
    """Take the cookie back."""
    cookies.drop(response, call.provider.settings, cookies.SESSION)
    return response
