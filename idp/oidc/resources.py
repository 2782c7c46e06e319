"""The authority's own interfaces (resource servers), for which applications may obtain access tokens: RFC 8707.

Each is named by a URI, has scopes of its own, says which kind of access token it reads and for how long one is good,
and may have a client of its own, by which its server asks what a token is (RFC 7662). Operators register them.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Self

from sqlalchemy import Connection, Executable, RowMapping, Table, bindparam, delete, select

from clients import registry
from idp.foundation.database import Insert, PerDialect
from idp.oidc.scopes import SCOPES
from idp.oidc.tables import resources
from idp.oidc.verified_claims_request import MEMBER

FORMATS = ("opaque", "jwt")
LONGEST_IDENTIFIER = 255
LIFETIMES = range(30, 86_401)
"""Seconds for which an access token may be good."""

_LONGEST_NAME = 100
_LONGEST_SCOPE = 1_000
_ABSOLUTE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One interface. `token_lifetime` in seconds, None for the application's own; `client_id`: who serves it."""

    identifier: str
    name: str
    scope: tuple[str, ...]
    token_format: str = "opaque"
    token_lifetime: int | None = None
    client_id: str | None = None
    created_at: int = 0

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        values = {each.name: row[each.name] for each in fields(cls)}
        return cls(**{**values, "scope": tuple(row["scope"].split())})


class ResourceRefused(Exception):
    """A resource that cannot be registered; `problems` are all the reasons."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


_ALL = select(resources).order_by(resources.c.identifier)
_NAMED = select(resources).where(resources.c.identifier.in_(bindparam("identifiers", expanding=True)))
_OF_CLIENT = select(resources.c.identifier).where(resources.c.client_id == bindparam("client"))
_REMOVE = delete(resources).where(resources.c.identifier == bindparam("named"))


def _insert(insert: Callable[[Table], Insert]) -> Executable:
    row = insert(resources)
    kept = {"identifier", "created_at"}
    changed = {column.name: row.excluded[column.name] for column in resources.c if column.name not in kept}
    return row.on_conflict_do_update(index_elements=[resources.c.identifier], set_=changed)


_ADD = PerDialect(_insert)


def list_all(connection: Connection) -> tuple[Resource, ...]:
    """Every interface, in the order of their identifiers."""
    return tuple(Resource.of(row) for row in connection.execute(_ALL).mappings())


def named(connection: Connection, identifiers: Iterable[str]) -> tuple[Resource, ...]:
    """Those of these identifiers that are registered."""
    found = connection.execute(_NAMED, {"identifiers": list(identifiers)}).mappings()
    return tuple(Resource.of(row) for row in found)


def served_by(connection: Connection, client_id: str) -> frozenset[str]:
    """The identifiers of the interfaces that a client serves."""
    return frozenset(connection.execute(_OF_CLIENT, {"client": client_id}).scalars())


def every_scope(connection: Connection) -> tuple[str, ...]:
    """The scopes of all the interfaces, each once."""
    return tuple(dict.fromkeys(scope for resource in list_all(connection) for scope in resource.scope))


def put(connection: Connection, resource: Resource, issuer: str) -> None:
    """Register an interface, or replace what is known of it. Raises `ResourceRefused` with every problem."""
    problems = [*_problems(resource, issuer), *_client_problems(connection, resource)]
    if problems:
        raise ResourceRefused(problems)
    values = {each.name: getattr(resource, each.name) for each in fields(resource)}
    connection.execute(_ADD.on(connection), values | {"scope": " ".join(resource.scope)})


def remove(connection: Connection, identifier: str) -> bool:
    """Forget an interface; no token for it is issued any more. False when there is none."""
    return connection.execute(_REMOVE, {"named": identifier}).rowcount > 0


def is_identifier(text: str) -> bool:
    """Whether a text may name a resource: an absolute URI without a fragment (RFC 8707 section 2)."""
    return len(text) <= LONGEST_IDENTIFIER and _ABSOLUTE_URI.fullmatch(text) is not None


def _problems(resource: Resource, issuer: str) -> Iterable[str]:
    if not is_identifier(resource.identifier):
        yield f"the identifier must be an absolute URI of {LONGEST_IDENTIFIER} characters at most, without a fragment"
    if resource.identifier == issuer:
        yield "the identifier is the provider's own"
    if not resource.name.strip() or len(resource.name) > _LONGEST_NAME or not resource.name.isprintable():
        yield f"the name must be a line of {_LONGEST_NAME} characters at most"
    if not resource.scope or len(" ".join(resource.scope)) > _LONGEST_SCOPE:
        yield f"there must be at least one scope, and {_LONGEST_SCOPE} characters of them at most"
    for scope in resource.scope:
        if _SCOPE.fullmatch(scope) is None:
            yield f"{scope!a} is no scope (RFC 6749 section 3.3)"
        if scope in SCOPES or scope == MEMBER:
            yield f"{scope} is a scope of the provider"
    if resource.token_format not in FORMATS:
        yield f"the token format must be one of {', '.join(FORMATS)}"
    if resource.token_lifetime is not None and resource.token_lifetime not in LIFETIMES:
        yield f"the token lifetime must be between {LIFETIMES[0]} and {LIFETIMES[-1]} seconds"


def _client_problems(connection: Connection, resource: Resource) -> Iterable[str]:
    if resource.client_id is None:
        return
    client = registry.find(connection, resource.client_id)
    if client is None:
        yield f"no client is named {resource.client_id}"
    elif client.public:
        yield f"the client {resource.client_id} does not authenticate, so it may not ask about tokens"
