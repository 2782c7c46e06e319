"""Pictures of the main pages for the documentation, taken while a person goes through the demonstration.

`python -m tests.pages.screenshots` starts `idp demo` with a new database, follows the story in a real browser, wide and
on a phone, and writes docs/screenshots. The demonstration's ports (8000 to 8004, 8025) must be free.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
from playwright.sync_api import Browser, Page

from idp.demo.setting import FIRST, LETTERBOX, PASSWORD, PROVIDER
from tests.support.chromium import chromium

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "screenshots"
SCREENS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True},
}
ON_A_PHONE = {"sign-in", "profiles", "sign-up", "activation", "account"}
START_SECONDS = 30.0
SOMEONE = {
    "birth_name": "D’Ormesson",
    "preferred_name": "Le Goff",
    "given_names": "Jeanne",
    "birthdate": "27/03/1985",
    "email": "jeanne.dormesson@exemple.fr",
    "mobile": "06 39 98 12 34",
}


@dataclass(frozen=True, slots=True)
class Album:
    """The pictures of one screen."""

    page: Page
    screen: str

    def take(self, name: str) -> None:
        """Keep what the page shows, whole; on a phone, of the pages that matter most."""
        if self.screen == "phone" and name not in ON_A_PHONE:
            return
        self.page.wait_for_load_state("networkidle")
        self.page.screenshot(path=FOLDER / f"{name}-{self.screen}.png", full_page=True)


@contextmanager
def demonstration() -> Iterator[None]:
    """The demonstration, with nobody in it yet."""
    with tempfile.TemporaryDirectory() as folder:
        running = subprocess.Popen([sys.executable, "-m", "idp", "demo", "--folder", folder], cwd=ROOT)
        try:
            _wait()
            yield
        finally:
            running.terminate()
            running.wait(10)


def _wait() -> None:
    started = time.monotonic()
    while time.monotonic() - started < START_SECONDS:
        try:
            if httpx.get(f"{PROVIDER}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise SystemExit("the demonstration does not start")


def newcomer(album: Album, identifier: str) -> None:
    """Somebody who has never been here signs up, from an e-démarche and back to it."""
    page = album.page
    page.goto(FIRST)
    album.take("procedure")
    page.click("#start")
    album.take("sign-in")
    page.fill("#identifier", "jeanne.dormesson")
    page.fill("#password", "Pas-le-bon-1")
    page.click("#signin-submit")
    album.take("sign-in-refused")
    page.click("#create-account")
    album.take("profiles")
    page.click("#profile-citoyen")
    _fill_in(page, identifier)
    album.take("sign-up")
    page.click("#signup-submit")
    album.take("activation")
    page.click("#activate-sms-submit")
    page.wait_for_selector("#activation-code")
    album.take("activation-code")
    page.fill("#code", _code(page))
    page.click("#activation-code-submit")
    page.wait_for_url(f"{FIRST}/**")
    album.take("procedure-filled-in")


def _fill_in(page: Page, identifier: str) -> None:
    page.select_option("#title", "madame")
    for name, value in SOMEONE.items():
        page.fill(f"#{name}", value)
    page.fill("#identifier", identifier)
    page.fill("#password", PASSWORD)
    page.fill("#password_again", PASSWORD)
    page.check("#accept_terms")
    page.check("#accept_privacy")
    page.wait_for_selector('[data-strength-of="password"][data-level]')


def _code(page: Page) -> str:
    """The code of the latest SMS, as the letter box shows it."""
    box = page.context.new_page()
    for _ in range(60):
        box.goto(LETTERBOX)
        messages = box.locator("article.sms")
        if messages.count():
            found = re.search(r"\b\d{6}\b", messages.first.inner_text())
            box.close()
            assert found is not None
            return found[0]
        time.sleep(0.5)
    raise SystemExit("no SMS came")


def resident(album: Album) -> None:
    """Somebody with an account looks at it, and leaves."""
    page = album.page
    page.goto(f"{PROVIDER}/mon-compte")
    album.take("account")
    page.goto(f"{PROVIDER}/mon-compte/mot-de-passe")
    album.take("password")
    page.goto(f"{PROVIDER}/deconnexion")
    album.take("sign-out")
    page.goto(f"{PROVIDER}/accessibilite")
    album.take("accessibility")
    page.goto(f"{PROVIDER}/authorize?client_id=unknown")
    album.take("error")
    page.goto(LETTERBOX)
    album.take("letter-box")


def by_franceconnect(album: Album) -> None:
    """Somebody comes through FranceConnect: the civil status is filled in and locked."""
    page = album.page
    page.goto(FIRST)
    page.click("#start")
    page.click("#upstream-franceconnect")
    album.take("franceconnect")


def main(browser: Browser) -> None:
    """Follow the story on each screen."""
    for screen, options in SCREENS.items():
        context = browser.new_context(locale="fr-FR", **options)
        context.set_default_timeout(15_000)
        album = Album(context.new_page(), screen)
        newcomer(album, f"jeanne.dormesson.{screen}")
        resident(album)
        context.close()
        other = browser.new_context(locale="fr-FR", **options)
        by_franceconnect(Album(other.new_page(), screen))
        other.close()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demonstration(), chromium() as running:
        main(running)
