"""The application in Node of the integrators' guide, registered and run as the guide says."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.peers import guide
from tests.peers.browser import Browser
from tests.peers.running import running
from tests.support.ports import free_port
from tests.support.server import Server

pytestmark = [pytest.mark.needs("node"), pytest.mark.needs("peers")]

PROGRAM = Path(__file__).with_name("application.mjs")


@pytest.fixture(scope="module")
def address(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The running application."""
    home = f"http://localhost:{free_port()}"
    issued = guide.register(server, "node.md", home)
    environ = {"ISSUER": server.url, "CLIENT_ID": issued.client_id, "CLIENT_SECRET": issued.secret, "ADDRESS": home}
    with running(["node", str(PROGRAM)], environ, home, tmp_path_factory.mktemp("node") / "log") as answering:
        yield answering


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Somebody's browser."""
    async with httpx2.AsyncClient() as client:
        yield Browser(client)


async def test_somebody_signs_in_and_out(address: str, browser: Browser) -> None:
    assert (await browser.open(address)).response.json() == {"person": None}
    page = await browser.sign_in(f"{address}/connexion")
    assert page.address == f"{address}/"
    assert page.response.json()["person"]["email"] == "camille.martin@exemple.fr"
    page = await browser.open(f"{address}/deconnexion")
    assert (page.address, page.response.json()) == (f"{address}/", {"person": None})
    assert (await browser.open(f"{address}/connexion")).has("#signin")


async def test_an_answer_to_somebody_else_is_refused(address: str, browser: Browser) -> None:
    await browser.open(f"{address}/connexion")
    page = await browser.open(f"{address}/retour?code=lpac_foreign&state=foreign&iss=foreign")
    assert page.status == 403
    assert (await browser.open(address)).response.json() == {"person": None}


async def test_a_return_that_was_not_asked_starts_at_the_beginning(address: str, browser: Browser) -> None:
    page = await browser.open(f"{address}/retour?code=lpac_foreign&state=foreign")
    assert page.has("#signin")
