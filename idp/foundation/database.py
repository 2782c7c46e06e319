"""The one bridge between functions that wait and steps of a transaction. The only module that knows the engine.

`await database.transaction(step, ...)` runs `step(connection, ...)` and commits what it wrote. On PostgreSQL the step
runs on an asyncpg connection through `run_sync`; on SQLite on one synchronous connection, in the event loop's thread,
so that steps never interleave. Why, with figures: docs/decisions/0001 and 0002.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Executable, MetaData, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, registry, sqlite
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import greenlet_spawn

from idp.foundation.errors import Problem, Unavailable
from idp.foundation.texts import text

P = ParamSpec("P")
T = TypeVar("T")

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)
"""Every table of `idp`. `keys` and `clients` declare their own."""

_RETRY_AFTER_SECONDS = 2
_TRIES = 3
_LOST_A_RACE = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock (PostgreSQL, appendix A): the whole transaction may be run again."""


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How many PostgreSQL connections a process may hold, how long a request waits for one and for one statement."""

    size: int = 10
    overflow: int = 0
    wait_seconds: float = 2.0
    statement_seconds: float = 10.0


Insert = sqlite.Insert | postgresql.Insert


class PerDialect:
    """A statement with `INSERT ... ON CONFLICT`, built for both engines by the same code."""

    def __init__(self, build: Callable[[Callable[[Table], Insert]], Executable]) -> None:
        self._statements = {"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)}

    def on(self, connection: Connection) -> Executable:
        """The statement for the engine of this connection."""
        return self._statements[connection.dialect.name]


class _Engine(Protocol):
    async def run(self, step: Callable[[Connection], T], /) -> T: ...

    async def run_reading(self, step: Callable[[Connection], T], /) -> T: ...

    async def close(self) -> None: ...


class Database:
    """A database of either kind, reached only through `transaction` and `read`."""

    def __init__(self, engine: _Engine) -> None:
        self._engine = engine

    async def transaction(
        self, step: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a step in a transaction of its own and commit.

        An exception rolls everything back, unless it is a `Problem` whose `keeps_writes` is true: a replayed code is
        refused *and* its tokens stay revoked. Raises `Unavailable` when the database does not answer.
        """
        return await self._settle(self._engine.run, lambda connection: step(connection, *args, **kwargs))

    async def alone(self, step: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a step that writes by one statement, which is its own transaction: two exchanges fewer with PostgreSQL.

        A second statement would be another transaction. Otherwise as `transaction`.
        """
        return await self._settle(self._engine.run_reading, lambda connection: step(connection, *args, **kwargs))

    async def _settle(
        self, run: Callable[[Callable[[Connection], Any]], Awaitable[Any]], step: Callable[[Connection], T]
    ) -> T:
        def settled(connection: Connection) -> tuple[T, None] | tuple[None, Problem]:
            try:
                return step(connection), None
            except Problem as problem:
                if problem.keeps_writes:
                    return None, problem
                raise

        for tries_left in reversed(range(_TRIES)):
            try:
                result, problem = await run(settled)
            except (DBAPIError, PoolTimeoutError, OSError) as error:
                if tries_left and _lost_a_race(error):
                    continue
                raise _told(error) from error
            if problem is not None:
                raise problem
            return result  # type: ignore[no-any-return]
        raise AssertionError("the last try returns or raises")

    async def read(self, step: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a step that only reads, without the cost of a transaction. Raises `Unavailable` as above."""
        try:
            return await self._engine.run_reading(lambda connection: step(connection, *args, **kwargs))
        except (DBAPIError, PoolTimeoutError, OSError) as error:
            raise _told(error) from error

    async def close(self) -> None:
        await self._engine.close()


def open_database(url: str, limits: PoolLimits | None = None) -> Database:
    """A database from `sqlite:///path` or `postgresql://user@host/name`. Connects at the first use."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return Database(_Sqlite(sqlite_engine(url)))
    limits = limits or PoolLimits()
    engine = create_async_engine(
        parsed.set(drivername="postgresql+asyncpg"),
        pool_size=limits.size,
        max_overflow=limits.overflow,
        pool_timeout=limits.wait_seconds,
        hide_parameters=True,
        connect_args={"timeout": limits.wait_seconds, "command_timeout": limits.statement_seconds},
    )
    return Database(_Postgres(engine))


def sqlite_engine(url: str) -> Engine:
    """One synchronous connection with the settings our promises rest on (durable, immediate, foreign keys)."""
    engine = create_engine(
        make_url(url).set(drivername="sqlite+immediate"),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 2.0},
    )

    def configure(driver: Any, _record: object) -> None:
        driver.isolation_level = None  # transactions are begun below, not guessed by the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            driver.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", configure)
    return engine


class ImmediateDialect(SQLiteDialect_pysqlite):
    """SQLite whose transactions hold the write lock from their first statement.

    One begun by a read cannot be upgraded while another process writes: it would fail at once, whatever the timeout.
    """

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        dbapi_connection.execute("BEGIN IMMEDIATE")


registry.register("sqlite.immediate", __name__, ImmediateDialect.__name__)


class _Sqlite:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def run(self, step: Callable[[Connection], T], /) -> T:
        with self._engine.begin() as connection:
            return step(connection)

    run_reading = run

    async def close(self) -> None:
        self._engine.dispose()


class _Postgres:
    """A whole transaction runs in one greenlet, checkout and commit included: 70 µs less than one for each of them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def run(self, step: Callable[[Connection], T], /) -> T:
        def whole() -> T:
            with self._engine.sync_engine.begin() as connection:
                return step(connection)

        return await greenlet_spawn(whole)

    async def run_reading(self, step: Callable[[Connection], T], /) -> T:
        def whole() -> T:
            with self._engine.sync_engine.connect() as connection:
                # asked of the connection: an engine that always asks it calls its listeners at each statement, 20 µs
                return step(connection.execution_options(isolation_level="AUTOCOMMIT"))

        return await greenlet_spawn(whole)

    async def close(self) -> None:
        await self._engine.dispose()


def _sqlstate(error: BaseException) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def _lost_a_race(error: BaseException) -> bool:
    return _sqlstate(error) in _LOST_A_RACE


def _told(error: Exception) -> Exception:
    """`Unavailable` when the database cannot answer now; the error itself when it answered and we were wrong."""
    gone = isinstance(error, PoolTimeoutError | OSError | OperationalError)
    if isinstance(error, DBAPIError):
        # SQLite gives the same class to a statement it does not understand
        gone = gone and getattr(error.orig, "sqlite_errorname", "") != "SQLITE_ERROR"
        # classes 08 connection, 53 resources, 57 operator intervention; 25006 a standby (PostgreSQL, appendix A)
        state = _sqlstate(error)
        gone = gone or error.connection_invalidated or state[:2] in {"08", "53", "57"} or state == "25006"
        gone = gone or _lost_a_race(error)
    if not gone:
        return error
    return Unavailable(
        "database_unavailable",
        text("Le service est momentanément indisponible. Réessayez dans quelques instants."),
        retry_after=_RETRY_AFTER_SECONDS,
        cause=f"{type(error).__name__}: {str(error)[:200]}",
    )
