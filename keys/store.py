"""The key ring in the database. Private keys are sealed; a withdrawn key keeps its row and loses its private half.

Two processes that change the ring at once give one result: a change is stored only while the ring is still at the
version it was computed from, by one guarded UPDATE in the same transaction as the keys. So a key can be made (an RSA
key takes long) outside any transaction, between ``load`` and ``save``.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from keys import rotation
from keys.jwk import Jwk
from keys.ring import ALGORITHMS_HELD, Key, KeyRing, Stage
from keys.rotation import MakeKey
from keys.sealing import Seal, SealBroken
from keys.tables import key_ring, provider_keys

_NAME = "provider"

_LOAD = (
    sa.select(key_ring.c.version, provider_keys)
    .select_from(key_ring.outerjoin(provider_keys, provider_keys.c.stage != Stage.WITHDRAWN.value))
    .where(key_ring.c.name == _NAME)
    .order_by(provider_keys.c.created_at, provider_keys.c.kid)
)
_RECORD = (
    provider_keys.c.kid,
    provider_keys.c.use,
    provider_keys.c.alg,
    provider_keys.c.stage,
    provider_keys.c.created_at,
    provider_keys.c.stage_at,
    provider_keys.c.public_jwk,
)
_INVENTORY = sa.select(*_RECORD).order_by(provider_keys.c.created_at, provider_keys.c.alg, provider_keys.c.kid)
_FOUND = sa.insert(key_ring).values(name=_NAME, version=1, changed_at=sa.bindparam("now"))
_CLAIM = (
    sa.update(key_ring)
    .where(key_ring.c.name == _NAME, key_ring.c.version == sa.bindparam("seen"))
    .values(version=key_ring.c.version + 1, changed_at=sa.bindparam("now"))
    .returning(key_ring.c.version)
)
_TOUCH = (
    sa.update(key_ring)
    .where(key_ring.c.name == _NAME)
    .values(version=key_ring.c.version + 1, changed_at=sa.bindparam("now"))
)
_ADD = sa.insert(provider_keys)
_MOVE = (
    sa.update(provider_keys)
    .where(provider_keys.c.kid == sa.bindparam("moved"))
    .values(stage=sa.bindparam("to_stage"), stage_at=sa.bindparam("at"))
)
_DESTROY = (
    sa.update(provider_keys)
    .where(provider_keys.c.kid == sa.bindparam("moved"))
    .values(stage=Stage.WITHDRAWN.value, stage_at=sa.bindparam("at"), sealed_jwk=None)
)
_SEALED = sa.select(provider_keys.c.kid, provider_keys.c.sealed_jwk).where(provider_keys.c.sealed_jwk.is_not(None))
_RESEAL = (
    sa.update(provider_keys)
    .where(provider_keys.c.kid == sa.bindparam("held"))
    .values(sealed_jwk=sa.bindparam("resealed"))
)
_DESTROY_ALL = (
    sa.update(provider_keys)
    .where(provider_keys.c.stage != Stage.WITHDRAWN.value)
    .values(stage=Stage.WITHDRAWN.value, stage_at=sa.bindparam("now"), sealed_jwk=None)
    .returning(*_RECORD)
)


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as operators see it, withdrawn ones included. Times are UTC epoch seconds."""

    kid: str
    use: str
    alg: str
    stage: Stage
    created_at: int
    stage_at: int
    public_jwk: dict[str, str]


def load(connection: sa.Connection, seal: Seal, known: KeyRing | None = None) -> KeyRing:
    """Return the stored ring, opened by ``seal``, in one statement; an empty ring of version 0 before the first start.

    ``known`` is a ring loaded before: it is returned as it is when nothing changed, and otherwise lends its keys, so
    that none is imported twice. Raises ``SealBroken`` when the private keys were sealed under another secret.
    """
    rows = connection.execute(_LOAD).all()
    if not rows:
        return KeyRing()
    version = rows[0].version
    if known is not None and known.version == version:
        return known
    return KeyRing(tuple(_read(row, seal, known) for row in rows if row.kid is not None), version)


def _read(row: sa.Row[*tuple[Any, ...]], seal: Seal, known: KeyRing | None) -> Key:
    held = known.by_kid(row.kid) if known is not None else None
    jwk = held.jwk if held is not None else _unseal(row.kid, row.sealed_jwk, seal)
    stage = Stage(row.stage)
    if stage is Stage.ACTIVE:
        # Imported now (40 ms for RSA), so that no visitor waits for it.
        jwk.prepare()
    return Key(row.kid, row.use, row.alg, stage, row.created_at, row.stage_at, jwk)


def _purpose(kid: str) -> str:
    """Bind a sealed key to its row, so that rows cannot be swapped in the database."""
    return f"provider key {kid}"


def _unseal(kid: str, sealed: str, seal: Seal) -> Jwk:
    try:
        return Jwk.from_private(seal.open(_purpose(kid), sealed))
    except SealBroken:
        raise SealBroken(f"the private key {kid} does not open: it was sealed under another secret key") from None


def inventory(connection: sa.Connection) -> tuple[KeyRecord, ...]:
    """Return every key ever held, oldest first; needs no secret."""
    return tuple(map(_record, connection.execute(_INVENTORY)))


def _record(row: sa.Row[*tuple[Any, ...]]) -> KeyRecord:
    return KeyRecord(row.kid, row.use, row.alg, Stage(row.stage), row.created_at, row.stage_at, row.public_jwk)


def save(connection: sa.Connection, seal: Seal, seen: KeyRing, wanted: KeyRing, now: int) -> KeyRing | None:
    """Store ``wanted``, computed from the loaded ring ``seen``, and return it as it now is.

    Returns None, and stores nothing, when another process changed the ring since ``seen`` was loaded. Without any
    difference nothing is written.
    """
    if wanted.keys == seen.keys:
        return seen
    if not _claim(connection, seen.version, now):
        return None
    # Those that leave first: the database allows one active key per algorithm at any instant.
    for key in sorted(moved(seen, wanted), key=lambda key: list(Stage).index(key.stage), reverse=True):
        if seen.by_kid(key.kid) is None:
            _add(connection, seal, key)
        else:
            _move(connection, key)
    live = tuple(key for key in wanted if key.stage is not Stage.WITHDRAWN)
    return replace(wanted, keys=live, version=seen.version + 1)


def moved(seen: KeyRing, wanted: KeyRing) -> tuple[Key, ...]:
    """The keys of ``wanted`` that ``seen`` lacks or holds at another stage."""
    return tuple(key for key in wanted if (old := seen.by_kid(key.kid)) is None or old.stage is not key.stage)


def _claim(connection: sa.Connection, seen: int, now: int) -> bool:
    if seen:
        return connection.execute(_CLAIM, {"seen": seen, "now": now}).first() is not None
    try:
        with connection.begin_nested():
            connection.execute(_FOUND, {"now": now})
    except IntegrityError:
        return False
    return True


def _add(connection: sa.Connection, seal: Seal, key: Key) -> None:
    row = {
        "kid": key.kid,
        "use": key.use,
        "alg": key.alg,
        "stage": key.stage.value,
        "created_at": key.created_at,
        "stage_at": key.stage_at,
        "public_jwk": key.jwk.public_members(),
        "sealed_jwk": seal.seal(_purpose(key.kid), key.jwk.private_text()),
    }
    connection.execute(_ADD, row)


def _move(connection: sa.Connection, key: Key) -> None:
    if key.stage is Stage.WITHDRAWN:
        connection.execute(_DESTROY, {"moved": key.kid, "at": key.stage_at})
    else:
        connection.execute(_MOVE, {"moved": key.kid, "to_stage": key.stage.value, "at": key.stage_at})


def ensure(
    connection: sa.Connection,
    seal: Seal,
    now: int,
    make_key: MakeKey = Key.new,
    algorithms: Collection[str] = ALGORITHMS_HELD,
) -> KeyRing:
    """Return the ring with an active key for every algorithm, made and stored where missing (a first start)."""
    seen = load(connection, seal)
    stored = save(connection, seal, seen, rotation.begin(seen, now, make_key, algorithms), now)
    return load(connection, seal) if stored is None else stored


def withdraw_all(connection: sa.Connection, now: int) -> tuple[KeyRecord, ...]:
    """Withdraw every key at once, without opening any, and return them: the answer to a leaked secret key.

    ``ensure`` then makes new ones, under the new secret.
    """
    connection.execute(_TOUCH, {"now": now})
    return tuple(map(_record, connection.execute(_DESTROY_ALL, {"now": now})))


def reseal(connection: sa.Connection, seal: Seal, renewed: Seal, now: int) -> int:
    """Seal every private key under another secret and return how many; the keys themselves stay the same.

    Raises ``SealBroken``, having changed nothing, when one of them was not sealed by ``seal``.
    """
    connection.execute(_TOUCH, {"now": now})
    opened = [(row.kid, _unseal(row.kid, row.sealed_jwk, seal)) for row in connection.execute(_SEALED).all()]
    for kid, jwk in opened:
        connection.execute(_RESEAL, {"held": kid, "resealed": renewed.seal(_purpose(kid), jwk.private_text())})
    return len(opened)
