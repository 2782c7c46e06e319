"""A small e-démarche, as an application of the authority would be written: the public protocol and Authlib's client.

It knows nothing of the provider but its address. A « Connexion » button, a form that is already filled in, a sign-out;
and it listens for the sign-outs that begin elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from idp.demo.setting import SCOPE, Procedure
from idp.demo.signouts import session_ended
from idp.foundation.clock import Clock
from idp.foundation.secrets import Randomness, new_id
from keys.claims import Expected
from keys.peers import PeerKeys

_ROOT = Path(__file__).parent.parent
_HEADERS = {
    "Cache-Control": "no-store",
    # the sign-out is posted here, then sent on to the provider and to FranceConnect: Chromium checks the whole chain
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self' http://localhost:* http://127.0.0.1:*; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
}


@dataclass(slots=True)
class Visitor:
    """Someone signed in: what the provider said of them, the hint that signs them out, and their session there."""

    claims: Mapping[str, Any]
    id_token: str
    session: str


class ProcedureApp:
    """One e-démarche and the people signed in on it, kept in memory as befits a demonstration."""

    def __init__(self, procedure: Procedure, issuer: str, clock: Clock, randomness: Randomness) -> None:
        self._procedure = procedure
        self._issuer = issuer
        self._clock = clock
        self._randomness = randomness
        self._visitors: dict[str, Visitor] = {}
        self._templates = Environment(
            loader=FileSystemLoader(_ROOT / "templates" / "demo" / "procedure"),
            autoescape=True,
            undefined=StrictUndefined,
        )
        oauth = OAuth()
        self._provider = oauth.register(
            "provider",
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_id=procedure.client_id,
            client_secret=procedure.client_secret,
            client_kwargs={"scope": SCOPE, "code_challenge_method": "S256"},
        )

    def application(self) -> Starlette:
        """The ASGI application."""
        key = new_id(self._randomness)
        cookie = f"demarche_{self._procedure.slug}"
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/connexion", self.sign_in),
                Route("/retour", self.callback),
                Route("/demande", self.submit, methods=["POST"]),
                Route("/deconnexion", self.sign_out, methods=["POST"]),
                Route("/fin-de-session", self.hear, methods=["POST"]),
                Route("/au-revoir", self.goodbye),
                Route("/style.css", self.style),
            ],
            middleware=[Middleware(SessionMiddleware, secret_key=key, session_cookie=cookie, same_site="lax")],
        )

    async def home(self, request: Request) -> Response:
        """The procedure: its presentation, or its form once the person is known."""
        return self._page("home.html", request)

    async def sign_in(self, request: Request) -> Response:
        """The « Connexion » button, or the provider's catalogue (OpenID Connect Core 1.0 section 4)."""
        if request.query_params.get("iss", self._issuer) != self._issuer:
            return self._page("refused.html", request, status=400, error="unknown_issuer")
        redirect_uri = f"{self._procedure.address}/retour"
        return await self._provider.authorize_redirect(request, redirect_uri)  # type: ignore[no-any-return]

    async def callback(self, request: Request) -> Response:
        """The provider sends the browser back here, with a code or a refusal."""
        try:
            token = await self._provider.authorize_access_token(request)
            claims = await self._provider.userinfo(token=token)
        except OAuthError as error:
            return self._page("refused.html", request, status=400, error=error.error)
        visit = new_id(self._randomness)
        self._visitors[visit] = Visitor(dict(claims), token["id_token"], token["userinfo"]["sid"])
        request.session.clear()
        request.session["visit"] = visit
        return RedirectResponse("/", 303)

    async def submit(self, request: Request) -> Response:
        """The procedure is sent: a demonstration keeps nothing of it."""
        return self._page("sent.html", request)

    async def sign_out(self, request: Request) -> Response:
        """Sign out here, then at the provider, then come back (RP-Initiated Logout 1.0)."""
        visitor = self._visitors.pop(request.session.pop("visit", ""), None)
        if visitor is None:
            return RedirectResponse("/", 303)
        metadata = await self._provider.load_server_metadata()
        asked = {"id_token_hint": visitor.id_token, "post_logout_redirect_uri": f"{self._procedure.address}/au-revoir"}
        return RedirectResponse(f"{metadata['end_session_endpoint']}?{urlencode(asked)}", 303)

    async def hear(self, request: Request) -> Response:
        """The provider says that a session has ended, wherever that was (Back-Channel Logout 1.0)."""
        token = parse_qs((await request.body()).decode("ascii", "replace")).get("logout_token", [""])[0]
        keys = PeerKeys.parse(await self._provider.fetch_jwk_set(force=True))
        expected = Expected(self._issuer, frozenset({self._procedure.client_id}), required=("exp", "iat", "jti"))
        session = session_ended(token, keys, expected, self._clock.now())
        if session is None:
            return Response(status_code=400)
        self._visitors = {visit: each for visit, each in self._visitors.items() if each.session != session}
        return Response(status_code=200, headers={"Cache-Control": "no-store"})

    async def goodbye(self, request: Request) -> Response:
        """Where the provider sends the browser once signed out."""
        return self._page("goodbye.html", request)

    async def style(self, _request: Request) -> Response:
        return FileResponse(_ROOT / "static" / "demo" / "procedure.css", media_type="text/css")

    def _page(self, template: str, request: Request, status: int = 200, **values: object) -> Response:
        visitor = self._visitors.get(request.session.get("visit", ""))
        html = self._templates.get_template(template).render(
            procedure=self._procedure, issuer=self._issuer, claims=visitor.claims if visitor else None, **values
        )
        return HTMLResponse(html, status, _HEADERS)
