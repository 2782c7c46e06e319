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


async def held(call: Call) -> Session | None:
    """What signing out would end: the browser's session, even when it was away too long to be let in by it."""
    return await call.provider.database.read(store.held, call.cookie(cookies.SESSION), call.now)


def origin(call: Call) -> Origin:
    """From where the browser calls."""
    return Origin(call.address, call.headers.get("user-agent", ""), call.browser)


def attach(response: Response, call: Call, secret: str) -> Response:
    """Give the browser the cookie of its new session."""
    settings = call.provider.settings
    cookies.put(response, settings, cookies.SESSION, secret)
    if settings.session_management:
        cookies.put(response, settings, cookies.BROWSER_STATE, state_of(call, secret))
    return response


def detach(response: Response, call: Call) -> Response:
    """Take the cookie back."""
    settings = call.provider.settings
    cookies.drop(response, settings, cookies.SESSION)
    if settings.session_management:
        cookies.drop(response, settings, cookies.BROWSER_STATE)
    return response


def state_of(call: Call, secret: str) -> str:
    """What the scripts of applications may see change when the browser signs in or out: it tells nothing else."""
    return call.provider.pepper.digest("browser state", secret)
