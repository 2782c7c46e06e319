"""What is expired stays a while, then goes: the rows of requests that were never finished, proofs that have ended."""

from typing import Any

import pytest
from sqlalchemy import Connection, Table, func, insert, select

from idp import jobs
from idp.oidc.tables import device_requests, pushed_requests
from idp.people import consents, store
from idp.people.consents import Given, Kind
from idp.sessions import closing
from tests.support.people import add_person
from tests.support.provider import NOW, Site

DAY = 86_400
PUSHED = {"id": "a", "reference_digest": "r", "client_id": "portail", "request": {}, "expires_at": NOW}
DEVICE = {
    "id": "a",
    "device_code_digest": "d",
    "user_code_digest": "u",
    "user_code": "BCDFGHJK",
    "client_id": "portail",
    "scope": "openid",
    "expires_at": NOW,
}


def _write(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    connection.execute(insert(table), row)


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize(
    ("table", "row"),
    [pytest.param(pushed_requests, PUSHED, id="pushed"), pytest.param(device_requests, DEVICE, id="device")],
)
async def test_a_request_is_forgotten_a_day_after_it_died(site: Site, table: Table, row: dict[str, Any]) -> None:
    database = site.provider.database
    await database.transaction(_write, table, row)
    site.clock.advance(DAY - 1)
    await jobs.run_once(site.provider)
    assert await database.read(_count, table) == 1
    site.clock.advance(1)
    await jobs.run_once(site.provider)
    assert await database.read(_count, table) == 0


async def test_the_proof_of_an_agreement_goes_five_years_after_its_end(site: Site) -> None:
    database, randomness = site.provider.database, site.provider.randomness
    person_id = await add_person(site.provider)
    for kind in (Kind.LIST_EMAIL, Kind.LIST_SMS):
        await database.transaction(consents.agree, person_id, Given(kind, "1", "inscription"), randomness, NOW)
    await database.transaction(consents.withdraw, person_id, Kind.LIST_SMS, NOW)
    await database.transaction(store.touch_signed_in, person_id, NOW + 1825 * DAY)
    site.clock.advance(1825 * DAY - 1)
    await jobs.run_once(site.provider)
    assert len(await database.read(consents.agreements_of, person_id)) == 2
    site.clock.advance(1)
    await jobs.run_once(site.provider)
    (left,) = await database.read(consents.agreements_of, person_id)
    assert (left.kind, left.stands) == (Kind.LIST_EMAIL, True)


async def test_what_is_left_of_an_erased_account_goes_with_its_proofs(site: Site) -> None:
    database = site.provider.database
    person_id = await add_person(site.provider)
    await database.transaction(closing.erase, person_id, NOW)
    site.clock.advance(1825 * DAY - 1)
    await jobs.run_once(site.provider)
    assert await database.read(store.find, person_id) is not None
    site.clock.advance(1)
    await jobs.run_once(site.provider)
    assert await database.read(store.find, person_id) is None
