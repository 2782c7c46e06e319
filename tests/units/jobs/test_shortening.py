"""Network addresses stay exact for six months, then only their network is kept."""

from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from idp import jobs
from idp.foundation import shortening
from idp.foundation.audit import Event, audit, record
from idp.foundation.shortening import network_of
from idp.sessions import store as sessions
from idp.sessions.session import Authentication, Origin
from idp.sessions.tables import sessions as rows_of_sessions
from tests.support.people import add_person
from tests.support.provider import NOW, Site

DAY = 86_400
JOB = "shorten addresses"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_an_address_is_cut_to_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def _write(connection: Connection, lines: list[tuple[int, str | None]]) -> None:
    for at, address in lines:
        record(connection, Event.SIGNED_IN, at=at, address=address)


def _addresses(connection: Connection) -> list[str | None]:
    lines = select(audit.c.address).where(audit.c.event == "signed_in").order_by(audit.c.id)
    return list(connection.execute(lines).scalars())


async def test_the_audit_forgets_addresses_after_six_months_and_keeps_its_lines(site: Site) -> None:
    database = site.provider.database
    written = [(NOW, "192.0.2.77"), (NOW, None), (NOW + 1, "2001:db8:1:2::3"), (NOW + DAY, "198.51.100.9")]
    await database.transaction(_write, written)
    site.clock.advance(182 * DAY - 1)
    assert (await jobs.run_once(site.provider))[JOB] == 0
    site.clock.advance(2)
    assert (await jobs.run_once(site.provider))[JOB] == 2
    assert await database.read(_addresses) == ["192.0.2.0/24", None, "2001:db8:1::/48", "198.51.100.9"]
    site.clock.advance(DAY)
    assert (await jobs.run_once(site.provider))[JOB] == 1
    assert (await database.read(_addresses))[-1] == "198.51.100.0/24"


async def test_what_is_no_address_is_dropped_and_not_looked_at_again(site: Site) -> None:
    await site.provider.database.transaction(_write, [(NOW, "a proxy")])
    site.clock.advance(182 * DAY)
    assert (await jobs.run_once(site.provider))[JOB] == 1
    assert await site.provider.database.read(_addresses) == [""]


async def test_one_batch_after_another(site: Site) -> None:
    rows: list[dict[str, Any]] = [
        {"at": NOW + number % 3, "event": "signed_in", "address": f"192.0.{number % 250}.77"}
        for number in range(2 * shortening.BATCH + 7)
    ]
    await site.provider.database.transaction(lambda connection: connection.execute(insert(audit), rows))
    site.clock.advance(183 * DAY)
    assert (await jobs.run_once(site.provider))[JOB] == len(rows)
    assert {address.rpartition(".")[2] for address in await site.provider.database.read(_addresses) if address} == {
        "0/24"
    }


async def test_a_session_forgets_its_address_six_months_after_its_end(site: Site) -> None:
    person_id = await add_person(site.provider)
    provider = site.provider
    authentication = Authentication(person_id, NOW, ("pwd",))
    opening = (authentication, Origin("192.0.2.77", "Firefox"), provider.settings.lifetimes, provider.randomness)
    await provider.database.transaction(sessions.open_session, *opening)

    def held(connection: Connection) -> list[str]:
        return list(connection.execute(select(rows_of_sessions.c.address)).scalars())

    site.clock.advance(182 * DAY)
    await jobs.run_once(provider)
    assert await provider.database.read(held) == ["192.0.2.77"], "it lived twelve hours"
    site.clock.advance(DAY // 2)
    await jobs.run_once(provider)
    assert await provider.database.read(held) == ["192.0.2.0/24"]
