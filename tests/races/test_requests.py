"""Asked beforehand and served once, many times at once: devices (RFC 8628), pushed requests (RFC 9126)."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from idp.oidc.tables import grants
from tests.protocol.test_device import GRANT, begin, enter
from tests.protocol.test_request_objects import push
from tests.support.provider import Site
from tests.support.records import events
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import sign_in
from tests.support.visitor import Visitor


@pytest.fixture
async def television(site: Site, person: str) -> RelyingParty:
    """An application on a device without a keyboard."""
    return await register(site, "television", grant_types=(GRANT, "refresh_token"), response_types=(), redirect_uris=())


def _count_grants(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(grants)).scalar_one()


async def test_a_device_that_asks_many_times_at_once_receives_tokens_once(
    site: Site, television: RelyingParty, visitor: Visitor
) -> None:
    codes = await begin(television)
    await (await enter(visitor, codes)).form("#consent").submit("#consent-accept")
    asked = (television.token(grant_type=GRANT, device_code=codes["device_code"]) for _ in range(20))
    answers = await asyncio.gather(*asked)
    told = Counter((answer.status_code, answer.json().get("error")) for answer in answers)
    assert told == {(200, None): 1, (400, "invalid_grant"): 19}
    assert (await events(site)).count("token.issued") == 1


async def test_a_device_accepted_and_refused_many_times_at_once_has_one_answer(
    site: Site, television: RelyingParty, visitor: Visitor
) -> None:
    codes = await begin(television)
    page = await enter(visitor, codes)
    pages = await asyncio.gather(
        *(page.form("#consent").submit("#consent-accept" if turn % 2 else "#consent-deny") for turn in range(10))
    )
    assert Counter(each.error_code for each in pages) == {None: 1, "device_request_expired": 9}
    recorded = Counter(await events(site))
    accepted = recorded["device.accepted"]
    assert accepted + recorded["device.refused"] == 1
    answer = await television.token(grant_type=GRANT, device_code=codes["device_code"])
    assert answer.status_code == (200 if accepted else 400)
    assert await site.provider.database.read(_count_grants) == accepted


async def test_a_pushed_request_answered_many_times_at_once_gives_one_code(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    await sign_in(await visitor.open("/mon-compte"))
    reference = (await push(application)).json()["request_uri"]
    sent: dict[str, Any] = {"client_id": application.client.client_id, "request_uri": reference}
    answers = await asyncio.gather(*(visitor.client.get("/authorize", params=sent) for _ in range(10)))
    codes = [answer for answer in answers if "code=" in answer.headers.get("location", "")]
    assert len(codes) == 1
    assert all(answer.status_code < 500 for answer in answers)
    assert (await events(site)).count("code.issued") == 1
    assert await site.provider.database.read(_count_grants) == 1
