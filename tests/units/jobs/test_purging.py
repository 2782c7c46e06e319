"""Deleting what has had its day, in batches."""

import pytest
from sqlalchemy import Connection, insert, select

from idp.foundation import purging
from idp.foundation.limits import attempts
from idp.oidc.tables import assertions

NOW = 1_790_000_000


@pytest.fixture
def by_expiry(connection: Connection) -> Connection:
    rows = [
        {"key_digest": str(number), "count": 1, "window_at": 0, "blocked_until_at": 0, "expires_at": NOW + number}
        for number in range(-2, 3)
    ]
    connection.execute(insert(attempts), rows)
    return connection


def test_rows_go_when_their_time_has_come_and_not_before(by_expiry: Connection) -> None:
    assert purging.purge(by_expiry, purging.older(attempts, attempts.c.expires_at), NOW) == 3
    assert set(by_expiry.execute(select(attempts.c.expires_at)).scalars()) == {NOW + 1, NOW + 2}


def test_a_batch_is_bounded(connection: Connection) -> None:
    rows = [{"client_id": "app", "jti_digest": str(number), "expires_at": NOW} for number in range(purging.BATCH + 7)]
    connection.execute(insert(assertions), rows)
    statement = purging.older(assertions, assertions.c.expires_at)

    assert [purging.purge(connection, statement, NOW) for _ in range(3)] == [purging.BATCH, 7, 0]
