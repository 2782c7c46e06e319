"""The pages of the integrators' guide, in a real browser, from another origin than the provider's."""

import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect
from sqlalchemy import Connection, update

from idp.foundation.provider import Provider
from idp.oidc.tables import tokens
from tests.peers import guide
from tests.support.chromium import QUIET, executable
from tests.support.people import PASSWORD
from tests.support.programs import PEERS
from tests.support.server import Server, acting

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("peers")]

HERE = Path(__file__).parent
FILES = ("index.html", "application.mjs")
TRY = """([address, body]) => fetch(address, {
    method: 'POST', body: new URLSearchParams(body)
}).then(answer => answer.json()).then(said => said.error, error => error.name)"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, *_said: object) -> None:
        """The test says what went wrong."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a web server that has nothing but these files."""
    with ThreadingHTTPServer(("localhost", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def folder(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the guide says to serve, for this provider instead of the guide's."""
    folder = tmp_path_factory.mktemp("pages")
    for name in FILES:
        text = (HERE / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace(guide.ISSUER, server.url), encoding="utf-8")
    shutil.copy(PEERS / "node_modules" / "oauth4webapi" / "build" / "index.js", folder / "oauth4webapi.js")
    return folder


@pytest.fixture(scope="module")
def address(server: Server, folder: Path) -> Iterator[str]:
    """The application, registered as the guide says."""
    with serving(folder) as address:
        guide.register(server, "single-page.md", address)
        yield address


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=list(QUIET))
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Somebody's new browser."""
    context = await browser.new_context(locale="fr-FR")
    context.set_default_timeout(20_000)
    yield await context.new_page()
    await context.close()


async def sign_in(page: Page, address: str) -> None:
    await page.goto(address)
    await page.click("#sign-in")
    await page.fill("[name=identifier]", "camille.martin")
    await page.fill("[name=password]", PASSWORD)
    await page.click("#signin-submit")
    await expect(page.locator("#person")).to_have_text("Camille Martin")


def end_access_tokens(connection: Connection, now: int) -> None:
    connection.execute(update(tokens).where(tokens.c.kind == "access").values(expires_at=now))


async def let_time_pass(provider: Provider) -> None:
    await provider.database.transaction(end_access_tokens, provider.clock.now())


async def test_somebody_signs_in_and_out(page: Page, address: str) -> None:
    await sign_in(page, address)
    assert page.url == f"{address}/"
    await page.click("#sign-out")
    await expect(page.locator("#sign-in")).to_be_visible()
    assert page.url == f"{address}/"
    await page.click("#sign-in")
    await expect(page.locator("#signin")).to_be_visible()


async def test_the_tokens_go_with_the_page_and_a_reload_asks_again_without_a_word(page: Page, address: str) -> None:
    await sign_in(page, address)
    kept = await page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert not [secret for secret in ("lpat_", "lprt_", "eyJ") if secret in kept]
    await page.reload()
    await expect(page.locator("#person")).to_have_text("Camille Martin")
    await page.context.clear_cookies()
    await page.reload()
    await expect(page.locator("#sign-in")).to_be_visible()
    await expect(page.locator("#person")).to_have_text("")


async def test_tokens_are_renewed_when_userinfo_says_that_they_have_ended(
    page: Page, address: str, server: Server
) -> None:
    await sign_in(page, address)
    await acting(server.environ, let_time_pass)
    said: list[tuple[str, str, int]] = []
    page.on("response", lambda it: said.append((it.request.method, it.url.rpartition("/")[2], it.status)))
    async with page.expect_response(lambda it: it.url.endswith("/userinfo") and it.status == 200):
        await page.click("#read")
    await expect(page.locator("#person")).to_have_text("Camille Martin")
    assert [each for each in said if each[0] != "OPTIONS"] == [
        ("GET", "userinfo", 401),
        ("POST", "token", 200),
        ("GET", "userinfo", 200),
    ]


async def test_an_answer_to_somebody_else_is_refused(page: Page, address: str) -> None:
    await page.goto(address)
    await expect(page.locator("#sign-in")).to_be_visible()
    await page.evaluate(
        "() => sessionStorage.setItem('asked', JSON.stringify({ verifier: 'x', state: 'ours', nonce: 'y' }))"
    )
    await page.goto(f"{address}/?code=lpac_foreign&state=foreign&iss=foreign")
    await expect(page.locator("#person")).to_have_text("OAUTH_INVALID_RESPONSE")
    await expect(page.locator("#sign-in")).to_be_visible()


async def test_a_page_reads_why_it_is_refused_and_one_of_another_origin_nothing(
    page: Page, address: str, server: Server, folder: Path
) -> None:
    asked = [f"{server.url}/token", {"client_id": "rdv-page", "grant_type": "refresh_token", "refresh_token": "x"}]
    await page.goto(address)
    assert await page.evaluate(TRY, asked) == "invalid_grant"
    with serving(folder) as elsewhere:
        await page.goto(elsewhere)
        assert await page.evaluate(TRY, asked) == "TypeError"


async def test_no_page_reads_the_authorization_endpoint(page: Page, address: str, server: Server) -> None:
    await sign_in(page, address)
    reading = "url => fetch(url, { credentials: 'include' }).then(() => 'read', error => error.name)"
    for path in ("/authorize?client_id=rdv-page", "/mon-compte", "/logout"):
        assert await page.evaluate(reading, f"{server.url}{path}") == "TypeError"
    assert await page.evaluate(reading.replace("'include'", "'omit'"), f"{server.url}/jwks") == "read"
