"""What the machine and the database are asked to give: judged at start, since nothing works without."""

from collections.abc import Iterator

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from idp.foundation.database import PoolLimits
from idp.foundation.hashing import HashCost
from idp.foundation.settings import Settings

LEAST_MEMORY_KIB = 8
"""Argon2 works on at least eight blocks of a kibibyte for each lane (RFC 9106 section 3.1)."""


def refusals(settings: Settings) -> Iterator[str]:
    """What cannot be given, each a sentence that begins with the key; the address may hold a password, so not it."""
    yield from _database(settings.database_url)
    yield from _pool(settings.pool)
    yield from _hashing(settings.hashing)


def _database(address: str) -> Iterator[str]:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        yield "database_url: not an address"
        return
    if url.drivername not in {"sqlite", "postgresql"}:
        yield "database_url: must begin with sqlite:/// or postgresql://"
    elif url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
        yield "database_url: name a file, as in sqlite:////var/lib/idp/idp.db; what is in memory is lost"


def _pool(pool: PoolLimits) -> Iterator[str]:
    if pool.size <= 0:
        yield "pool.size: must be positive"
    if pool.overflow < 0:
        yield "pool.overflow: must not be negative"
    for name in ("wait_seconds", "statement_seconds"):
        if not 0 < getattr(pool, name) < float("inf"):
            yield f"pool.{name}: must be a positive time"


def _hashing(cost: HashCost) -> Iterator[str]:
    if cost.memory_kib < LEAST_MEMORY_KIB:
        yield f"hashing.memory_kib: at least {LEAST_MEMORY_KIB}"
    for name in ("passes", "at_once"):
        if getattr(cost, name) <= 0:
            yield f"hashing.{name}: must be positive"
    if cost.waiting < 0:
        yield "hashing.waiting: must not be negative"
