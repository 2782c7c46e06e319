"""What was sent to prove that somebody holds an address or a number: rows, and every query on them.

A link or a code is kept as a digest. What may be used once is taken by one guarded UPDATE, and its row stays, so that
reuse is seen. Each slice that sends proofs has a table of its own, made of these columns and what it adds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from idp.people.codes import MOST_TRIES


def columns() -> tuple[Column[Any], ...]:
    """The columns of a table of proofs. `destination`: the address or number that is proved."""
    return (
        Column("id", String(64), primary_key=True),
        Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("kind", String(16), nullable=False),
        Column("destination", String(320), nullable=False),
        Column("digest", String(64), nullable=False, unique=True),
        Column("tries", Integer, nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("expires_at", BigInteger, nullable=False, index=True),
        Column("used_at", BigInteger),
        Column("closed_at", BigInteger),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A link or a code that was sent; `digest` is of its secret. Times in seconds UTC."""

    id: str
    person_id: str
    kind: StrEnum
    destination: str
    digest: str = ""
    tries: int = 0
    created_at: int
    expires_at: int

    @property
    def tries_left(self) -> int:
        return MOST_TRIES - self.tries


P = TypeVar("P", bound=Proof)


class Ledger(Generic[P]):
    """The proofs of one table, read as `row` with a kind among `kinds`."""

    def __init__(self, table: Table, row: Callable[..., P], kinds: type[StrEnum]) -> None:
        self._row, self._kinds = row, kinds
        kept = tuple(column for column in table.c if column.name not in {"used_at", "closed_at"})
        self._names = tuple(column.name for column in kept)
        unused = (table.c.used_at.is_(None), table.c.closed_at.is_(None))
        live = (*unused, table.c.expires_at > bindparam("now"))
        mine = (table.c.person_id == bindparam("person"), table.c.kind == bindparam("which"))
        this = table.c.digest == bindparam("digest_is")
        latest = table.c.created_at.desc(), table.c.id
        counted = (table.c.id == bindparam("proof"), table.c.tries < MOST_TRIES, *live)
        self._write = insert(table)
        self._latest = select(*kept).where(*mine, *live).order_by(*latest).limit(1)
        self._look = select(*kept).where(this, *live)
        self._take = update(table).where(this, *live).values(used_at=bindparam("now")).returning(*kept)
        self._count = update(table).where(*counted).values(tries=table.c.tries + 1).returning(*kept)
        self._close = update(table).where(*mine, *unused).values(closed_at=bindparam("now"))
        self._close_elsewhere = self._close.where(table.c.destination != bindparam("kept"))
        self._close_expired = self._close.where(table.c.expires_at <= bindparam("now"))
        self._forget = delete(table).where(table.c.person_id == bindparam("person"))

    def write(self, connection: Connection, proof: P) -> None:
        """Keep what is about to be sent, as a digest."""
        row = {name: getattr(proof, name) for name in self._names}
        connection.execute(self._write, row | {"kind": proof.kind.value})

    def latest(self, connection: Connection, person_id: str, kind: StrEnum, now: int) -> P | None:
        """What was sent last to a person and may still be used."""
        asked = {"person": person_id, "which": kind.value, "now": now}
        return self._one(connection.execute(self._latest, asked).mappings().one_or_none())

    def look(self, connection: Connection, digest: str, now: int) -> P | None:
        """What a link stands for while it may be used; looking uses nothing up."""
        asked = {"digest_is": digest, "now": now}
        return self._one(connection.execute(self._look, asked).mappings().one_or_none())

    def take(self, connection: Connection, digest: str, now: int) -> P | None:
        """Use a link or a code up: it goes to one caller, once, before it expires."""
        asked = {"digest_is": digest, "now": now}
        return self._one(connection.execute(self._take, asked).mappings().one_or_none())

    def count_try(self, connection: Connection, proof_id: str, now: int) -> P | None:
        """Count a try before anything is compared; None when none is left, whoever else tries meanwhile."""
        asked = {"proof": proof_id, "now": now}
        return self._one(connection.execute(self._count, asked).mappings().one_or_none())

    def close(self, connection: Connection, person_id: str, kind: StrEnum, now: int) -> None:
        """What was sent is of no use any more."""
        connection.execute(self._close, {"person": person_id, "which": kind.value, "now": now})

    def close_elsewhere(self, connection: Connection, person_id: str, kind: StrEnum, kept: str, now: int) -> None:
        """What was sent to another destination than `kept` is of no use any more."""
        asked = {"person": person_id, "which": kind.value, "kept": kept, "now": now}
        connection.execute(self._close_elsewhere, asked)

    def close_expired(self, connection: Connection, person_id: str, kind: StrEnum, now: int) -> None:
        """What expired stays so, even if the clock of the server goes back."""
        connection.execute(self._close_expired, {"person": person_id, "which": kind.value, "now": now})

    def forget(self, connection: Connection, person_id: str) -> None:
        """Delete all of it: the addresses and numbers go with the account."""
        connection.execute(self._forget, {"person": person_id})

    def _one(self, row: RowMapping | None) -> P | None:
        return self._row(**{**row, "kind": self._kinds(row["kind"])}) if row else None
