"""How often something may be tried. Counted in the database, so that every process shares one count.

A `Limit` allows so many in a window. A `Delay` lets a few failures pass, then makes each next one wait longer, up to a
cap: it slows an attacker down and can never lock a person out (CNIL, délibération 2022-100; ANSSI-PG-078 R10). Both
count before the costly act, under the row's lock, so that parallel attempts cannot slip past.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Executable,
    Integer,
    String,
    Table,
    bindparam,
    case,
    delete,
    select,
    update,
)

from idp.foundation.database import Insert, PerDialect, metadata

attempts = Table(
    "attempts",
    metadata,
    Column("key_digest", String(128), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("window_at", BigInteger, nullable=False),
    Column("blocked_until_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `allowed` in `per_seconds` seconds."""

    name: str
    allowed: int
    per_seconds: int


@dataclass(frozen=True, slots=True)
class Delay:
    """`free` failures at once, then a wait of `first_seconds` that doubles at each failure up to `cap_seconds`."""

    name: str
    free: int
    first_seconds: int
    cap_seconds: int
    forget_after_seconds: int = 86_400

    def wait_after(self, failures: int) -> int:
        """Seconds to wait once that many attempts have failed in a row."""
        if failures < self.free:
            return 0
        return int(min(self.first_seconds << min(failures - self.free, 32), self.cap_seconds))


def _locked_row(insert: Callable[[Table], Insert]) -> Executable:
    created = insert(attempts).values(
        key_digest=bindparam("key"),
        count=0,
        window_at=bindparam("now"),
        blocked_until_at=0,
        expires_at=bindparam("now"),
    )
    return created.on_conflict_do_update(
        index_elements=[attempts.c.key_digest], set_={"key_digest": created.excluded.key_digest}
    ).returning(attempts.c.count, attempts.c.window_at, attempts.c.blocked_until_at)


def _counted(insert: Callable[[Table], Insert]) -> Executable:
    now, ends = bindparam("now", type_=BigInteger), bindparam("ends", type_=BigInteger)
    first = insert(attempts).values(
        key_digest=bindparam("key"), count=1, window_at=now, blocked_until_at=0, expires_at=ends
    )
    over = attempts.c.expires_at <= now
    return first.on_conflict_do_update(
        index_elements=[attempts.c.key_digest],
        set_={
            "count": case((over, 1), else_=attempts.c.count + 1),
            "window_at": case((over, now), else_=attempts.c.window_at),
            "expires_at": case((over, ends), else_=attempts.c.expires_at),
        },
    ).returning(attempts.c.count, attempts.c.expires_at)


def _first(insert: Callable[[Table], Insert]) -> Executable:
    return insert(attempts).on_conflict_do_nothing(index_elements=[attempts.c.key_digest])


_COUNT = PerDialect(_counted)
_FIRST = PerDialect(_first)
_LOCK = PerDialect(_locked_row)
_WRITE = (
    update(attempts)
    .where(attempts.c.key_digest == bindparam("key"))
    .values(
        count=bindparam("new_count"),
        window_at=bindparam("new_window_at"),
        blocked_until_at=bindparam("new_blocked_until_at"),
        expires_at=bindparam("new_expires_at"),
    )
)
_PEEK = select(attempts.c.blocked_until_at).where(attempts.c.key_digest == bindparam("key"))
_CLEAR = delete(attempts).where(attempts.c.key_digest == bindparam("key"))


def take(connection: Connection, limit: Limit, key_digest: str, now: int) -> int:
    """Count one use: 0 when it is allowed, else the seconds until it would be. `key_digest` comes from the pepper."""
    values = {"key": f"{limit.name}:{key_digest}", "now": now, "ends": now + limit.per_seconds}
    count, ends_at = connection.execute(_COUNT.on(connection), values).one()
    return 0 if count <= limit.allowed else max(1, int(ends_at) - now)


def reserve(connection: Connection, delay: Delay, key_digest: str, now: int) -> int:
    """Count one attempt as failed until `clear` says otherwise: 0 to go on, else the seconds to wait first."""
    key = f"{delay.name}:{key_digest}"
    if _is_first(connection, delay, key, now):
        return 0
    count, last_at, blocked_until_at = connection.execute(_LOCK.on(connection), {"key": key, "now": now}).one()
    if blocked_until_at > now:
        return int(blocked_until_at) - now
    failures = 1 if now - last_at >= delay.forget_after_seconds else int(count) + 1
    connection.execute(
        _WRITE,
        {
            "key": key,
            "new_count": failures,
            "new_window_at": now,
            "new_blocked_until_at": now + delay.wait_after(failures),
            "new_expires_at": now + delay.forget_after_seconds,
        },
    )
    return 0


def _is_first(connection: Connection, delay: Delay, key: str, now: int) -> bool:
    """Count the attempt when nothing is held against its author: what most people cost is one statement."""
    row = {
        "key_digest": key,
        "count": 1,
        "window_at": now,
        "blocked_until_at": now + delay.wait_after(1),
        "expires_at": now + delay.forget_after_seconds,
    }
    return connection.execute(_FIRST.on(connection), row).rowcount > 0


def waiting(connection: Connection, delay: Delay, key_digest: str, now: int) -> int:
    """Seconds still to wait before the next attempt, without counting one."""
    until = connection.execute(_PEEK, {"key": f"{delay.name}:{key_digest}"}).scalar()
    return max(0, int(until or 0) - now)


def clear(connection: Connection, delay: Delay, key_digest: str) -> None:
    """The attempt succeeded: forget the failures before it."""
    connection.execute(_CLEAR, {"key": f"{delay.name}:{key_digest}"})
