"""An upstream that is slow, hung, broken or changing its keys: told to the person, and nothing else here suffers."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable

import pytest

from idp.upstream.connections import Connections
from idp.upstream.fetching import Fetcher
from tests.protocol.upstream.accounts import open_sessions
from tests.support.people import PASSWORD, add_person
from tests.support.provider import Site
from tests.support.relying_party import register
from tests.support.upstream import (
    DISCOVERY,
    JWKS,
    TOKEN,
    USERINFO,
    ScriptedUpstream,
    brokering,
    come_back,
    press,
    settings_of,
    through,
)
from tests.support.visitor import Visitor

DEADLINE = 0.5
"""Seconds: the fetcher's own ten, shortened; the code that counts them is the same."""


@pytest.fixture
async def impatient(file_url: str, upstream: ScriptedUpstream) -> AsyncIterator[Site]:
    """The provider, waiting half a second for an upstream."""
    async with brokering(file_url, settings_of(upstream)) as site:
        opened = Connections(site.provider, Fetcher(deadline_seconds=DEADLINE))
        site.provider.resources.obtain(Connections, lambda: opened)
        yield site


SILENCES: dict[str, Callable[[ScriptedUpstream, str], None]] = {
    "hung": lambda upstream, path: upstream.hang(path),
    "dripping": lambda upstream, path: upstream.drip(path),
    "status 500": lambda upstream, path: upstream.answer(path, b"{}", status=500),
    "status 503": lambda upstream, path: upstream.answer(path, b"<html>", "text/html", status=503),
}


@pytest.mark.parametrize("path", [TOKEN, USERINFO, JWKS])
@pytest.mark.parametrize("silence", SILENCES)
async def test_a_silence_at_the_return_is_told_in_bounded_time(
    impatient: Site, upstream: ScriptedUpstream, silence: str, path: str
) -> None:
    visitor = await impatient.visitor()
    back = await come_back((await press(visitor)).address)
    SILENCES[silence](upstream, path)
    started = time.monotonic()
    page = await visitor.open(back)
    assert time.monotonic() - started < DEADLINE + 2
    assert (page.status, page.error_code) == (503, "upstream_unavailable")
    assert "FranceConnect ne répond pas pour le moment." in page.text
    assert page.response.headers["retry-after"] == "30"
    assert upstream.seen.count(TOKEN) == 1
    assert await open_sessions(impatient) == []


async def test_answers_that_are_each_in_time_are_too_late_together(impatient: Site, upstream: ScriptedUpstream) -> None:
    visitor = await impatient.visitor()
    back = await come_back((await press(visitor)).address)
    for path in (TOKEN, JWKS, USERINFO):
        upstream.delay(path, DEADLINE * 0.6)
    assert (await visitor.open(back)).error_code == "upstream_unavailable"
    assert await open_sessions(impatient) == []


@pytest.mark.parametrize("silence", SILENCES)
async def test_a_silence_at_the_start_is_told_before_the_person_leaves(
    impatient: Site, upstream: ScriptedUpstream, silence: str
) -> None:
    SILENCES[silence](upstream, DISCOVERY)
    application = await register(impatient)
    visitor = await impatient.visitor()
    page = await press(visitor, start=application.start())
    assert (page.status, page.error_code) == (503, "upstream_unavailable")
    assert "Démarches en ligne" in page.text
    again = await page.follow("#way-on")
    assert again.has("#signin")


async def test_an_upstream_that_is_down_does_not_keep_anybody_from_signing_in_here(
    impatient: Site, upstream: ScriptedUpstream
) -> None:
    upstream.hang(DISCOVERY)
    await add_person(impatient.provider)
    waiting, local = await impatient.visitor(), await impatient.visitor()
    slow = asyncio.create_task(press(waiting))
    page = await local.open("/connexion")
    started = time.monotonic()
    here = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit("#signin-submit")
    assert here.path == "/mon-compte"
    assert time.monotonic() - started < DEADLINE + 2
    assert (await slow).error_code == "upstream_unavailable"


async def test_an_upstream_that_is_down_is_left_alone_and_nobody_waits_for_it(
    impatient: Site, upstream: ScriptedUpstream
) -> None:
    upstream.hang(DISCOVERY)
    visitor = await impatient.visitor()
    await press(visitor)
    asked = upstream.seen.count(DISCOVERY)
    started = time.monotonic()
    pages = await asyncio.gather(*(press(visitor) for _ in range(10)))
    assert time.monotonic() - started < 10 * DEADLINE
    assert {page.error_code for page in pages} == {"upstream_unavailable"}
    assert upstream.seen.count(DISCOVERY) == asked
    upstream.scripts.clear()
    impatient.clock.advance(2)
    assert (await press(visitor)).outside


async def test_people_are_warned_beside_the_button_after_three_failures_until_it_answers(
    impatient: Site, upstream: ScriptedUpstream
) -> None:
    upstream.answer(DISCOVERY, b"", status=503)
    visitor = await impatient.visitor()
    for failures in range(4):
        page = await visitor.open("/connexion")
        assert ("FranceConnect ne répond pas pour le moment." in page.text) is (failures >= 3)
        assert page.has("#upstream-franceconnect")
        await press(visitor)
        impatient.clock.advance(60)
    upstream.scripts.clear()
    assert (await press(visitor)).outside
    assert "ne répond pas" not in (await visitor.open("/connexion")).text


async def test_a_crowd_at_the_button_asks_for_the_metadata_once(broker: Site, upstream: ScriptedUpstream) -> None:
    visitors = [await broker.visitor() for _ in range(10)]
    pages = await asyncio.gather(*(press(visitor) for visitor in visitors))
    assert all(page.outside for page in pages)
    assert upstream.seen.count(DISCOVERY) == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"issuer": "https://attaquant.exemple"}, id="another issuer"),
        pytest.param({"token_endpoint": "https://attaquant.exemple/token"}, id="another token endpoint"),
        pytest.param({"authorization_endpoint": None}, id="no authorization endpoint"),
    ],
)
async def test_metadata_that_changed_is_refused_and_redirects_nobody(
    visitor: Visitor, upstream: ScriptedUpstream, change: dict[str, str | None]
) -> None:
    upstream.alter(DISCOVERY, lambda body: json.dumps({**json.loads(body), **change}).encode())
    page = await press(visitor)
    assert (page.status, page.error_code, page.outside) == (502, "upstream_failed", False)


async def test_keys_are_asked_once_in_ten_minutes(broker: Site, visitor: Visitor, upstream: ScriptedUpstream) -> None:
    for _ in range(3):
        await through(visitor)
    assert upstream.seen.count(JWKS) == 1
    broker.clock.advance(600)
    upstream.renew(broker.clock)
    await through(visitor)
    assert upstream.seen.count(JWKS) == 1


async def test_a_rotation_without_overlap_is_followed_at_once_and_asks_once_a_minute(
    broker: Site, upstream: ScriptedUpstream
) -> None:
    upstream.renew(broker.clock)
    visitor = await broker.visitor()
    await through(visitor)
    broker.clock.advance(60)
    upstream.rotate()
    assert (await through(visitor)).path == "/inscription/franceconnect"
    assert upstream.seen.count(JWKS) == 2
    upstream.rotate()
    for _ in range(5):
        assert (await through(visitor)).error_code == "upstream_failed"
    assert upstream.seen.count(JWKS) == 2
    broker.clock.advance(60)
    assert (await through(visitor)).path == "/inscription/franceconnect"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"keys":[]}', id="empty"),
        pytest.param(b"<html>", id="broken"),
        pytest.param(b'{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}', id="a shared secret"),
        pytest.param(b" " * 10_000_000, id="ten megabytes"),
    ],
)
async def test_a_set_of_keys_that_cannot_be_used_never_replaces_a_good_one(
    broker: Site, upstream: ScriptedUpstream, body: bytes
) -> None:
    upstream.renew(broker.clock)
    visitor = await broker.visitor()
    await through(visitor)
    upstream.answer(JWKS, body)
    broker.clock.advance(600)
    assert (await through(visitor)).path == "/inscription/franceconnect"
    broker.clock.advance(3000)
    assert (await through(visitor)).error_code in {"upstream_failed", "upstream_unavailable"}


async def test_without_any_good_keys_nobody_comes_in(visitor: Visitor, upstream: ScriptedUpstream) -> None:
    upstream.answer(JWKS, b'{"keys":[]}')
    assert (await through(visitor)).error_code == "upstream_failed"


async def test_nothing_of_the_environment_is_obeyed(
    monkeypatch: pytest.MonkeyPatch, file_url: str, upstream: ScriptedUpstream
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with brokering(file_url, settings_of(upstream)) as site:
        assert (await press(await site.visitor())).outside


async def test_an_upstream_that_nobody_listens_for_is_told(file_url: str) -> None:
    absent = ScriptedUpstream("franceconnect", 1)
    async with brokering(file_url, settings_of(absent)) as site:
        assert (await press(await site.visitor())).error_code == "upstream_unavailable"
