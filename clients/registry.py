"""The registry of applications: find, register, amend, suspend, remove.

Functions are steps of the caller's transaction. What an application may be is judged before, in `clients.metadata`;
here a client is valid and the question is only whether it exists and which secrets it holds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from string import ascii_letters, digits

from sqlalchemy import Connection

from clients import secrets, store
from clients.client import Client
from clients.secrets import Secret
from keys.sealing import Seal

MAX_ID_LENGTH = 64
_ID_CHARACTERS = frozenset(ascii_letters + digits + "-._~")  # RFC 3986 "unreserved": the same in any encoding


class ClientExists(Exception):
    """The identifier is taken."""


class UnknownClient(Exception):
    """No client has this identifier."""


class NoSecret(Exception):
    """The client authenticates without a shared secret, so there is none to replace."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A client as it is now stored, and the secret made for it, if any: the only time it is seen in clear."""

    client: Client
    secret: str | None


@dataclass(frozen=True, slots=True)
class Registered:
    """A client with the digests of its secrets: what authenticating it needs."""

    client: Client
    secrets: tuple[Secret, ...]

    def proves(self, secret: str | None, now: int) -> bool:
        """Whether the presented secret is one of this client's at `now` (seconds, UTC)."""
        return secrets.matches(self.secrets, secret, now)

    def shared_keys(self, seal: Seal, now: int) -> tuple[bytes, ...]:
        """Return the secrets that an HMAC of this client may be made with at `now`. Raises `SealBroken`."""
        return secrets.reveal(seal, self.client.client_id, self.secrets, now)


def new_id(random_bytes: Callable[[int], bytes]) -> str:
    """Return an unguessable identifier; hexadecimal, so that it never looks like an option of a command."""
    return random_bytes(16).hex()


def is_id(text: str) -> bool:
    """Whether a text may be an identifier of a client at all; anything else is unknown without asking the database."""
    return 0 < len(text) <= MAX_ID_LENGTH and _ID_CHARACTERS.issuperset(text)


def find(connection: Connection, client_id: str) -> Client | None:
    """Return a client, suspended or not, by its identifier."""
    return store.find(connection, client_id) if is_id(client_id) else None


def list_all(connection: Connection) -> tuple[Client, ...]:
    """Return every client in the order of their identifiers."""
    return store.list_all(connection)


def signatures_asked(connection: Connection) -> frozenset[str]:
    """Return the algorithms under which clients are registered to be answered."""
    every = list_all(connection)
    found = {
        name for client in every for name in (client.id_token_signed_response_alg, client.userinfo_signed_response_alg)
    }
    return frozenset(name for name in found if name is not None)


def catalogue(connection: Connection) -> tuple[Client, ...]:
    """Return the clients that people may open from the catalogue: listed, and not suspended."""
    return store.list_listed(connection)


def secrets_of(connection: Connection, client_id: str) -> tuple[Secret, ...]:
    """Return the digests of a client's secrets, oldest first."""
    return store.secrets_of(connection, client_id)


def register(
    connection: Connection,
    client: Client,
    *,
    now: int,
    random_bytes: Callable[[int], bytes],
    secret: str | None = None,
    seal: Seal | None = None,
    manager: str | None = None,
) -> Issued:
    """Add a client; a secret is made when its authentication method needs one and none was chosen.

    `seal` keeps the secret of a client that authenticates by `client_secret_jwt`; `manager` is the digest of the token
    by which it manages its registration itself (RFC 7592). Raises `ClientExists` when the identifier is taken; the
    caller's transaction remains usable.
    """
    stored = replace(client, created_at=now, updated_at=now, suspended_at=None)
    if not store.insert(connection, stored, manager):
        raise ClientExists(client.client_id)
    if not stored.holds_secret:
        return Issued(stored, None)
    return Issued(stored, _keep(connection, stored, now, secret or secrets.issue(random_bytes), seal))


def amend(
    connection: Connection,
    client: Client,
    *,
    now: int,
    random_bytes: Callable[[int], bytes],
    seal: Seal | None = None,
) -> Issued:
    """Replace what is known of a client; its dates, suspension and secrets stay.

    Secrets follow the authentication method: one is made when the client holds none that serves, all are forgotten
    when it no longer authenticates by secret. Raises `UnknownClient`.
    """
    current = _existing(connection, client.client_id)
    stored = replace(client, created_at=current.created_at, updated_at=now, suspended_at=current.suspended_at)
    store.update(connection, stored)
    if not stored.signs_with_secret:
        store.unseal_secrets(connection, stored.client_id)
    if any(_serves(stored, secret, now) for secret in store.secrets_of(connection, stored.client_id)):
        return Issued(stored, None)
    store.delete_secrets(connection, stored.client_id)
    if not stored.holds_secret:
        return Issued(stored, None)
    return Issued(stored, _keep(connection, stored, now, secrets.issue(random_bytes), seal))


def suspend(connection: Connection, client_id: str, *, now: int) -> Client:
    """Withdraw a client from use, keeping all that is known of it; suspending twice keeps the first date.

    Raises `UnknownClient`.
    """
    client = _existing(connection, client_id)
    return client if client.suspended else _note(connection, replace(client, suspended_at=now, updated_at=now))


def resume(connection: Connection, client_id: str, *, now: int) -> Client:
    """Put a suspended client back in use. Raises `UnknownClient`."""
    client = _existing(connection, client_id)
    return _note(connection, replace(client, suspended_at=None, updated_at=now)) if client.suspended else client


def remove(connection: Connection, client_id: str) -> None:
    """Forget a client and its secrets; what was issued to it names nobody any more. Raises `UnknownClient`."""
    if not (is_id(client_id) and store.delete(connection, client_id)):
        raise UnknownClient(client_id)


def rotate_secret(
    connection: Connection,
    client_id: str,
    *,
    overlap: int,
    now: int,
    random_bytes: Callable[[int], bytes],
    seal: Seal | None = None,
) -> str:
    """Make a new secret and return it; the previous ones stay valid `overlap` seconds more, none longer.

    Raises `UnknownClient`, and `NoSecret` for a client whose authentication method has none.
    """
    client = _existing(connection, client_id)
    if not client.holds_secret:
        raise NoSecret(client_id)
    store.end_secrets(connection, client_id, now + overlap)
    store.delete_expired_secrets(connection, client_id, now)
    return _keep(connection, client, now, secrets.issue(random_bytes), seal)


def reseal(connection: Connection, seal: Seal, renewed: Seal) -> int:
    """Seal every secret that is kept sealed under another key and return how many.

    Raises `SealBroken`, having changed nothing, when one of them was not sealed by `seal`.
    """
    found = [
        (client_id, secret.digest, secrets.reseal(seal, renewed, client_id, secret.sealed))
        for client_id, secret in store.sealed_secrets(connection)
        if secret.sealed is not None
    ]
    for client_id, digest, sealed in found:
        store.reseal_secret(connection, client_id, digest, sealed)
    return len(found)


def entrust(connection: Connection, client_id: str, digest: str, *, previous: str) -> bool:
    """Let the token of this digest manage the registration of a client from now on (RFC 7592).

    False when the present token is not the `previous` one: somebody else replaced it first.
    """
    return store.entrust(connection, client_id, digest, previous)


def entrusted(connection: Connection, client_id: str) -> tuple[Client, str] | None:
    """Return a client and the digest of the token by which it manages its registration; None when it does not."""
    return store.entrusted(connection, client_id) if is_id(client_id) else None


def _existing(connection: Connection, client_id: str) -> Client:
    client = find(connection, client_id)
    if client is None:
        raise UnknownClient(client_id)
    return client


def _note(connection: Connection, client: Client) -> Client:
    store.update(connection, client)
    return client


def _serves(client: Client, secret: Secret, now: int) -> bool:
    """Whether a secret already held is of use to a client, under the authentication method that it now has."""
    return client.holds_secret and secret.valid_at(now) and (secret.sealed is not None or not client.signs_with_secret)


def _keep(connection: Connection, client: Client, now: int, secret: str, seal: Seal | None) -> str:
    """Store the digest of a secret, and its sealed form for a client that signs with it."""
    sealed = None
    if client.signs_with_secret:
        if seal is None:
            raise ValueError("the secret of client_secret_jwt cannot be kept without a seal")
        sealed = secrets.seal_up(seal, client.client_id, secret)
    store.insert_secret(connection, client.client_id, Secret(secrets.digest(secret), now, sealed=sealed))
    return secret
