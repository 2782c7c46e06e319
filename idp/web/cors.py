"""Which scripts of other origins may read an answer: the CORS protocol (Fetch standard, section 3.2).

Only addresses that take no cookie are open to any, so that credentials are never allowed: such a script learns nothing
from the browser it runs in, only what it could already say for itself. Pages, and the authorization endpoint, are open
to none (RFC 9700 section 2.6).
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from starlette.responses import Response

from idp.foundation.errors import Problem
from idp.web.headers import PRIVATE

if TYPE_CHECKING:
    from idp.web.endpoint import Call

Readers = Callable[["Call", str], Awaitable[bool]]
"""Whether a script of an origin may read the answer to a call; asked after it, whatever the answer is."""

PREFLIGHT_SECONDS = 7_200
"""How long a browser need not ask again; none remembers longer than Chromium's two hours or Firefox's day."""
_MAY_BE_SENT = "Authorization, Content-Type"
_MAY_BE_READ = "WWW-Authenticate, Retry-After"


async def anybody(_call: "Call", _origin: str) -> bool:
    """The readers of a public document."""
    return True


def preflight(call: "Call", methods: Iterable[str]) -> Response | None:
    """The answer to a browser that asks before it calls one of these methods; None when this is no such question.

    It carries neither client nor token, so that it is the same for every origin and costs no look-up: the call itself
    is judged when it comes. An opaque origin (`null`) is nobody's, and told nothing.
    """
    asked, origin = call.headers.get("access-control-request-method"), call.headers.get("origin")
    allowed = sorted(methods)
    if call.method != "OPTIONS" or origin is None or asked not in allowed:
        return None
    if origin == "null":
        return Response(status_code=204, headers=PRIVATE)
    return Response(
        status_code=204,
        headers={
            **PRIVATE,
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": ", ".join(allowed),
            "Access-Control-Allow-Headers": _MAY_BE_SENT,
            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        },
    )


async def open_to(readers: Readers, call: "Call", response: Response) -> None:
    """Say on an answer, a refusal as well, whether the script that asked may read it.

    Nothing is done for a program, which sends no `Origin`: what is not public is not kept by caches (`no-store`), so
    that the two answers are never taken for one another.
    """
    if readers is anybody:
        response.headers["Access-Control-Allow-Origin"] = "*"
        return
    origin = call.headers.get("origin")
    if origin is None:
        return
    response.headers.add_vary_header("Origin")
    if origin != "null" and await _may_read(readers, call, origin):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _MAY_BE_READ


async def _may_read(readers: Readers, call: "Call", origin: str) -> bool:
    try:
        return await readers(call, origin)
    except Problem:  # what cannot be told, because the request is unreadable or the database away, is not allowed
        return False
