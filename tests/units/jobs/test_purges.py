"""What is expired stays a while, then goes: the rows of requests that were never finished."""

from typing import Any

import pytest
from sqlalchemy import Connection, Table, func, insert, select

from idp import jobs
from idp.oidc.tables import device_requests, pushed_requests
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
