"""What every test may use, and what happens when a program of the system that a test drives is absent."""

import os
from collections.abc import AsyncIterator
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.support.programs import Program, missing

if TYPE_CHECKING:
    from tests.support.provider import Site
    from tests.support.relying_party import RelyingParty
    from tests.support.visitor import Visitor

pytest_plugins = ["tests.support.engines", "tests.support.mailbox", "tests.support.sms_gateway"]


@cache
def absent() -> dict[str, Program]:
    """The programs that this run of the tests has to do without."""
    return {program.name: program for program in missing()}


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Coroutine tests run on asyncio, the loop the provider is served with."""
    return "asyncio"


@pytest.fixture
async def site(database_url: str) -> "AsyncIterator[Site]":
    """A provider in this process, on a clean database of each kind."""
    from tests.support.provider import opened, settings_for  # a test of one room does not need all the others

    async with opened(settings_for(database_url)) as site:
        yield site


@pytest.fixture
async def person(site: "Site") -> str:
    """The id of Camille Martin, who has an active account."""
    from tests.support.people import add_person

    return await add_person(site.provider)


@pytest.fixture
async def visitor(site: "Site", person: str) -> "Visitor":
    """Camille's browser, signed in nowhere yet."""
    return await site.visitor()


@pytest.fixture
async def application(site: "Site") -> "RelyingParty":
    """An application of the authority, which needs no consent."""
    from tests.support.relying_party import register

    return await register(site)


@pytest.fixture
async def stranger(site: "Site") -> "RelyingParty":
    """An application of somebody else, which needs consent."""
    from tests.support.relying_party import register

    return await register(
        site,
        "cantine",
        first_party=False,
        client_name="Cantine scolaire",
        redirect_uris=("https://cantine.exemple.fr/retour",),
        post_logout_redirect_uris=("https://cantine.exemple.fr/fin",),
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test whose program is absent is skipped, and fails where everything has to be proved."""
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            if name in absent():
                reason = f"{name} is absent ({absent()[name].what_for})"
                if os.environ.get("CI") == "true":
                    pytest.fail(reason, pytrace=False)
                pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name at the end what could not be proved on this machine."""
    for program in absent().values():
        terminalreporter.write_line(f"Not tested, since {program.name} is absent: {program.what_for}", yellow=True)
