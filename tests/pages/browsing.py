"""A page of the gallery in a real browser, with the files it names and nothing else."""

import mimetypes
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Route

from idp.web.assets import STATIC
from idp.web.colours import stylesheet
from idp.web.pages import Page
from tests.pages.rendering import FRAMES, ISSUER, answer, provider

ADDRESS = f"{ISSUER}/page"
Answers = Mapping[str, Callable[[Route], None]]

STAY: Answers = {
    f"/static/{name}.js": lambda route: route.fulfill(content_type="text/javascript", body="")
    for name in ("form_post", "telling")
} | {"/oubli": lambda route: route.fulfill(content_type="text/plain", body="")}
"""The scripts that leave the page at once do nothing here; what it frames is empty."""


def serve(context: BrowserContext, page: Page, more: Answers | None = None) -> None:
    """Answer what the browser asks: the page at `ADDRESS`, our files, and what a test answers by path."""
    response = answer(page, FRAMES["full"], "fr")
    brand = provider().settings.brand

    def fulfil(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if more and path in more:
            more[path](route)
        elif path == "/page":
            route.fulfill(status=200, headers=dict(response.headers), body=bytes(response.body))
        elif path == "/theme.css":
            route.fulfill(content_type="text/css", body=stylesheet(brand.colour, brand.accent))
        elif path.startswith("/applications/"):
            route.fulfill(content_type="image/svg+xml", body=(STATIC / "favicon.svg").read_bytes())
        elif path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(content_type=mimetypes.guess_type(path)[0] or "", body=file.read_bytes())
        else:
            route.abort()

    context.route("**/*", fulfil)
