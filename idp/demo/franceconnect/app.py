"""The simulated FranceConnect as one Starlette application."""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from idp.demo.franceconnect import authorize, choice, discovery, logout, token, userinfo
from idp.demo.franceconnect.identities import TEST_IDENTITIES
from idp.demo.franceconnect.platform import STYLE, Platform, platform
from idp.demo.franceconnect.registration import Configuration
from idp.foundation.clock import Clock
from idp.foundation.secrets import Randomness
from keys.ring import KeyRing

Endpoint = Callable[[Platform, Request], Awaitable[Response]]


def create_app(
    configuration: Configuration, clock: Clock, random: Randomness, keys: Callable[[], KeyRing]
) -> Starlette:
    """The application, its endpoints under the path of its issuer. `keys` must hold an ES256 and an RS256 key."""
    here = platform(configuration, clock, random, keys)

    def route(path: str, endpoint: Endpoint, *methods: str) -> Route:
        return Route(path, partial(endpoint, here), methods=list(methods))

    at = here.prefix
    journey = f"{at}/interaction/{{journey}}"
    return Starlette(
        routes=[
            route("/", home, "GET"),
            route("/style.css", style, "GET"),
            route(f"{at}/.well-known/openid-configuration", discovery.metadata, "GET"),
            route(f"{at}/jwks", discovery.jwks, "GET"),
            route(f"{at}/authorize", authorize.authorize, "GET", "POST"),
            route(journey, choice.interaction, "GET"),
            route(f"{journey}/identity", choice.choose, "POST"),
            route(f"{journey}/confirm", choice.confirm, "POST"),
            route(f"{journey}/abort", choice.abort, "GET"),
            route(f"{at}/token", token.token, "POST"),
            route(f"{at}/token/revocation", token.revoke, "POST"),
            route(f"{at}/userinfo", userinfo.userinfo, "GET"),
            route(f"{at}/session/end", logout.end_session, "GET"),
        ]
    )


async def home(platform: Platform, _request: Request) -> Response:
    """What this address is, for someone who opens it directly."""
    return platform.page("home.html", services=platform.configuration.services, identities=TEST_IDENTITIES)


async def style(_platform: Platform, _request: Request) -> Response:
    """The style sheet of the simulation's pages."""
    return FileResponse(STYLE, media_type="text/css")
