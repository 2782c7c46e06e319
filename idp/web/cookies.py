"""The cookies we set, all of them: `__Host-`, Secure, HttpOnly, SameSite=Lax, the whole site and nothing else; but one.

On plain http (a developer's machine) browsers refuse the prefix and `Secure`, so both are left out.
"""

from starlette.responses import Response

from idp.foundation.settings import Settings

BROWSER = "browser"
"""Tells one browser from another: forms and journeys are bound to it. It authenticates nobody."""
SESSION = "session"
LANGUAGE = "lang"
DEVICE = "device"
"""Marks a browser that signed in before, so that a person under attack elsewhere is not slowed down at home."""
RECOVERY = "recovery"
"""What proves a request for a new password, once it has left the address of the link."""
BROWSER_STATE = "state"
"""What a script of ours compares in a frame of an application's page, where session management is on: the one cookie
that scripts may read and other sites' pages receive. It names nobody, and opens nothing."""

YEAR = 365 * 86_400


def name_of(cookie: str, settings: Settings) -> str:
    """The name as sent: with the `__Host-` prefix (RFC 6265bis section 4.1.3.2) whenever the issuer is https."""
    return f"__Host-{cookie}" if settings.secure else cookie


def put(response: Response, settings: Settings, cookie: str, value: str, *, max_age: int | None = None) -> None:
    """Set a cookie; without `max_age` (seconds) it lasts as long as the browser."""
    framed = cookie == BROWSER_STATE
    response.set_cookie(
        name_of(cookie, settings),
        value,
        max_age=max_age,
        path="/",
        secure=settings.secure,
        httponly=not framed,
        samesite="none" if framed and settings.secure else "lax",
    )


def drop(response: Response, settings: Settings, cookie: str) -> None:
    """Ask the browser to forget a cookie."""
    put(response, settings, cookie, "", max_age=0)
