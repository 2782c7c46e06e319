"""The broker against npm oidc-provider, the engine that FranceConnect runs, configured and filtered as it does."""

import json
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest
from bs4 import BeautifulSoup

from idp.demo.franceconnect.claims import SCOPES, released, subject
from idp.demo.franceconnect.identities import TEST_IDENTITIES
from idp.people.civil_status import vouched as civil_status
from tests.protocol.upstream.accounts import open_sessions, returning, vouched
from tests.support.engines import migrated_file
from tests.support.franceconnect import CLIENT_ID, CLIENT_SECRET
from tests.support.ports import free_port
from tests.support.provider import ISSUER, Site
from tests.support.upstream import SCOPES as ASKED
from tests.support.upstream import ScriptedUpstream, brokering, press, settings_of
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.needs("node", "peers")

SERVER = Path(__file__).with_name("server.mjs")


def document(port: int, algorithm: str) -> dict[str, object]:
    """What the engine is told: our registration, the scopes, and each identity with its subject."""
    client = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uris": [f"{ISSUER}/retour/franceconnect"],
        "post_logout_redirect_uris": [f"{ISSUER}/deconnexion/retour/franceconnect"],
        "token_endpoint_auth_method": "client_secret_post",
        "id_token_signed_response_alg": algorithm,
        "userinfo_signed_response_alg": algorithm,
    }
    identities = {
        login: {**released(identity, SCOPES), "sub": subject(identity, CLIENT_ID, "simulation")}
        for login, identity in TEST_IDENTITIES.items()
    }
    scopes = {scope: list(claims) for scope, claims in SCOPES.items() if scope not in {"openid", "amr"}}
    return {"port": port, "client": client, "scopes": scopes, "identities": identities}


@pytest.fixture(scope="module", params=["ES256", "RS256"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """A running engine: its port, and the algorithm that our registration chose."""
    folder = tmp_path_factory.mktemp("engine")
    port = free_port()
    (folder / "registration.json").write_text(json.dumps(document(port, request.param)), encoding="utf-8")
    command = ["node", str(SERVER), str(folder / "registration.json")]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        deadline = time.monotonic() + 20
        while b"listening" not in (folder / "log").read_bytes():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.02)
        yield port, request.param
        process.terminate()


@pytest.fixture
async def site(engine: tuple[int, str], tmp_path: Path) -> AsyncIterator[Site]:
    """The provider, on the engine's own clock: what it signs carries the time of the machine."""
    port, algorithm = engine
    shutil.copyfile(migrated_file(), tmp_path / "provider.db")
    section = settings_of(ScriptedUpstream("franceconnect", port), signing_algorithm=algorithm)
    async with brokering(f"sqlite:///{tmp_path / 'provider.db'}", section) as opened:
        opened.clock.advance(int(time.time()) - opened.clock.now())
        yield opened


@pytest.fixture
async def at_engine() -> AsyncIterator[httpx2.AsyncClient]:
    """The same person's browser, at the engine."""
    async with httpx2.AsyncClient(timeout=10) as browser:
        yield browser


async def until_outside(browser: httpx2.AsyncClient, response: httpx2.Response) -> str:
    """Follow redirects until one leaves the engine; the address it leads to."""
    for _ in range(10):
        assert response.is_redirect, response.text
        address = urljoin(str(response.url), response.headers["location"])
        if not address.startswith("http://127.0.0.1"):
            return address
        response = await browser.get(address)
    raise AssertionError("more than ten redirects")


async def through(browser: httpx2.AsyncClient, visitor: Visitor, login: str = "test") -> Page:
    """The whole way: our button, the engine's interaction as a test identity (none: give up), our return."""
    response = await browser.get((await press(visitor)).address)
    assert response.status_code == 303, response.text
    journey = urljoin(str(response.url), response.headers["location"])
    assert (await browser.get(journey)).status_code == 200
    if login:
        response = await browser.post(f"{journey}/login", data={"login": login})
    else:
        response = await browser.get(f"{journey}/abort")
    return await visitor.open(await until_outside(browser, response))


@pytest.mark.parametrize("login", TEST_IDENTITIES)
async def test_each_identity_comes_through_the_engine(site: Site, at_engine: httpx2.AsyncClient, login: str) -> None:
    page = await through(at_engine, await site.visitor(), login)
    assert page.path == "/inscription/franceconnect"
    (said,) = await vouched(site)
    assert said["subject"] == subject(TEST_IDENTITIES[login], CLIENT_ID, "simulation")
    assert said["acr"] == "eidas1"
    assert civil_status(said["claims"]) == civil_status(released(TEST_IDENTITIES[login], ASKED))


async def test_a_known_person_is_signed_in_then_out_of_both(
    site: Site, engine: tuple[int, str], at_engine: httpx2.AsyncClient
) -> None:
    issuer = f"http://127.0.0.1:{engine[0]}/api/v2"
    person = await returning(site, issuer)
    visitor = await site.visitor()
    assert (await through(at_engine, visitor)).path == "/mon-compte"
    (session,) = await open_sessions(site)
    assert (session["person_id"], session["acr"]) == (person, "eidas1")
    left = await (await visitor.open("/deconnexion")).form("#signout").submit("#signout-confirm")
    assert left.address.startswith(f"{issuer}/session/end?")
    asked = BeautifulSoup((await at_engine.get(left.address)).text, "html.parser")
    fields = {str(field["name"]): str(field["value"]) for field in asked.select("form input[name]")}
    action = urljoin(left.address, str(asked.select_one("form")["action"]))  # type: ignore[index]
    back = await until_outside(at_engine, await at_engine.post(action, data=fields))
    assert (await visitor.open(back)).has("#signed-out")
    assert await open_sessions(site) == []


async def test_giving_up_there_is_told_here(site: Site, at_engine: httpx2.AsyncClient) -> None:
    page = await through(at_engine, await site.visitor(), "")
    assert page.error_code == "upstream_declined"


async def test_a_return_opened_twice_exchanges_the_code_once(site: Site, at_engine: httpx2.AsyncClient) -> None:
    visitor = await site.visitor()
    first = await through(at_engine, visitor)
    assert (await visitor.open(first.address)).status < 500
    assert len(await vouched(site)) == 1


async def test_pkce_is_a_dead_end_there_although_discovery_announces_it(
    engine: tuple[int, str], tmp_path: Path, at_engine: httpx2.AsyncClient
) -> None:
    port, algorithm = engine
    upstream = ScriptedUpstream("franceconnect", port)
    announced = (await at_engine.get(f"{upstream.issuer}/.well-known/openid-configuration")).json()
    assert announced["code_challenge_methods_supported"] == ["S256"]
    shutil.copyfile(migrated_file(), tmp_path / "provider.db")
    section = settings_of(upstream, signing_algorithm=algorithm, pkce="always")
    async with brokering(f"sqlite:///{tmp_path / 'provider.db'}", section) as site:
        response = await at_engine.get((await press(await site.visitor())).address)
    assert response.status_code == 400
    assert "Y030007" in response.text
