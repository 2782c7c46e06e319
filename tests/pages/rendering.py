"""Pages as a browser receives them, without a server: sample values in, the answer out."""

from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from clients.redirects import origin
from idp.app import build_provider
from idp.foundation.provider import Provider
from idp.foundation.settings import Brand, Settings
from idp.web.endpoint import Call
from idp.web.pages import ClientView, Frame, Page, render

ISSUER = "https://compte.villeneuve.test"
LANGUAGES = ("fr", "en")
FRAMES = {
    "bare": Frame(),
    "named": Frame(client=ClientView("Portail famille")),
    "full": Frame(
        interaction_id="journey",
        client=ClientView(
            "Portail famille",
            "/applications/famille/logo",
            "https://famille.test/vie-privee",
            "https://famille.test/cgu",
            unverified_host="famille.test",
        ),
        visitor="Jeanne D’Ormesson",
    ),
}
"""What surrounds a page: nothing at all, the name of an application and no more, or everything there is."""


@cache
def provider() -> Provider:
    """A provider that is never opened: pages need its settings and its words only."""
    return build_provider(
        Settings(
            issuer=ISSUER,
            database_url="sqlite://",
            secret_key="a secret of the gallery, long enough",
            brand=Brand(name="Ville de Villeneuve", contact_email="contact@villeneuve.test"),
        )
    )


def answer(page: Page, frame: Frame, locale: str) -> Response:
    """The page as it is sent to a browser of that language."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/page",
        "query_string": b"",
        "headers": [(b"accept-language", locale.encode())],
        "client": ("127.0.0.1", 40_000),
        "path_params": {},
    }
    framed = tuple(origin(each.address) for each in getattr(page, "frames", ()))  # as the page's handler lists them
    return render(Call(provider(), Request(scope), ()), page, frame=frame, frames=framed)
