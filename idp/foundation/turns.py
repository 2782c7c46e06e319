"""Whose turn it is: a periodic job runs in one process of several, whichever asks first when it is due.

There is no leader to elect or to lose. A process that dies in the middle of its turn is followed by the next one.
"""

from collections.abc import Callable

from sqlalchemy import BigInteger, Column, Connection, Executable, String, Table, bindparam, select

from idp.foundation.database import Insert, PerDialect, metadata

turns = Table(
    "turns",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("taken_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
)


def _take(insert: Callable[[Table], Insert]) -> Executable:
    first = insert(turns).values(name=bindparam("job"), taken_at=bindparam("now"), due_at=bindparam("next"))
    return first.on_conflict_do_update(
        index_elements=[turns.c.name],
        set_={"taken_at": first.excluded.taken_at, "due_at": first.excluded.due_at},
        where=turns.c.due_at <= bindparam("now"),
    ).returning(turns.c.name)


_TAKE = PerDialect(_take)
_DUE = select(turns.c.due_at).where(turns.c.name == bindparam("job"))


def take(connection: Connection, job: str, every_seconds: int, now: int) -> bool:
    """Whether it is for the caller to do the job now; nobody else is then told so for `every_seconds`."""
    asked = {"job": job, "now": now, "next": now + every_seconds}
    return connection.execute(_TAKE.on(connection), asked).first() is not None


def is_due(connection: Connection, job: str, now: int) -> bool:
    """Whether it is time for the job, without taking the turn: what is asked often, and writes nothing."""
    due_at = connection.execute(_DUE, {"job": job}).scalar()
    return due_at is None or int(due_at) <= now
