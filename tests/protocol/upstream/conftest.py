"""A provider whose people may come from a simulated FranceConnect, both real but for their clock."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from idp.foundation.clock import FixedClock
from tests.support.engines import migrated_file
from tests.support.provider import NOW, Site
from tests.support.upstream import ScriptedUpstream, brokering, scripted_upstream, settings_of
from tests.support.visitor import Visitor


@pytest.fixture
def clock() -> FixedClock:
    """The time at the upstream. The provider's own is `site.clock`."""
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def listening_upstream() -> Iterator[ScriptedUpstream]:
    """A simulated FranceConnect on a real port, for all the tests of this folder."""
    with scripted_upstream() as running:
        yield running


@pytest.fixture
def upstream(listening_upstream: ScriptedUpstream, clock: FixedClock) -> ScriptedUpstream:
    """The simulated FranceConnect, as if just started for this test."""
    listening_upstream.renew(clock)
    return listening_upstream


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    """A clean database of the cheaper kind, for what is the same on both."""
    shutil.copyfile(migrated_file(), tmp_path / "provider.db")
    return f"sqlite:///{tmp_path / 'provider.db'}"


@pytest.fixture
async def broker(file_url: str, upstream: ScriptedUpstream) -> AsyncIterator[Site]:
    """The provider, with that FranceConnect in its settings."""
    async with brokering(file_url, settings_of(upstream)) as site:
        yield site


@pytest.fixture
async def visitor(broker: Site) -> Visitor:
    """A browser at the provider."""
    return await broker.visitor()
