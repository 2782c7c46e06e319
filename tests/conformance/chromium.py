"""A real browser in the place of the scriptless one: scripts run, policies are obeyed, frames have their cookies."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import playwright.sync_api as playwright
from bs4 import BeautifulSoup

from tests.conformance.browser import Page
from tests.support.chromium import QUIET, executable

PATIENCE = 20_000
COOKIES_EVERYWHERE = {"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False}}
"""Session management needs what browsers refuse by default: cookies in the frames of another site."""


class ChromiumBrowser:
    """A `Browser`. After each act it waits until nothing moves any more: a script may lead elsewhere."""

    def __init__(self, context: playwright.BrowserContext) -> None:
        self._context = context
        self._context.set_default_timeout(PATIENCE)
        self._tab = self._context.new_page()
        self._status = 0
        self.complaints: list[str] = []
        self._tab.on("console", self._note)
        self._tab.on("response", self._look)

    def open(self, url: str, method: str = "GET") -> None:
        if method == "POST":
            address, _, query = url.partition("?")
            headers = {"content-type": "application/x-www-form-urlencoded"}
            url = self._context.request.post(address, data=query, headers=headers).url
        self._tab.goto(url)
        self._settle()

    def page(self) -> Page:
        return Page(self._tab.url, self._status, BeautifulSoup(self._tab.content(), "html.parser"))

    def fill(self, selector: str, value: str) -> None:
        self._tab.fill(selector, value)

    def click(self, selector: str) -> None:
        with self._tab.expect_navigation():
            self._tab.click(selector)
        self._settle()

    def wait_for(self, part: str, seconds: int) -> None:
        self._tab.wait_for_url(f"**{part}**", timeout=1_000 * seconds)

    def forget(self) -> None:
        self._context.clear_cookies()

    def _settle(self) -> None:
        self._tab.wait_for_load_state("networkidle")

    def _look(self, response: playwright.Response) -> None:
        if response.request.is_navigation_request() and response.frame == self._tab.main_frame:
            self._status = response.status

    def _note(self, message: playwright.ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@contextmanager
def real_browser(profile: Path) -> Iterator[ChromiumBrowser]:
    """A real browser with a new profile in that folder. At the end it has nothing to complain of."""
    preferences = profile / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps(COOKIES_EVERYWHERE))
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            profile, executable_path=executable(), args=list(QUIET), ignore_https_errors=True, locale="en-US"
        )
        browser = ChromiumBrowser(context)
        yield browser
        context.close()
    assert browser.complaints == [], "the content security policy or a script complains"
