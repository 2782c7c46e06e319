"""Someone who comes from FranceConnect, and an application that asks what was verified of them."""

from collections.abc import AsyncIterator

import pytest

from tests.protocol.upstream.conftest import clock, listening_upstream, upstream
from tests.protocol.verified_claims.asking import SCOPE, Town
from tests.support.relying_party import register
from tests.support.upstream import ScriptedUpstream, brokering, settings_of

__all__ = ["clock", "listening_upstream", "upstream"]


@pytest.fixture
async def town(database_url: str, upstream: ScriptedUpstream) -> AsyncIterator[Town]:
    """A provider that people reach from FranceConnect, and an application of the authority."""
    async with brokering(database_url, settings_of(upstream)) as site:
        application = await register(site, scope=SCOPE)
        yield Town(site, upstream, application)
