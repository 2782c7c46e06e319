"""A provider where anybody may register an application, and somebody who does."""

from collections.abc import AsyncIterator

import pytest

from tests.support.outside import Outside, outside
from tests.support.provider import Site
from tests.support.registrant import Registrant, registering, registrant


@pytest.fixture
async def open_site(database_url: str) -> AsyncIterator[Site]:
    """Registration is open to all."""
    async with registering(database_url) as site:
        yield site


@pytest.fixture
async def somebody(open_site: Site) -> Registrant:
    """Somebody who registers applications there."""
    return await registrant(open_site)


@pytest.fixture
async def pool() -> AsyncIterator[Outside]:
    """An application's own server."""
    async with outside() as host:
        yield host
