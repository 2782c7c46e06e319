"""Every query on changes of contacts. What may be used once is taken by one guarded UPDATE, and its row stays."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from idp.account.tables import contact_changes
from idp.people.codes import MOST_TRIES


class Kind(StrEnum):
    """What a link or a code does once it is followed or given.

    `EMAIL` and `MOBILE` put a new contact in force; `RESTORE` puts the former e-mail address back.
    """

    EMAIL = "email"
    MOBILE = "mobile"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Change:
    """A link or a code that was sent. Times in seconds UTC."""

    id: str
    person_id: str
    kind: Kind
    destination: str
    digest: str
    tries: int
    created_at: int
    expires_at: int

    @property
    def tries_left(self) -> int:
        return MOST_TRIES - self.tries


_COLUMNS = tuple(contact_changes.c[name] for name in Change.__slots__)
_LIVE = (
    contact_changes.c.used_at.is_(None),
    contact_changes.c.closed_at.is_(None),
    contact_changes.c.expires_at > bindparam("now"),
)
_OF = (contact_changes.c.person_id == bindparam("person"), contact_changes.c.kind == bindparam("which"))
_WRITE = insert(contact_changes)
_PENDING = (
    select(*_COLUMNS).where(*_OF, *_LIVE).order_by(contact_changes.c.created_at.desc(), contact_changes.c.id).limit(1)
)
_LOOK = select(*_COLUMNS).where(contact_changes.c.digest == bindparam("digest_is"), *_LIVE)
_TAKE = (
    update(contact_changes)
    .where(contact_changes.c.digest == bindparam("digest_is"), *_LIVE)
    .values(used_at=bindparam("now"))
    .returning(*_COLUMNS)
)
_COUNT = (
    update(contact_changes)
    .where(contact_changes.c.id == bindparam("change"), contact_changes.c.tries < MOST_TRIES, *_LIVE)
    .values(tries=contact_changes.c.tries + 1)
    .returning(*_COLUMNS)
)
_CLOSE = (
    update(contact_changes)
    .where(*_OF, contact_changes.c.used_at.is_(None), contact_changes.c.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
)
_FORGET = delete(contact_changes).where(contact_changes.c.person_id == bindparam("person"))


def write(connection: Connection, change: Change) -> None:
    """Keep what is about to be sent, as a digest."""
    row = {name: getattr(change, name) for name in Change.__slots__}
    connection.execute(_WRITE, row | {"kind": change.kind.value})


def pending(connection: Connection, person_id: str, kind: Kind, now: int) -> Change | None:
    """What was sent last and may still be used."""
    asked = {"person": person_id, "which": kind.value, "now": now}
    return _one(connection.execute(_PENDING, asked).mappings().one_or_none())


def look(connection: Connection, digest: str, now: int) -> Change | None:
    """What a link stands for while it may be used; looking uses nothing up."""
    return _one(connection.execute(_LOOK, {"digest_is": digest, "now": now}).mappings().one_or_none())


def take(connection: Connection, digest: str, now: int) -> Change | None:
    """Use a link or a code up: it goes to one caller, once, before it expires."""
    return _one(connection.execute(_TAKE, {"digest_is": digest, "now": now}).mappings().one_or_none())


def count_try(connection: Connection, change_id: str, now: int) -> Change | None:
    """Count a try before anything is compared; None when none is left, whoever else tries meanwhile."""
    return _one(connection.execute(_COUNT, {"change": change_id, "now": now}).mappings().one_or_none())


def close(connection: Connection, person_id: str, kind: Kind, now: int) -> bool:
    """What was sent is of no use any more; whether anything was."""
    return connection.execute(_CLOSE, {"person": person_id, "which": kind.value, "now": now}).rowcount > 0


def forget(connection: Connection, person_id: str) -> None:
    """Delete all of it: the addresses and numbers go with the account."""
    connection.execute(_FORGET, {"person": person_id})


def _one(row: RowMapping | None) -> Change | None:
    return Change(**{**row, "kind": Kind(row["kind"])}) if row else None
