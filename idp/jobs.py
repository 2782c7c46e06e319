"""The work that goes on in the background of a server."""

import asyncio
import contextlib

from idp.foundation.errors import Unavailable
from idp.foundation.provider import Provider

RING_SECONDS = 30


async def run_forever(provider: Provider) -> None:
    """Keep the key ring fresh."""
    while True:
        await asyncio.sleep(RING_SECONDS)
        with contextlib.suppress(Unavailable):
            await provider.refresh_ring()
