"""The town, the browser and the person of a journey."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, async_playwright

from tests.journeys import town as towns
from tests.journeys.town import Town
from tests.journeys.walker import Walker
from tests.support import engines
from tests.support.chromium import QUIET, executable

Arrive = Callable[..., Awaitable[Walker]]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town for the journeys of a worker: they disturb each other no more than people do. On PostgreSQL."""
    name = f"town_{engines.WORKER}"
    engines.postgres().administer(f"CREATE DATABASE {name}")
    with towns.opened(tmp_path_factory.mktemp("town"), engines.postgres().url(name)) as town:
        yield town


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=list(QUIET))
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def seen() -> set[tuple[str, str]]:
    """The pages that were examined already."""
    return set()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts: every journey works without."""
    return bool(request.param)


@pytest.fixture
async def arrive(town: Town, browser: Browser, seen: set[tuple[str, str]], scripts: bool) -> AsyncIterator[Arrive]:
    """Gives browsers, each of a person of its own; at the end, nothing may have been found on any page they saw."""
    async with AsyncExitStack() as stack:
        walkers: list[Walker] = []

        async def new() -> Walker:
            context = await browser.new_context(java_script_enabled=scripts, locale="fr-FR")
            stack.push_async_callback(context.close)
            context.set_default_timeout(20_000)
            walkers.append(Walker(town, context, await context.new_page(), scripts, seen))
            return walkers[-1]

        yield new
        assert [fault for walker in walkers for fault in walker.faults] == []


@pytest.fixture
async def walker(arrive: Arrive) -> Walker:
    """The only person of most journeys."""
    return await arrive()
