"""Initial access tokens: RFC 7591 section 1.2. Made by an operator, for so many registrations, until a date.

Only a digest is stored; a registration consumes one use by a guarded UPDATE, and the row stays to be looked at.
"""

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, bindparam, insert, select, update

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.secrets import Kind, Randomness, digest, issue, new_id
from idp.oidc.registration.tables import initial_tokens


def _serves() -> ColumnElement[bool]:
    return and_(
        initial_tokens.c.digest == bindparam("presented"),
        initial_tokens.c.uses_left > 0,
        initial_tokens.c.revoked_at.is_(None),
        initial_tokens.c.expires_at > bindparam("now", type_=BigInteger),
    )


_ADD = insert(initial_tokens)
_FIND = select(initial_tokens.c.id).where(_serves())
_USE = (
    update(initial_tokens)
    .where(_serves())
    .values(uses_left=initial_tokens.c.uses_left - 1)
    .returning(initial_tokens.c.id)
)
_LIST = select(initial_tokens).order_by(initial_tokens.c.created_at, initial_tokens.c.id)
_REVOKE = (
    update(initial_tokens)
    .where(initial_tokens.c.id == bindparam("token"), initial_tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now", type_=BigInteger))
)


@dataclass(frozen=True, slots=True)
class InitialToken:
    """What is known of a token without its secret. Times in seconds UTC."""

    id: str
    note: str
    uses_left: int
    created_at: int
    expires_at: int
    revoked_at: int | None = None

    def serves_at(self, now: int) -> bool:
        """Whether an application may still be registered with it."""
        return self.uses_left > 0 and self.revoked_at is None and now < self.expires_at


def make(
    connection: Connection, *, note: str, uses: int, life: int, randomness: Randomness, now: int
) -> tuple[InitialToken, str]:
    """A new token for `uses` registrations within `life` seconds, and its secret, which is never seen again."""
    token = InitialToken(new_id(randomness), note, uses, now, now + life)
    secret = issue(Kind.INITIAL_TOKEN, randomness)
    connection.execute(
        _ADD,
        {
            "id": token.id,
            "digest": digest(secret),
            "note": note,
            "uses_left": uses,
            "created_at": now,
            "expires_at": token.expires_at,
        },
    )
    audit.record(connection, Event.INITIAL_TOKEN_MADE, at=now, token=token.id, uses=uses, note=note)
    return token, secret


def serves(connection: Connection, secret: str, now: int) -> bool:
    """Whether a token may still be used, without using it."""
    return connection.execute(_FIND, {"presented": digest(secret), "now": now}).first() is not None


def use(connection: Connection, secret: str, now: int) -> str | None:
    """Consume one use: the token's id, or None when there is none left."""
    return connection.execute(_USE, {"presented": digest(secret), "now": now}).scalar()


def list_all(connection: Connection) -> tuple[InitialToken, ...]:
    """Every token, oldest first."""
    return tuple(
        InitialToken(row.id, row.note, row.uses_left, row.created_at, row.expires_at, row.revoked_at)
        for row in connection.execute(_LIST)
    )


def revoke(connection: Connection, token_id: str, now: int) -> bool:
    """Take a token back; False when there is none of that id that was not already."""
    if connection.execute(_REVOKE, {"token": token_id, "now": now}).rowcount == 0:
        return False
    audit.record(connection, Event.INITIAL_TOKEN_REVOKED, at=now, token=token_id)
    return True
