"""Every query of the registry, prebuilt; each function is one step of the caller's transaction."""

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from clients.client import Client
from clients.secrets import Secret
from clients.tables import client_secrets, clients

_CLIENT = sa.select(clients).where(clients.c.client_id == bindparam("client_id"))
_CLIENTS = sa.select(clients).order_by(clients.c.client_id)
_LISTED = sa.select(clients).where(clients.c.document["listed"].as_boolean(), clients.c.suspended_at.is_(None))
_CLIENT_WITH_SECRETS = (
    sa.select(
        clients,
        client_secrets.c.digest,
        client_secrets.c.created_at.label("secret_created_at"),
        client_secrets.c.expires_at,
        client_secrets.c.sealed,
    )
    .select_from(clients.outerjoin(client_secrets))
    .where(clients.c.client_id == bindparam("client_id"))
)
_INSERT = {
    "postgresql": postgresql.insert(clients).on_conflict_do_nothing(index_elements=[clients.c.client_id]),
    "sqlite": sqlite.insert(clients).on_conflict_do_nothing(index_elements=[clients.c.client_id]),
}
_UPDATE = (
    sa.update(clients)
    .where(clients.c.client_id == bindparam("id"))
    .values(document=bindparam("document"), updated_at=bindparam("updated_at"), suspended_at=bindparam("suspended_at"))
)
_ENTRUST = (
    sa.update(clients)
    .where(clients.c.client_id == bindparam("id"), clients.c.registration_digest == bindparam("previous"))
    .values(registration_digest=bindparam("registration_digest"))
)
_DELETE = sa.delete(clients).where(clients.c.client_id == bindparam("client_id"))

_SECRETS = (
    sa.select(
        client_secrets.c.digest, client_secrets.c.created_at, client_secrets.c.expires_at, client_secrets.c.sealed
    )
    .where(client_secrets.c.client_id == bindparam("client_id"))
    .order_by(client_secrets.c.created_at, client_secrets.c.digest)
)
_INSERT_SECRET = sa.insert(client_secrets)
_END_SECRETS = (
    sa.update(client_secrets)
    .where(
        client_secrets.c.client_id == bindparam("id"),
        sa.or_(client_secrets.c.expires_at.is_(None), client_secrets.c.expires_at > bindparam("end")),
    )
    .values(expires_at=bindparam("end"))
)
_DELETE_EXPIRED_SECRETS = sa.delete(client_secrets).where(
    client_secrets.c.client_id == bindparam("client_id"), client_secrets.c.expires_at <= bindparam("now")
)
_SEALED = sa.select(client_secrets).where(client_secrets.c.sealed.is_not(None))
_RESEAL = (
    sa.update(client_secrets)
    .where(client_secrets.c.client_id == bindparam("id"), client_secrets.c.digest == bindparam("of"))
    .values(sealed=bindparam("resealed"))
)
_UNSEAL = (
    sa.update(client_secrets)
    .where(client_secrets.c.client_id == bindparam("id"), client_secrets.c.sealed.is_not(None))
    .values(sealed=None)
)
_DELETE_SECRETS = sa.delete(client_secrets).where(client_secrets.c.client_id == bindparam("client_id"))


def find(connection: Connection, client_id: str) -> Client | None:
    """Return a client by its identifier."""
    row = connection.execute(_CLIENT, {"client_id": client_id}).mappings().first()
    return None if row is None else _client(row)


def find_with_secrets(connection: Connection, client_id: str) -> tuple[Client, tuple[Secret, ...]] | None:
    """Return a client and the digests of its secrets, in one query."""
    rows = connection.execute(_CLIENT_WITH_SECRETS, {"client_id": client_id}).mappings().all()
    if not rows:
        return None
    held = tuple(
        Secret(row["digest"], row["secret_created_at"], row["expires_at"], row["sealed"])
        for row in rows
        if row["digest"] is not None
    )
    return _client(rows[0]), held


def list_all(connection: Connection) -> tuple[Client, ...]:
    """Return every client, in the order of their identifiers."""
    return tuple(_client(row) for row in connection.execute(_CLIENTS).mappings())


def list_listed(connection: Connection) -> tuple[Client, ...]:
    """Return the clients that the catalogue shows."""
    return tuple(_client(row) for row in connection.execute(_LISTED).mappings())


def insert(connection: Connection, client: Client, manager: str | None) -> bool:
    """Add a client and the digest of the token that manages it; False when the identifier is taken."""
    values = {"client_id": client.client_id, "created_at": client.created_at, "registration_digest": manager}
    return connection.execute(_INSERT[connection.dialect.name], {**values, **_values(client)}).rowcount == 1


def update(connection: Connection, client: Client) -> bool:
    """Replace what is stored of a client; False when there is no such client."""
    return connection.execute(_UPDATE, {"id": client.client_id, **_values(client)}).rowcount == 1


def delete(connection: Connection, client_id: str) -> bool:
    """Delete a client, and by their foreign key its secrets; False when there is no such client."""
    return connection.execute(_DELETE, {"client_id": client_id}).rowcount == 1


def secrets_of(connection: Connection, client_id: str) -> tuple[Secret, ...]:
    """Return the digests of a client's secrets, oldest first."""
    rows = connection.execute(_SECRETS, {"client_id": client_id})
    return tuple(Secret(*row) for row in rows)


def insert_secret(connection: Connection, client_id: str, secret: Secret) -> None:
    """Add a secret to a client."""
    values = {
        "client_id": client_id,
        "digest": secret.digest,
        "created_at": secret.created_at,
        "expires_at": secret.expires_at,
        "sealed": secret.sealed,
    }
    connection.execute(_INSERT_SECRET, values)


def end_secrets(connection: Connection, client_id: str, end: int) -> None:
    """Let every secret of a client expire at `end`, but those that expire sooner."""
    connection.execute(_END_SECRETS, {"id": client_id, "end": end})


def delete_expired_secrets(connection: Connection, client_id: str, now: int) -> None:
    """Forget the digests that can no longer match."""
    connection.execute(_DELETE_EXPIRED_SECRETS, {"client_id": client_id, "now": now})


def delete_secrets(connection: Connection, client_id: str) -> None:
    """Forget every secret of a client that no longer authenticates by one."""
    connection.execute(_DELETE_SECRETS, {"client_id": client_id})


def sealed_secrets(connection: Connection) -> tuple[tuple[str, Secret], ...]:
    """Return every sealed secret, with the client it belongs to."""
    rows = connection.execute(_SEALED).all()
    return tuple((row.client_id, Secret(row.digest, row.created_at, row.expires_at, row.sealed)) for row in rows)


def reseal_secret(connection: Connection, client_id: str, digest: str, sealed: str) -> None:
    """Replace the sealed form of one secret."""
    connection.execute(_RESEAL, {"id": client_id, "of": digest, "resealed": sealed})


def unseal_secrets(connection: Connection, client_id: str) -> None:
    """Keep but the digests of a client that no longer authenticates by `client_secret_jwt`."""
    connection.execute(_UNSEAL, {"id": client_id})


def entrust(connection: Connection, client_id: str, digest: str, previous: str) -> bool:
    """Store the digest of the token by which a client manages its registration; False when it is not `previous` now."""
    values = {"id": client_id, "registration_digest": digest, "previous": previous}
    return connection.execute(_ENTRUST, values).rowcount == 1


def entrusted(connection: Connection, client_id: str) -> tuple[Client, str] | None:
    """Return a client that manages its registration, and the digest of the token by which it does."""
    row = connection.execute(_CLIENT, {"client_id": client_id}).mappings().first()
    return (_client(row), row["registration_digest"]) if row and row["registration_digest"] else None


def _values(client: Client) -> dict[str, object]:
    return {
        "document": client.to_document(),
        "updated_at": client.updated_at,
        "suspended_at": client.suspended_at,
    }


def _client(row: RowMapping) -> Client:
    return Client.from_document(
        row["document"],
        client_id=row["client_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        suspended_at=row["suspended_at"],
    )
