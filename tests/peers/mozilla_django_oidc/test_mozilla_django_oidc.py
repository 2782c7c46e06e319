"""mozilla-django-oidc, in the Django project of the integrators' guide, registered and run as the guide says."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.peers import guide
from tests.peers.browser import Browser
from tests.peers.running import running
from tests.support.ports import free_port
from tests.support.server import Server

FORGET_WHEN_TO_RENEW = """
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
for row in Session.objects.all():
    session = SessionStore(row.session_key)
    session["oidc_id_token_expiration"] = 0
    session.save()
"""


@dataclass
class Procedure:
    """The running project."""

    address: str
    environ: dict[str, str]

    def manage(self, *arguments: str) -> None:
        """Run a command of Django's on the project."""
        command = [sys.executable, "-m", "django", *arguments]
        done = subprocess.run(command, env={**os.environ, **self.environ}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def procedure(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Procedure]:
    """The project on a database of its own, served as a developer serves it."""
    folder, port = tmp_path_factory.mktemp("django"), free_port()
    address = f"http://localhost:{port}"
    issued = guide.register(server, "django.md", address)
    environ = {
        "PYTHONPATH": str(Path(__file__).parent),
        "DJANGO_SETTINGS_MODULE": "rendez_vous.settings",
        "SECRET_KEY": "une clé de la procédure, assez longue pour Django et pour ses essais",
        "DATABASE": str(folder / "procedure.db"),
        "ISSUER": server.url,
        "CLIENT_ID": issued.client_id,
        "CLIENT_SECRET": issued.secret,
    }
    served = Procedure(address, environ)
    served.manage("migrate", "--verbosity", "0")
    command = [sys.executable, "-m", "django", "runserver", "--noreload", f"localhost:{port}"]
    with running(command, environ, address, folder / "log"):
        yield served


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Somebody's browser."""
    async with httpx2.AsyncClient() as client:
        yield Browser(client)


async def enter(procedure: Procedure, browser: Browser) -> None:
    page = await browser.open(procedure.address)
    page = await browser.sign_in(f"{procedure.address}{page.one('#sign-in')['href']}")
    assert page.one("#visitor").text == "Camille Martin (camille.martin@exemple.fr)"


async def test_somebody_signs_in_and_out(procedure: Procedure, browser: Browser) -> None:
    await enter(procedure, browser)
    page = await browser.open(procedure.address)
    page = await browser.arrive(await page.form("#sign-out").submit())
    assert page.address == f"{procedure.address}/"
    assert page.has("#sign-in")
    assert (await browser.open(f"{procedure.address}/oidc/authenticate/")).has("#signin")


async def test_the_sign_in_is_renewed_without_a_word(procedure: Procedure, browser: Browser) -> None:
    await enter(procedure, browser)
    procedure.manage("shell", "-c", FORGET_WHEN_TO_RENEW)
    renewed = await browser.client.get(procedure.address)
    assert "prompt=none" in renewed.headers["location"]
    page = await browser.open(renewed.headers["location"])
    assert page.address == f"{procedure.address}/"
    assert page.has("#visitor")


async def test_a_sign_out_elsewhere_is_noticed_when_it_renews(
    procedure: Procedure, browser: Browser, server: Server
) -> None:
    await enter(procedure, browser)
    question = await browser.open(f"{server.url}/deconnexion")
    await question.form("#signout").submit("#signout-confirm")
    assert (await browser.open(procedure.address)).has("#visitor")
    procedure.manage("shell", "-c", FORGET_WHEN_TO_RENEW)
    assert (await browser.open(procedure.address)).has("#sign-in")


async def test_a_person_keeps_their_account_at_each_sign_in(procedure: Procedure, browser: Browser) -> None:
    await enter(procedure, browser)
    async with httpx2.AsyncClient() as another:
        await enter(procedure, Browser(another))
    procedure.manage("shell", "-c", "from django.contrib.auth.models import User; assert User.objects.count() == 1")
