"""Debian's Chromium driven by Playwright, with nothing it would look for outside this machine."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

QUIET = (
    "--no-sandbox",  # as root, which is what a build machine runs as
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def executable() -> str:
    """The browser of the system."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found is not None
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, closed at the end. Each test takes a context of its own: nobody else's cookies."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(QUIET))
        yield browser
        browser.close()
