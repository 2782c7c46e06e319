"""Links between accounts here and accounts at other identity providers, by issuer and subject and never by e-mail."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Executable, Table, bindparam, delete, select, update

from idp.foundation.database import Insert, PerDialect
from idp.foundation.secrets import Randomness, new_id
from idp.people.tables import identities

_THIS = (identities.c.issuer == bindparam("issuer_is"), identities.c.subject == bindparam("subject_is"))
_OWNER = select(identities.c.person_id).where(*_THIS)
_USED = update(identities).where(*_THIS).values(used_at=bindparam("now")).returning(identities.c.person_id)
_OF = select(identities).where(identities.c.person_id == bindparam("person")).order_by(identities.c.linked_at)
_UNLINK = delete(identities).where(
    identities.c.id == bindparam("identity"), identities.c.person_id == bindparam("person")
)


def _insert(insert: Callable[[Table], Insert]) -> Executable:
    row = insert(identities).on_conflict_do_nothing(index_elements=[identities.c.issuer, identities.c.subject])
    return row.returning(identities.c.id)


_LINK = PerDialect(_insert)


@dataclass(frozen=True, slots=True)
class Account:
    """An account at another provider: `provider` is the name of its settings, the rest is the ID token's."""

    provider: str
    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Link:
    """An account elsewhere that opens one here. Times in seconds UTC."""

    id: str
    person_id: str
    provider: str
    issuer: str
    subject: str
    linked_at: int
    used_at: int


def owner(connection: Connection, issuer: str, subject: str) -> str | None:
    """The id of the person this account elsewhere belongs to."""
    return connection.execute(_OWNER, {"issuer_is": issuer, "subject_is": subject}).scalar()


def use(connection: Connection, issuer: str, subject: str, now: int) -> str | None:
    """The same, when the person comes in by it now."""
    return connection.execute(_USED, {"issuer_is": issuer, "subject_is": subject, "now": now}).scalar()


def link(connection: Connection, person_id: str, account: Account, randomness: Randomness, now: int) -> bool:
    """Tie an account elsewhere to a person; False when it is tied already, to them or to somebody else."""
    row = {
        "id": new_id(randomness),
        "person_id": person_id,
        "provider": account.provider,
        "issuer": account.issuer,
        "subject": account.subject,
        "linked_at": now,
        "used_at": now,
    }
    return connection.execute(_LINK.on(connection), row).first() is not None


def links_of(connection: Connection, person_id: str) -> tuple[Link, ...]:
    """Every account elsewhere that opens this one, the oldest first."""
    return tuple(Link(**row) for row in connection.execute(_OF, {"person": person_id}).mappings())


def unlink(connection: Connection, person_id: str, link_id: str) -> bool:
    """Untie one of a person's links; False when it is not theirs."""
    return connection.execute(_UNLINK, {"person": person_id, "identity": link_id}).rowcount > 0
