"""An online procedure that signs people in with Authlib, in a Starlette application."""

from typing import Any

from authlib.integrations.starlette_client import OAuth, OAuthError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route


class Application:
    """The pages; `address` is where they are, and `session_key` signs the cookie."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, address: str, session_key: str) -> None:
        self.address = address
        self.tokens: dict[str, dict[str, Any]] = {}  # by the session at the provider; in a database, in yours
        self.provider: Any = OAuth().register(
            "provider",
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_id=client_id,
            client_secret=client_secret,
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
        )
        secure = address.startswith("https:")
        self.asgi = Starlette(
            routes=[
                Route("/", self.home),
                Route("/connexion", self.sign_in),
                Route("/retour", self.returned),
                Route("/deconnexion", self.sign_out),
                Route("/au-revoir", self.signed_out),
            ],
            middleware=[Middleware(SessionMiddleware, secret_key=session_key, https_only=secure)],
        )

    async def home(self, request: Request) -> Response:
        return JSONResponse({"person": request.session.get("person")})

    async def sign_in(self, request: Request) -> Response:
        redirect: Response = await self.provider.authorize_redirect(request, f"{self.address}/retour")
        return redirect

    async def returned(self, request: Request) -> Response:
        try:
            token = await self.provider.authorize_access_token(request)
        except OAuthError as refused:  # `access_denied`, when the person does
            return JSONResponse({"error": refused.error}, 403)
        claims, person = token["userinfo"], await self.provider.userinfo(token=token)
        if person["sub"] != claims["sub"]:
            return JSONResponse({"error": "userinfo of somebody else"}, 403)
        self.tokens[claims["sid"]] = token
        request.session.clear()
        request.session.update(person=person, sid=claims["sid"])
        return RedirectResponse("/", 303)

    async def sign_out(self, request: Request) -> Response:
        token = self.tokens.pop(request.session.get("sid", ""), {})
        request.session.clear()
        redirect: Response = await self.provider.logout_redirect(
            request, f"{self.address}/au-revoir", id_token_hint=token.get("id_token")
        )
        return redirect

    async def signed_out(self, request: Request) -> Response:
        try:
            await self.provider.validate_logout_response(request)
        except OAuthError as refused:  # nobody here asked for it
            return JSONResponse({"error": refused.description}, 403)
        return RedirectResponse("/", 303)
