"""One-time things presented many times at once, on two nodes: the database decides, once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection, func, select

from idp.oidc.tables import grants, tokens
from keys.jwk import Jwk
from tests.support.assertions import assertion_for
from tests.support.people import PASSWORD, add_person
from tests.support.provider import CHEAP, Site, opened, settings_for
from tests.support.records import events
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import accept, code_for, sign_in, tokens_for
from tests.support.visitor import Form, Visitor

KEY = Jwk.generate("ES256")


@dataclass
class Nodes:
    """The same application in front of every node."""

    fronts: list[RelyingParty]

    def of(self, number: int) -> RelyingParty:
        return self.fronts[number % len(self.fronts)]


@pytest.fixture
async def nodes(site: Site, database_url: str, application: RelyingParty) -> AsyncIterator[Nodes]:
    """One node on SQLite, which serves one process; two on PostgreSQL."""
    async with AsyncExitStack() as stack:
        fronts = [application]
        if database_url.startswith("postgresql"):
            other = await stack.enter_async_context(opened(settings_for(database_url), seed=2))
            fronts.append(replace(application, http=await other.client("192.0.2.21")))
        yield Nodes(fronts)


async def alive(site: Site) -> int:
    """How many tokens may still be used."""

    def step(connection: Connection) -> int:
        may_be_used = tokens.c.revoked_at.is_(None) & tokens.c.used_at.is_(None) & grants.c.revoked_at.is_(None)
        joined = tokens.join(grants, grants.c.id == tokens.c.grant_id)
        return connection.execute(select(func.count()).select_from(joined).where(may_be_used)).scalar_one()

    return await site.provider.database.read(step)


def outcomes(responses: Iterable[httpx2.Response]) -> Counter[tuple[int, Any]]:
    return Counter((response.status_code, response.json().get("error")) for response in responses)


@pytest.mark.parametrize("times", [10, 50])
async def test_a_code_presented_many_times_at_once_gives_one_set_of_tokens(
    site: Site, visitor: Visitor, nodes: Nodes, times: int
) -> None:
    code = await code_for(visitor, nodes.of(0))
    responses = await asyncio.gather(*(nodes.of(number).exchange(code) for number in range(times)))
    assert outcomes(responses) == {(200, None): 1, (400, "invalid_grant"): times - 1}
    recorded = Counter(await events(site))
    assert (recorded["token.issued"], recorded["code.replayed"]) == (1, 1)
    assert await alive(site) == 0


async def test_the_replays_of_one_code_leave_another_alone(site: Site, visitor: Visitor, nodes: Nodes) -> None:
    codes = [await code_for(visitor, nodes.of(0)) for _ in range(2)]
    await asyncio.gather(*(nodes.of(number).exchange(codes[0]) for number in range(10)))
    assert (await nodes.of(0).exchange(codes[1])).status_code == 200
    assert await alive(site) == 2


async def test_a_refresh_token_presented_many_times_at_once_has_one_successor(
    site: Site, visitor: Visitor, nodes: Nodes
) -> None:
    issued = await tokens_for(visitor, nodes.of(0))
    responses = await asyncio.gather(*(nodes.of(number).refresh(issued["refresh_token"]) for number in range(50)))
    assert outcomes(responses) == {(200, None): 50}
    (successor,) = {response.json()["refresh_token"] for response in responses}
    assert (await nodes.of(0).refresh(successor)).status_code == 200
    assert "refresh.replayed" not in await events(site)


async def test_a_used_refresh_token_presented_many_times_at_once_kills_its_family_once(
    site: Site, visitor: Visitor, nodes: Nodes
) -> None:
    issued = await tokens_for(visitor, nodes.of(0))
    await nodes.of(0).refresh(issued["refresh_token"])
    site.clock.advance(11)
    responses = await asyncio.gather(*(nodes.of(0).refresh(issued["refresh_token"]) for _ in range(10)))
    assert outcomes(responses) == {(400, "invalid_grant"): 10}
    assert (await events(site)).count("refresh.replayed") == 1
    assert await alive(site) == 0


async def test_a_refresh_and_a_revocation_at_once_end_revoked(site: Site, visitor: Visitor, nodes: Nodes) -> None:
    for _ in range(5):
        issued = await tokens_for(visitor, nodes.of(0))
        refreshed, revoked = await asyncio.gather(
            nodes.of(0).refresh(issued["refresh_token"]), nodes.of(1).revoke(issued["refresh_token"])
        )
        assert (refreshed.status_code in {200, 400}, revoked.status_code) == (True, 200)
    assert await alive(site) == 0


async def test_an_assertion_presented_many_times_at_once_serves_once(site: Site, nodes: Nodes) -> None:
    service = await register(
        site,
        "agenda",
        scope="agenda.lecture",
        grant_types=("client_credentials",),
        response_types=(),
        redirect_uris=(),
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [{**KEY.public_members(), "kid": "k", "use": "sig"}]},
    )
    fronts = [replace(service, http=front.http) for front in nodes.fronts]
    proof = assertion_for(service, KEY)
    responses = await asyncio.gather(
        *(fronts[n % len(fronts)].token(grant_type="client_credentials", **proof) for n in range(20))
    )
    assert outcomes(responses) == {(200, None): 1, (401, "invalid_client"): 19}


async def test_a_journey_finished_many_times_at_once_gives_one_code(
    site: Site, visitor: Visitor, stranger: RelyingParty
) -> None:
    page = await sign_in(await visitor.open(stranger.start()))
    journey = page.address.partition("i=")[2]
    form = page.form("#consent")
    data = {name: values[0] for name, values in form.values.items()} | {"decision": "accept"}
    accepted = await visitor.client.post("/consentement", data=data, headers={"sec-fetch-site": "same-origin"})
    assert accepted.status_code == 303
    responses = await asyncio.gather(*(visitor.client.get(f"/authorize/suite?i={journey}") for _ in range(10)))
    sent_back = [each for each in responses if "cantine.exemple.fr" in each.headers.get("location", "")]
    assert len(sent_back) == 1
    assert (await events(site)).count("code.issued") == 1
    assert {each.status_code for each in responses} <= {303, 410}


async def test_a_consent_given_many_times_at_once_is_one_consent(
    site: Site, visitor: Visitor, stranger: RelyingParty
) -> None:
    page = await sign_in(await visitor.open(stranger.start()))
    pages = await asyncio.gather(*(accept(page) for _ in range(10)))
    assert sum("code" in each.returned for each in pages if each.outside) == 1
    assert all(each.outside or each.error_code == "interaction_expired" for each in pages)


async def test_two_sign_ins_at_once_both_arrive(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    pages = [await visitor.open(application.start(state=f"onglet {number}")) for number in range(2)]
    arrived = await asyncio.gather(*(sign_in(page) for page in pages))
    assert [page.returned["state"] for page in arrived] == ["onglet 0", "onglet 1"]
    assert "code" in (await visitor.open(application.start(prompt="none"))).returned


async def test_one_form_sent_twice_at_once_gives_one_code(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    page = await visitor.open(application.start())
    arrived = await asyncio.gather(sign_in(page), sign_in(page))
    codes = [each.returned["code"] for each in arrived if each.outside]
    assert 1 <= len(codes) <= 2
    assert len(codes) == (await events(site)).count("code.issued")
    assert "code" in (await visitor.open(application.start(prompt="none"))).returned


async def test_signing_in_again_many_times_at_once_leaves_every_answer_signed_in(database_url: str) -> None:
    settings = settings_for(database_url, hashing=replace(CHEAP, at_once=8))
    async with opened(settings) as site:
        await add_person(site.provider)
        application, visitor = await register(site), await site.visitor()
        await tokens_for(visitor, application)
        page = await visitor.open(application.start(prompt="login"))
        form = page.form("#signin").fill(identifier="camille.martin", password=PASSWORD)
        data = {name: values[0] for name, values in form.values.items()}
        cookies = httpx2.Cookies(visitor.client.cookies)
        alike = [await site.client() for _ in range(4)]
        for each in alike:
            each.cookies.update(cookies)
        headers = {"sec-fetch-site": "same-origin"}
        responses = await asyncio.gather(*(each.post("/connexion", data=data, headers=headers) for each in alike))
        for response in responses:
            browser = await site.visitor()
            browser.client.cookies.set("__Host-session", response.cookies["__Host-session"])
            assert "code" in (await browser.open(application.start(prompt="none"))).returned


async def test_of_twenty_wrong_passwords_at_once_five_are_compared(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    page = await visitor.open(application.start())
    form = page.form("#signin").fill(identifier="camille.martin", password="faux")
    pages = await asyncio.gather(*(Form(page, form.element, dict(form.values)).submit() for _ in range(20)))
    assert Counter(each.status for each in pages) == {422: 5, 429: 15}
