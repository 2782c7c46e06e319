"""Leaving, in a real browser: the services are told, the policy of the page lets them, and the person goes on."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.async_api import Browser, Page

from idp.foundation.provider import Provider
from idp.oidc.session_management import PATH, session_state
from tests.journeys import leaving
from tests.journeys.leaving import Service
from tests.support import engines
from tests.support.people import PASSWORD, add_person
from tests.support.ports import free_port
from tests.support.server import Server, acting, environment, idp, served

pytestmark = pytest.mark.needs("chromium")


@dataclass(frozen=True, slots=True)
class Place:
    """A provider with session management on, an application told by the browser, one by the server, one by nobody."""

    server: Server
    framed: Service
    called: Service
    deaf: Service


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    name, folder, port = f"leaving_{engines.WORKER}", tmp_path_factory.mktemp("leaving"), free_port()
    engines.postgres().administer(f"CREATE DATABASE {name}")
    with ExitStack() as stack:
        frame = f"http://localhost:{port}{PATH}"
        names = ("cantine", "piscine", "patinoire")
        framed, called, deaf = (stack.enter_context(leaving.serve(each, frame)) for each in names)
        environ = environment(
            engines.postgres().url(name), port, session_management="true", outbound_allow=f"localhost:{called.port}"
        )
        idp(environ, "migrate")
        asyncio.run(acting(environ, lambda provider: populate(provider, framed, called, deaf)))
        yield Place(stack.enter_context(served(environ, port, Path(folder) / "server.log")), framed, called, deaf)


async def populate(provider: Provider, framed: Service, called: Service, deaf: Service) -> None:
    by_browser = {"frontchannel_logout_uri": f"{framed.address}/oubli", "frontchannel_logout_session_required": True}
    by_server = {"backchannel_logout_uri": f"{called.address}/fin-de-session"}
    await leaving.register(provider, framed.client(**by_browser), called.client(**by_server), deaf.client())
    await add_person(provider)


@pytest.fixture
async def tab(browser: Browser, scripts: bool) -> AsyncIterator[Page]:
    """A tab of a new browser, with scripts and without; nothing may be complained of in its console."""
    context = await browser.new_context(java_script_enabled=scripts, locale="fr-FR")
    context.set_default_timeout(20_000)
    page = await context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    yield page
    await context.close()
    assert complaints == [], "the content security policy or a script complains"


async def enter(tab: Page, place: Place, service: Service) -> dict[str, str]:
    """Enter an application, signing in if that is asked; what came back to it."""
    asked = {
        "response_type": "code",
        "client_id": service.client_id,
        "redirect_uri": f"{service.address}/retour",
        "scope": "openid",
    }
    await tab.goto(f"{place.server.url}/authorize?{urlencode(asked)}")
    if urlsplit(tab.url).path == "/connexion":
        await tab.fill("[name=identifier]", "camille.martin")
        await tab.fill("[name=password]", PASSWORD)
        await tab.click("#signin-submit")
    await tab.wait_for_url(f"{service.address}/retour?**")
    return {name: values[0] for name, values in parse_qs(urlsplit(tab.url).query).items()}


async def test_the_browser_tells_a_service_then_goes_on(place: Place, tab: Page) -> None:
    place.framed.forgotten.clear()
    await enter(tab, place, place.framed)
    asked = {"client_id": "cantine", "post_logout_redirect_uri": f"{place.framed.address}/fin", "state": "adieu"}
    await tab.goto(f"{place.server.url}/logout?{urlencode(asked)}")
    await tab.click("#signout-confirm")
    await tab.wait_for_url(f"{place.framed.address}/fin?state=adieu")
    (told,) = place.framed.forgotten
    assert told["iss"] == place.server.url
    assert told["sid"]


async def test_the_person_reads_who_was_told_at_the_end(place: Place, tab: Page) -> None:
    place.called.told.clear()
    for service in (place.framed, place.called):
        await enter(tab, place, service)
    await tab.goto(f"{place.server.url}/deconnexion")
    await tab.click("#signout-confirm")
    await tab.wait_for_url(f"{place.server.url}/deconnexion/fin?o=**")
    assert await tab.locator("#told li").all_inner_texts() == ["Cantine", "Piscine"]
    for _ in range(100):
        if place.called.told:
            break
        await asyncio.sleep(0.1)
    assert len(place.called.told) == 1
    assert place.called.told[0].startswith("logout_token=")


async def test_the_person_reads_what_may_have_stayed_open_and_where_to_close_it(place: Place, tab: Page) -> None:
    for service in (place.framed, place.deaf):
        await enter(tab, place, service)
    await tab.goto(f"{place.server.url}/deconnexion")
    assert "Patinoire" in await tab.locator("main").inner_text(), "it is said before, too"
    await tab.click("#signout-confirm")
    await tab.wait_for_url(f"{place.server.url}/deconnexion/fin?o=**")
    assert await tab.locator("#told li").all_inner_texts() == ["Cantine"]
    assert await tab.locator("#left-open li").all_inner_texts() == ["Patinoire"]
    await tab.click("#left-open a")
    await tab.wait_for_url(f"{place.deaf.address}/")


async def ask(tab: Page, said: str) -> str:
    """What the provider's frame answers to the application's."""
    origin, answer = await tab.evaluate("said => ask(said)", said)
    assert origin == f"http://localhost:{urlsplit(str(origin)).port}"
    return str(answer)


@pytest.mark.parametrize("scripts", [True], ids=["scripts"])
async def test_a_page_in_a_frame_is_told_that_the_session_changed(place: Place, tab: Page) -> None:
    state = (await enter(tab, place, place.framed))["session_state"]
    await tab.goto(f"{place.framed.address}/guet")
    await tab.wait_for_load_state()
    assert await ask(tab, f"cantine {state}") == "unchanged"
    assert await ask(tab, f"piscine {state}") == "changed"
    for nonsense in ("", "cantine", f"cantine {state} more", "cantine nodot", "cantine .salt"):
        assert await ask(tab, nonsense) == "error"
    other = await tab.context.new_page()
    await other.goto(f"{place.server.url}/deconnexion")
    await other.click("#signout-confirm")
    await other.wait_for_url(f"{place.server.url}/deconnexion/fin?o=**")
    assert await ask(tab, f"cantine {state}") == "changed"


@pytest.mark.parametrize("scripts", [True], ids=["scripts"])
async def test_the_frame_computes_what_the_provider_does_whatever_the_length(place: Place, tab: Page) -> None:
    await enter(tab, place, place.framed)
    (cookie,) = [each for each in await tab.context.cookies() if each["name"] == "state"]
    await tab.goto(f"{place.framed.address}/guet")
    await tab.wait_for_load_state()
    for length in range(1, 140):
        client_id = "é" * (length % 3) + "x" * length
        state = session_state(client_id, place.framed.address, str(cookie["value"]), "sel")
        assert await ask(tab, f"{client_id} {state}") == "unchanged", length
