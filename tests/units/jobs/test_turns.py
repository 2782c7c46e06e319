"""Periodic work done by one process of several."""

import asyncio

from sqlalchemy import Connection

from idp.foundation import turns
from idp.foundation.database import open_database

NOW = 1_790_000_000


def test_the_first_to_ask_takes_the_turn(connection: Connection) -> None:
    assert turns.is_due(connection, "sweep", NOW)
    assert turns.take(connection, "sweep", 60, NOW)
    assert not turns.take(connection, "sweep", 60, NOW)
    assert not turns.is_due(connection, "sweep", NOW + 59)


def test_a_turn_comes_again_at_its_period_and_not_before(connection: Connection) -> None:
    turns.take(connection, "sweep", 60, NOW)
    assert not turns.take(connection, "sweep", 60, NOW + 59)
    assert turns.is_due(connection, "sweep", NOW + 60)
    assert turns.take(connection, "sweep", 60, NOW + 60)


def test_each_job_has_turns_of_its_own(connection: Connection) -> None:
    assert turns.take(connection, "sweep", 60, NOW)
    assert turns.take(connection, "rinse", 60, NOW)


async def test_of_several_processes_that_ask_at_once_one_takes_the_turn(database_url: str) -> None:
    databases = [open_database(database_url) for _ in range(2)]
    try:
        for now in (NOW, NOW + 60, NOW + 120):
            taken = await asyncio.gather(
                *(databases[index % 2].transaction(turns.take, "sweep", 60, now) for index in range(12))
            )
            assert taken.count(True) == 1
    finally:
        for database in databases:
            await database.close()
