"""Being told to stop: what is under way ends well, nothing new begins, and the process leaves by itself."""

import asyncio
import signal
from pathlib import Path

import httpx2
import pytest

from tests.support import engines
from tests.support.people import PASSWORD, add_person
from tests.support.ports import free_port
from tests.support.relying_party import REDIRECT, register
from tests.support.remote import reached
from tests.support.server import environment, launch

SLOW = {"hashing_passes": "60"}
"""About a second for a hash, so that there is something under way."""


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_a_sign_in_under_way_ends_well_when_the_server_is_told_to_stop(
    tmp_path: Path, told: signal.Signals
) -> None:
    url = f"sqlite:///{tmp_path}/provider.db"
    engines.migrate(url)
    port = free_port()
    server = launch(environment(url, port, **SLOW), port, tmp_path / "log")
    try:
        await asyncio.to_thread(server.wait_until_ready)
        async with reached(server) as site:
            await add_person(site.provider)
            application, visitor = await register(site), await site.visitor()
            page = await visitor.open(application.start())
            form = page.form("#signin").fill(identifier="camille.martin", password=PASSWORD)
            data = {name: values[0] for name, values in form.values.items()}
            await site.provider.database.close()
            sending = asyncio.create_task(visitor.client.post("/connexion", data=data))
            await asyncio.sleep(0.2)
            server.process.send_signal(told)
            answered = await sending
            assert answered.status_code == 303
            assert answered.headers["location"].startswith("/interaction/")
        assert await asyncio.to_thread(server.process.wait, 10) in {0, -told}
    finally:
        server.stop()
    again = launch(server.environ, port, server.log)
    try:
        await asyncio.to_thread(again.wait_until_ready)
        finished = await _go_on(again.url, answered.headers["location"], dict(visitor.client.cookies))
        assert finished.startswith(f"{REDIRECT}?code=")
    finally:
        again.stop()


async def _go_on(issuer: str, address: str, cookies: dict[str, str]) -> str:
    """Follow the redirects of a journey that the former process left."""
    async with httpx2.AsyncClient(base_url=issuer, cookies=cookies) as browser:
        while address.startswith("/"):
            address = (await browser.get(address)).headers["location"]
    return address
