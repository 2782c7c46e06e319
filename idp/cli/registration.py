"""What the command line does to the registry of applications: each step is one transaction, audit line included."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from clients import manifest, metadata, registry, secrets
from clients.client import Client
from clients.manifest import Plan
from clients.policy import Policy
from clients.problems import MetadataRefused, Problem
from clients.registry import Issued, UnknownClient
from clients.secrets import Secret
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.oidc.removal import take_back
from keys.sealing import Seal

RandomBytes = Callable[[int], bytes]


def add(
    connection: Connection,
    document: Mapping[str, object],
    policy: Policy,
    *,
    now: int,
    random_bytes: RandomBytes,
    seal: Seal,
) -> Issued:
    """Register the client of a document, which may choose its own `client_id` and `client_secret`.

    Raises `MetadataRefused` with every problem, and `ClientExists`.
    """
    client_id = document.get("client_id") or registry.new_id(random_bytes)
    secret = document.get("client_secret")
    client = _judged(document, client_id, policy, _identity_problems(client_id, secret))
    chosen = secret if isinstance(secret, str) else None
    if chosen and client.signs_with_secret:
        raise MetadataRefused([Problem("client_secret", "is always drawn by the provider for client_secret_jwt")])
    issued = registry.register(connection, client, now=now, random_bytes=random_bytes, secret=chosen, seal=seal)
    audit.record(connection, Event.CLIENT_REGISTERED, at=now, client_id=client.client_id)
    return issued


def amend(
    connection: Connection,
    client_id: str,
    changes: Mapping[str, object],
    policy: Policy,
    *,
    now: int,
    random_bytes: RandomBytes,
    seal: Seal,
) -> Issued:
    """Change some members of a client, null removing one. Raises `MetadataRefused` and `UnknownClient`."""
    current = _existing(connection, client_id)
    problems = []
    if changes.get("client_id", client_id) != client_id:
        problems.append(Problem("client_id", "is another client's, and an identifier never changes"))
    if "client_secret" in changes:
        problems.append(Problem("client_secret", "is replaced by rotate-secret"))
    kept = {name: value for name, value in changes.items() if name not in metadata.ANSWER_MEMBERS}
    client = _judged({**current.to_metadata(), **kept}, client_id, policy, problems)
    issued = registry.amend(connection, client, now=now, random_bytes=random_bytes, seal=seal)
    _note_change(connection, manifest.Change(current, client), now)
    return issued


def rotate_secret(
    connection: Connection, client_id: str, overlap: int, *, now: int, random_bytes: RandomBytes, seal: Seal
) -> str:
    """Make a new secret, the previous ones valid `overlap` seconds more. Raises `UnknownClient` and `NoSecret`."""
    secret = registry.rotate_secret(
        connection, client_id, overlap=overlap, now=now, random_bytes=random_bytes, seal=seal
    )
    audit.record(connection, Event.CLIENT_SECRET_ROTATED, at=now, client_id=client_id, overlap=overlap)
    return secret


def suspend(connection: Connection, client_id: str, *, now: int) -> Client:
    """Withdraw a client from use. Raises `UnknownClient`."""
    client = registry.suspend(connection, client_id, now=now)
    audit.record(connection, Event.CLIENT_SUSPENDED, at=now, client_id=client_id)
    return client


def resume(connection: Connection, client_id: str, *, now: int) -> Client:
    """Put a suspended client back in use. Raises `UnknownClient`."""
    client = registry.resume(connection, client_id, now=now)
    audit.record(connection, Event.CLIENT_RESUMED, at=now, client_id=client_id)
    return client


def remove(connection: Connection, client_id: str, *, now: int) -> None:
    """Forget a client, and take back all it was given. Raises `UnknownClient`."""
    registry.remove(connection, client_id)
    take_back(connection, client_id, now)
    audit.record(connection, Event.CLIENT_REMOVED, at=now, client_id=client_id)


def look(connection: Connection, client_id: str) -> tuple[Client, tuple[Secret, ...]]:
    """Return a client and the digests of its secrets. Raises `UnknownClient`."""
    return _existing(connection, client_id), registry.secrets_of(connection, client_id)


def compare(connection: Connection, wanted: tuple[Client, ...], *, prune: bool) -> Plan:
    """Return what applying a description would do."""
    return manifest.diff(registry.list_all(connection), wanted, prune=prune)


def reconcile(
    connection: Connection, wanted: tuple[Client, ...], *, prune: bool, now: int, random_bytes: RandomBytes, seal: Seal
) -> tuple[Plan, tuple[Issued, ...]]:
    """Make the registry as described, and return what was done and the secrets made."""
    plan = compare(connection, wanted, prune=prune)
    issued = manifest.apply(connection, plan, now=now, random_bytes=random_bytes, seal=seal)
    for client in plan.removed:
        take_back(connection, client.client_id, now)
        audit.record(connection, Event.CLIENT_REMOVED, at=now, client_id=client.client_id)
    for client in plan.added:
        audit.record(connection, Event.CLIENT_REGISTERED, at=now, client_id=client.client_id)
    for change in plan.changed:
        _note_change(connection, change, now)
    return plan, issued


def _note_change(connection: Connection, change: manifest.Change, now: int) -> None:
    audit.record(
        connection,
        Event.CLIENT_AMENDED,
        at=now,
        client_id=change.after.client_id,
        members=" ".join(change.members),
    )


def _existing(connection: Connection, client_id: str) -> Client:
    client = registry.find(connection, client_id)
    if client is None:
        raise UnknownClient(client_id)
    return client


def _judged(document: Mapping[str, object], client_id: object, policy: Policy, problems: list[Problem]) -> Client:
    found = list(problems)
    try:
        client = metadata.read(document, client_id=str(client_id), policy=policy)
    except MetadataRefused as refused:
        found += refused.problems
    if found:
        raise MetadataRefused(found)
    return client


def _identity_problems(client_id: object, secret: object) -> list[Problem]:
    problems = []
    if not isinstance(client_id, str) or not registry.is_id(client_id):
        problems.append(
            Problem("client_id", f"must be 1 to {registry.MAX_ID_LENGTH} letters, digits or characters of -._~")
        )
    if secret is not None and not isinstance(secret, str):
        problems.append(Problem("client_secret", "must be a text"))
    elif secret is not None:
        problems += [Problem("client_secret", reason) for reason in secrets.refusals(secret)]
    return problems
