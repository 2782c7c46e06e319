"""What one address may begin before anybody signs in: rows are bounded, people who share an address are not.

A flood of requests that nobody stands behind ends at a refusal that says how long to wait, not at a full disk.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection, Table, func, select

from clients.policy import DEVICE_GRANT
from idp.foundation.settings import SignIn
from idp.interactions.tables import interactions
from idp.oidc.tables import device_requests, pushed_requests
from tests.support.people import add_person
from tests.support.provider import Site, opened, settings_for
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import arrive, tokens_for

ALLOWED = 3
PUBLIC: dict[str, Any] = {
    "token_endpoint_auth_method": "none",
    "grant_types": ("authorization_code", "refresh_token", DEVICE_GRANT),
}


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    """A provider that lets an address begin three of each."""
    async with opened(settings_for(database_url, signin=SignIn(journeys_per_address=ALLOWED))) as site:
        await add_person(site.provider)
        yield site


async def rows(site: Site, table: Table) -> int:
    return await site.provider.database.read(count_of, table)


def count_of(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


async def flood(site: Site, *addresses: str, client: str = "192.0.2.10") -> list[httpx2.Response]:
    """Requests of as many new browsers, none of which keeps a cookie."""
    return [await (await site.client(client)).get(address) for address in addresses]


# Journeys


async def test_an_address_that_begins_too_many_journeys_is_told_when_to_come_back(
    site: Site, application: RelyingParty
) -> None:
    answers = await flood(site, *(application.start() for _ in range(ALLOWED + 2)))
    assert [answer.status_code for answer in answers] == [303] * ALLOWED + [429] * 2
    assert answers[-1].headers["retry-after"] == "600"
    assert await rows(site, interactions) == ALLOWED
    visitor = await site.visitor()
    page = await visitor.open(application.start())
    assert (page.status, page.error_code) == (429, "too_many_arrivals")
    assert "10 minutes" in page.text


async def test_every_page_that_begins_one_is_counted(site: Site) -> None:
    addresses = ("/connexion", "/inscription", "/mon-compte", "/activation")
    assert [answer.status_code for answer in await flood(site, *addresses)][-1] == 429
    assert await rows(site, interactions) == ALLOWED


async def test_a_neighbour_elsewhere_is_not_stopped(site: Site, application: RelyingParty) -> None:
    await flood(site, *(application.start() for _ in range(ALLOWED + 1)), client="2001:db8:1:1::1")
    same_house, elsewhere = await site.visitor(address="2001:db8:1:1::2"), await site.visitor(address="2001:db8:1:2::1")
    assert (await same_house.open(application.start())).status == 429
    assert (await elsewhere.open(application.start())).has("#signin")


async def test_it_is_forgotten_after_ten_minutes(site: Site, application: RelyingParty) -> None:
    await flood(site, *(application.start() for _ in range(ALLOWED + 1)))
    site.clock.advance(599)
    assert (await flood(site, application.start()))[0].headers["retry-after"] == "1"
    site.clock.advance(1)
    assert (await flood(site, application.start()))[0].status_code == 303


async def test_somebody_signed_in_is_sent_straight_back_however_many_ask(site: Site, application: RelyingParty) -> None:
    visitor = await site.visitor()
    await arrive(visitor, application)
    await flood(site, *(application.start() for _ in range(ALLOWED + 1)))
    for _ in range(ALLOWED + 1):
        assert "code" in (await visitor.open(application.start())).returned


async def test_a_question_without_a_page_leaves_nothing_and_is_not_counted(
    site: Site, application: RelyingParty
) -> None:
    answers = await flood(site, *(application.start(prompt="none") for _ in range(ALLOWED + 1)))
    assert all("error=login_required" in answer.headers["location"] for answer in answers)
    assert await rows(site, interactions) == 0


async def test_a_journey_under_way_goes_on(site: Site, application: RelyingParty) -> None:
    visitor = await site.visitor()
    page = await visitor.open(application.start())
    await flood(site, *(application.start() for _ in range(ALLOWED + 1)))
    filled = page.form("#signin").fill(identifier="camille.martin", password="Cerisier-42-bleu")
    assert "code" in (await filled.submit()).returned


# Pushed requests and devices


async def test_a_public_application_pushes_no_more_requests_than_that(site: Site) -> None:
    application = await register(site, **PUBLIC)
    asked = dict(httpx2.URL(application.start()).params)
    answers = [await application.http.post("/par", data=asked) for _ in range(ALLOWED + 1)]
    assert [answer.status_code for answer in answers] == [201] * ALLOWED + [429]
    assert answers[-1].json()["error"] == "temporarily_unavailable"
    assert answers[-1].headers["retry-after"] == "600"
    assert await rows(site, pushed_requests) == ALLOWED


async def test_a_public_application_starts_no_more_devices_than_that(site: Site) -> None:
    application = await register(site, **PUBLIC)
    asked = {"client_id": "demarches", "scope": "openid"}
    answers = [await application.http.post("/device", data=asked) for _ in range(ALLOWED + 1)]
    assert [answer.status_code for answer in answers] == [200] * ALLOWED + [429]
    assert answers[-1].headers["retry-after"] == "600"
    assert await rows(site, device_requests) == ALLOWED


async def test_each_is_counted_apart(site: Site) -> None:
    application = await register(site, **PUBLIC)
    for _ in range(ALLOWED):
        await application.http.post("/device", data={"client_id": "demarches", "scope": "openid"})
    pushed = await application.http.post("/par", data=dict(httpx2.URL(application.start()).params))
    assert pushed.status_code == 201
    assert (await flood(site, application.start(), client="192.0.2.20"))[0].status_code == 303


async def test_an_application_that_proves_who_it_is_pushes_for_everybody(site: Site) -> None:
    application = await register(site, token_endpoint_auth_method="client_secret_post")
    asked = {**httpx2.URL(application.start()).params, "client_secret": application.secret or ""}
    statuses = {(await application.http.post("/par", data=asked)).status_code for _ in range(ALLOWED + 2)}
    assert statuses == {201}


async def test_codes_are_exchanged_however_many_were_refused(site: Site, application: RelyingParty) -> None:
    await flood(site, *(application.start() for _ in range(ALLOWED + 1)))
    visitor = await site.visitor(address="192.0.2.77")
    assert (await tokens_for(visitor, application))["token_type"] == "Bearer"
