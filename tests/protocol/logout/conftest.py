"""A provider that may call applications on this machine, and a machine where applications listen."""

from collections.abc import AsyncIterator

import pytest

from tests.protocol.logout.listening import Listener, listen
from tests.support.outside import Outside, outside
from tests.support.provider import Site, opened, settings_for


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    """A provider whose operator lets it call this machine."""
    async with opened(settings_for(database_url, outbound_allow=("127.0.0.1",))) as site:
        yield site


@pytest.fixture
async def host() -> AsyncIterator[Outside]:
    """The machine of the applications, which answers 200 to what it knows."""
    async with outside(secure=False) as host:
        yield host


@pytest.fixture
async def portal(site: Site, host: Outside) -> Listener:
    """An application that listens for sign-outs."""
    return await listen(site, host, "portail")
