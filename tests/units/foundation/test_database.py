"""The bridge between coroutines and steps, on both engines: what is committed, what is not, and how a fault is told."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from idp.foundation.database import Database, PoolLimits, open_database
from idp.foundation.errors import BadRequest, TooManyAttempts, Unavailable
from idp.foundation.limits import attempts
from idp.foundation.texts import text as said
from tests.support import engines


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url, PoolLimits(size=2, wait_seconds=0.5))
    yield opened
    await opened.close()


def write(connection: Connection, key: str) -> str:
    row = {"key_digest": key, "count": 0, "window_at": 0, "blocked_until_at": 0, "expires_at": 0}
    connection.execute(insert(attempts), row)
    return key


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(attempts)).scalar_one()


async def test_what_a_step_writes_is_there_when_it_has_answered(database: Database) -> None:
    assert await database.transaction(write, "a") == "a"
    assert await database.read(count) == 1


async def test_an_exception_undoes_everything(database: Database) -> None:
    def fail(connection: Connection) -> None:
        write(connection, "a")
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        await database.transaction(fail)
    assert await database.read(count) == 0


async def test_a_refusal_undoes_everything(database: Database) -> None:
    def refuse(connection: Connection) -> None:
        write(connection, "a")
        raise BadRequest("refused", said("Non."))

    with pytest.raises(BadRequest):
        await database.transaction(refuse)
    assert await database.read(count) == 0


async def test_a_refusal_that_keeps_what_was_written_keeps_it(database: Database) -> None:
    def refuse(connection: Connection) -> None:
        write(connection, "a")
        raise TooManyAttempts("too_many", said("Trop."), retry_after=5)

    with pytest.raises(TooManyAttempts):
        await database.transaction(refuse)
    assert await database.read(count) == 1


async def test_a_step_of_one_statement_needs_no_transaction_around_it(database: Database) -> None:
    def refuse(connection: Connection) -> None:
        write(connection, "b")
        raise TooManyAttempts("too_many", said("Trop."), retry_after=5)

    assert await database.alone(write, "a") == "a"
    with pytest.raises(TooManyAttempts):
        await database.alone(refuse)
    assert await database.read(count) == 2


async def test_a_transaction_that_lost_a_race_is_run_again_then_given_up() -> None:
    tries = 0

    def lose(connection: Connection) -> None:
        nonlocal tries
        tries += 1
        connection.execute(text("DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$"))

    def lose_once(connection: Connection) -> str:
        if tries < 1:
            lose(connection)
        return "won"

    database = open_database(engines.worker_database())
    assert await database.transaction(lose_once) == "won"
    tries = 0
    with pytest.raises(Unavailable):
        await database.transaction(lose)
    assert tries == 3
    await database.close()


async def test_a_mistake_of_ours_is_not_taken_for_a_fault_of_the_database(database: Database) -> None:
    def misspell(connection: Connection) -> None:
        connection.execute(text("SELEC 1"))

    for run in (database.transaction, database.read):
        with pytest.raises(DBAPIError):
            await run(misspell)
    await database.transaction(write, "a")


async def test_the_same_row_twice_is_refused_and_the_connection_still_serves(database: Database) -> None:
    await database.transaction(write, "a")
    with pytest.raises(DBAPIError):
        await database.transaction(write, "a")
    assert await database.read(count) == 1


async def test_steps_of_many_requests_all_end(database: Database) -> None:
    await asyncio.gather(*(database.transaction(write, f"key {number}") for number in range(50)))
    assert await database.read(count) == 50


async def test_one_counter_raised_by_many_at_once_loses_nothing(database: Database) -> None:
    await database.transaction(write, "a")

    def raise_it(connection: Connection) -> None:
        connection.execute(text("UPDATE attempts SET count = count + 1 WHERE key_digest = 'a'"))

    await asyncio.gather(*(database.transaction(raise_it) for _ in range(20)))

    def read(connection: Connection) -> int:
        return int(connection.execute(select(attempts.c.count)).scalar_one())

    assert await database.read(read) == 20


# PostgreSQL's own ways of being away


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[Database]:
    """A database that answers this to whoever connects; None: nothing at all."""
    waiting: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting.append(writer)
        if answer is None:
            return
        (length,) = struct.unpack("!i", await reader.readexactly(4))
        if (await reader.readexactly(length - 4))[:4] == struct.pack("!i", 80_877_103):  # SSLRequest
            writer.write(b"N")
            (length,) = struct.unpack("!i", await reader.readexactly(4))
            await reader.readexactly(length - 4)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    database = open_database(f"postgresql://idp@127.0.0.1:{port}/idp", PoolLimits(wait_seconds=0.3))
    try:
        yield database
    finally:
        await database.close()
        server.close()
        for writer in waiting:
            writer.close()


def refusal(code: str) -> bytes:
    """What PostgreSQL says when it will not serve (protocol, section 55.7)."""
    fields = b"".join(part + b"\0" for part in (b"SFATAL", b"VFATAL", b"C" + code.encode(), b"Mno")) + b"\0"
    return b"E" + struct.pack("!i", len(fields) + 4) + fields


AWAY = {
    "starting or stopping": refusal("57P03"),
    "stopped by an administrator": refusal("57P01"),
    "too many connections": refusal("53300"),
    "a disk that is full": refusal("53100"),
    "read only since a failover": refusal("25006"),
    "not a database": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "closed at once": b"",
    "silent": None,
}


@pytest.mark.parametrize("answer", AWAY.values(), ids=AWAY.keys())
async def test_a_database_that_cannot_serve_is_told_as_such(answer: bytes | None) -> None:
    async with answering(answer) as database:
        for run in (database.transaction, database.read):
            with pytest.raises(Unavailable) as refused:
                await run(count)
            assert refused.value.retry_after > 0


@pytest.mark.parametrize("code", ["28P01", "3D000"], ids=["wrong password", "no such database"])
async def test_a_database_that_will_never_serve_is_not_waited_for(code: str) -> None:
    async with answering(refusal(code)) as database:
        with pytest.raises(DBAPIError):
            await database.transaction(count)


async def test_nobody_listening_is_told_as_such() -> None:
    database = open_database("postgresql://idp@127.0.0.1:1/idp", PoolLimits(wait_seconds=0.3))
    with pytest.raises(Unavailable):
        await database.transaction(count)
    await database.close()


async def test_all_connections_taken_are_waited_for_only_so_long() -> None:
    database = open_database(engines.worker_database(), PoolLimits(size=1, wait_seconds=0.2))

    def hold(connection: Connection) -> None:
        connection.execute(text("SELECT pg_sleep(1)"))

    holding = asyncio.create_task(database.transaction(hold))
    await asyncio.sleep(0.1)
    with pytest.raises(Unavailable):
        await database.read(count)
    await holding
    assert await database.read(count) == 0
    await database.close()


async def test_a_request_that_is_given_up_leaves_its_connection_to_the_next() -> None:
    database = open_database(engines.worker_database(), PoolLimits(size=1, wait_seconds=1.0))

    def wait(connection: Connection) -> None:
        connection.execute(text("SELECT pg_sleep(10)"))

    given_up = asyncio.create_task(database.transaction(wait))
    await asyncio.sleep(0.2)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert await database.read(count) == 0
    await database.close()
