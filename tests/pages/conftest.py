"""One browser for the tests of pages that need one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; each test takes a context of its own."""
    with chromium() as running:
        yield running
