"""Applications described in files kept under version control: read, compare with the registry, reconcile.

A file states the whole of each client it names, so applying it twice changes nothing the second time. It never holds
a secret nor a suspension: the first does not belong in a repository, the second is an act, not a description.
"""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from clients import metadata, registry
from clients.client import Client
from clients.policy import Policy
from clients.problems import MetadataRefused, Problem
from clients.registry import Issued
from keys.encoding import read_object
from keys.errors import BadToken
from keys.sealing import Seal

LARGEST_FILE = 1_000_000


class ManifestRefused(Exception):
    """Files that cannot be applied; `problems` name the file, the client and the member of each fault."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Change:
    """One client as it is and as the files want it."""

    before: Client
    after: Client

    @property
    def members(self) -> tuple[str, ...]:
        """The members that differ, in alphabetical order."""
        before, after = self.before.to_document(), self.after.to_document()
        return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


@dataclass(frozen=True, slots=True)
class Plan:
    """What must be done for the registry to be as the files say."""

    added: tuple[Client, ...] = ()
    changed: tuple[Change, ...] = ()
    removed: tuple[Client, ...] = ()
    unchanged: tuple[Client, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether the registry already is as the files say."""
        return not (self.added or self.changed or self.removed)


def read(files: Mapping[str, bytes], policy: Policy) -> tuple[Client, ...]:
    """Read the clients of some files, given by name (`.toml`, or JSON whatever the name).

    A file holds one client, or several under `clients`. Raises `ManifestRefused` with every problem of every file.
    """
    problems: list[str] = []
    wanted: dict[str, Client] = {}
    for name, data in files.items():
        try:
            documents = _documents(name, data)
        except ValueError as error:
            problems.append(f"{name}: {error}")
            continue
        for position, document in enumerate(documents, start=1):
            try:
                client = _client(document, policy)
            except MetadataRefused as refused:
                where = _identifier(document) or f"client {position}"
                problems += [f"{name}: {where}: {problem}" for problem in refused.problems]
                continue
            if client.client_id in wanted:
                problems.append(f"{name}: {client.client_id}: described twice")
            wanted[client.client_id] = client
    if problems:
        raise ManifestRefused(problems)
    return tuple(wanted.values())


def diff(current: Iterable[Client], wanted: Iterable[Client], *, prune: bool) -> Plan:
    """Compare the registry with what files want; clients that no file names are removed only when pruning."""
    known = {client.client_id: client for client in current}
    described = {client.client_id: client for client in wanted}
    both = [Change(known[name], client) for name, client in described.items() if name in known]
    return Plan(
        added=tuple(client for name, client in described.items() if name not in known),
        changed=tuple(change for change in both if change.members),
        removed=tuple(client for name, client in known.items() if prune and name not in described),
        unchanged=tuple(change.before for change in both if not change.members),
    )


def apply(
    connection: Connection, plan: Plan, *, now: int, random_bytes: Callable[[int], bytes], seal: Seal
) -> tuple[Issued, ...]:
    """Carry a plan out in the caller's transaction and return the clients added or changed with the secrets made.

    Raises `ClientExists` or `UnknownClient` when the registry is no longer the one that was compared.
    """
    for client in plan.removed:
        registry.remove(connection, client.client_id)
    added = (
        registry.register(connection, client, now=now, random_bytes=random_bytes, seal=seal) for client in plan.added
    )
    changed = (
        registry.amend(connection, change.after, now=now, random_bytes=random_bytes, seal=seal)
        for change in plan.changed
    )
    return (*added, *changed)


def describe(client: Client) -> dict[str, object]:
    """Return the document that describes a client in a file."""
    return {"client_id": client.client_id, **client.to_document()}


def write_toml(clients: Iterable[Client]) -> str:
    """Return a TOML file that describes some clients; `read` gives the same ones back."""
    return "\n".join("".join(_toml_lines(describe(client))) for client in clients)


def _documents(name: str, data: bytes) -> list[object]:
    if len(data) > LARGEST_FILE:
        raise ValueError(f"larger than {LARGEST_FILE} bytes")
    document = _parse_toml(data) if name.endswith(".toml") else _parse_json(data)
    if "clients" not in document:
        return [document]
    if unexpected := sorted(document.keys() - {"clients"}):
        raise ValueError(f"unexpected beside clients: {', '.join(map(ascii, unexpected))}")
    documents = document["clients"]
    if not isinstance(documents, list) or not documents:
        raise ValueError("clients must be a list of at least one client")
    return documents


def _parse_toml(data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"not TOML ({error})") from error


def _parse_json(data: bytes) -> dict[str, object]:
    try:
        return read_object(data)
    except BadToken as error:
        raise ValueError(f"not a JSON object ({error})") from error


def _client(document: object, policy: Policy) -> Client:
    problems = list(_slips(document))
    try:
        client = metadata.read(document, client_id=_identifier(document), policy=policy)
    except MetadataRefused as refused:
        problems += refused.problems
    if problems:
        raise MetadataRefused(problems)
    return client


def _slips(document: object) -> Iterator[Problem]:
    """Yield what a registration may hold and a file of ours may not: it is here to be corrected."""
    if not isinstance(document, Mapping):
        return
    if not _identifier(document):
        yield Problem("client_id", "must be made of letters, digits and -._~")
    if "client_secret" in document:
        yield Problem("client_secret", "does not belong in a file; use `idp clients rotate-secret`")
    for name in metadata.unknown_members(document):
        yield Problem(ascii(name), "is not a member of a client")


def _identifier(document: object) -> str:
    """Return the identifier that a document gives, or nothing when it gives none that is fit."""
    client_id = document.get("client_id") if isinstance(document, Mapping) else None
    return client_id if isinstance(client_id, str) and registry.is_id(client_id) else ""


def _toml_lines(document: Mapping[str, object]) -> Iterator[str]:
    yield "[[clients]]\n"
    for name, value in document.items():
        yield f"{name} = {_toml(value)}\n"


def _toml(value: object) -> str:
    """Write a JSON value as TOML, which has neither null nor the character DEL in a text."""
    if isinstance(value, Mapping):
        pairs = (f"{_toml(name)} = {_toml(member)}" for name, member in value.items() if member is not None)
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(item) for item in value if item is not None)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
