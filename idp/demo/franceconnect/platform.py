"""What every endpoint of the simulation shares: its registrations, its memory, its keys, its pages and its answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from idp.demo.franceconnect.memory import Memory
from idp.demo.franceconnect.registration import Configuration
from idp.foundation.clock import Clock
from idp.foundation.secrets import Randomness, new_id
from keys.ring import KeyRing

_HERE = Path(__file__).parent.parent.parent
STYLE = _HERE / "static" / "demo" / "franceconnect.css"
_TEMPLATES = _HERE / "templates" / "demo" / "franceconnect"

_NO_STORE = {"Cache-Control": "no-store"}
_PAGE_HEADERS = {
    **_NO_STORE,
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}

BROWSER_COOKIE = "simulated_franceconnect_browser"
SESSION_COOKIE = "simulated_franceconnect_session"


@dataclass(frozen=True, slots=True)
class Platform:
    """The simulated platform while it runs. `keys` gives the signing keys of the moment, so that they can rotate."""

    configuration: Configuration
    clock: Clock
    random: Randomness
    keys: Callable[[], KeyRing]
    memory: Memory
    templates: jinja2.Environment

    @property
    def issuer(self) -> str:
        return self.configuration.issuer

    @property
    def prefix(self) -> str:
        """The path under which every endpoint stands."""
        return urlsplit(self.issuer).path

    def now(self) -> int:
        """The time, after what is too old has been forgotten."""
        now = self.clock.now()
        self.memory.forget_expired(now)
        return now

    def opaque(self) -> str:
        """A new unguessable value of 44 characters."""
        return new_id(self.random) + new_id(self.random)

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """An HTML page of the simulation."""
        html = self.templates.get_template(template).render(prefix=self.prefix, **values)
        return HTMLResponse(html, status, _PAGE_HEADERS)

    def refusal(self, code: str, sentence: str, *, detail: str = "", back: str = "", status: int = 400) -> Response:
        """An error page with its code; `back` is the way to the service, when there is one."""
        return self.page("refused.html", status, code=code, sentence=sentence, detail=detail, back=back)

    def callback(self, redirect_uri: str, state: str, **parameters: str) -> str:
        """The service's address with an authorization response: `state` and `iss` (RFC 9207) always in it."""
        query = urlencode({**parameters, "state": state, "iss": self.issuer})
        return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{query}"


def platform(configuration: Configuration, clock: Clock, random: Randomness, keys: Callable[[], KeyRing]) -> Platform:
    """A platform with an empty memory."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return Platform(configuration, clock, random, keys, Memory(), templates)


def redirect(url: str) -> Response:
    """Send the browser on, by GET."""
    return RedirectResponse(url, 303, _NO_STORE)


def json(content: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer that nobody keeps."""
    return JSONResponse(dict(content), status, {**_NO_STORE, **(headers or {})})


def oauth_error(error: str, detail: str, code: str, status: int = 400) -> Response:
    """A protocol error as FranceConnect words it: reason with its detail in brackets, and the documentation page."""
    return json(
        {
            "error": error,
            "error_description": f"{error.replace('_', ' ')} ({detail})",
            "error_uri": f"https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/erreurs?code={code}&id=simulation",
        },
        status,
        {"WWW-Authenticate": f'Bearer error="{error}"'} if status == 401 else None,
    )


async def body(request: Request) -> bytes:
    """The body of a request, empty unless it is a form; at most 16 KB. Raises ValueError beyond."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        return b""
    received = b""
    async for chunk in request.stream():
        received += chunk
        if len(received) > 16_384:
            raise ValueError("too large")
    return received
