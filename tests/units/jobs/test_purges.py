"""What is expired stays a while, then goes: the rows of requests that were never finished, proofs that have ended."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Table, func, insert, select

from idp import jobs
from idp.foundation.purging import BATCH
from idp.interactions.tables import interactions
from idp.messages.tables import outbox
from idp.oidc.tables import device_requests, pushed_requests
from idp.people import consents, store
from idp.people.consents import Given, Kind
from idp.people.tables import people
from idp.sessions import closing
from idp.sessions.tables import departures
from idp.upstream.tables import attempts as upstream_attempts
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


def _write_all(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    connection.execute(insert(table), rows)


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


JOURNEY = {
    "reason": "account",
    "browser_digest": "b",
    "target": "/mon-compte",
    "denied": False,
    "created_at": NOW,
    "expires_at": NOW,
}
ATTEMPT = {
    "provider": "franceconnect",
    "interaction_id": "i",
    "browser_digest": "b",
    "nonce_digest": "n",
    "created_at": NOW,
    "expires_at": NOW,
}
DEPARTURE = {
    "provider": "franceconnect",
    "browser_digest": "b",
    "sealed_id_token": "s",
    "target": "/",
    "created_at": NOW,
}
WAITING = {
    "profile": "citoyen",
    "state": "pending",
    "given_names": "Zoé",
    "birth_name": "Martin",
    "locale": "fr",
    "cutoff_at": 0,
    "created_at": NOW,
    "updated_at": NOW,
}
SENT = {
    "channel": "sms",
    "purpose": "activation",
    "recipient": "",
    "body": "",
    "created_at": NOW,
    "expires_at": NOW,
    "attempts": 1,
    "leased_until_at": 0,
}


@pytest.mark.parametrize(
    ("table", "key", "row"),
    [
        pytest.param(interactions, "id", JOURNEY, id="journeys"),
        pytest.param(upstream_attempts, "state_digest", ATTEMPT, id="sign-ins elsewhere"),
        pytest.param(departures, "ticket_digest", DEPARTURE, id="sign-outs elsewhere"),
        pytest.param(people, "id", WAITING, id="accounts never activated"),
        pytest.param(outbox, "id", SENT, id="messages"),
    ],
)
async def test_a_backlog_goes_in_one_turn_by_transactions_that_are_short(
    site: Site, table: Table, key: str, row: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = site.provider.database
    backlog = [{**row, key: str(number)} for number in range(2 * BATCH + 1)]
    await database.transaction(_write_all, table, backlog)
    left, transaction = [2 * BATCH + 1], database.transaction

    async def watched(step: Callable[..., int], *args: Any) -> int:
        forgotten = await transaction(step, *args)
        if (now_left := await database.read(_count, table)) != left[-1]:
            left.append(now_left)
        return forgotten

    monkeypatch.setattr(database, "transaction", watched)
    site.clock.advance(40 * DAY)
    (sweep,) = [job for job in jobs.JOBS if job.name == "forget what is over"]
    await sweep.act(site.provider, {})
    assert left == [2 * BATCH + 1, BATCH + 1, 1, 0]
