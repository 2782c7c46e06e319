"""How a person is named to an application: OpenID Connect Core 1.0 section 8.

`public` is the same name for all; `pairwise` differs from one sector to another, so that two organisations cannot
compare what they know. A pairwise name is derived under the server's key, and kept to be recognised when it comes back.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Executable, Table, bindparam, select

from clients.client import Client
from idp.foundation.database import Insert, PerDialect
from idp.foundation.provider import Provider
from idp.oidc.tables import pairwise_subjects

TYPES = ("public", "pairwise")
_PERSON = select(pairwise_subjects.c.person_id).where(pairwise_subjects.c.subject == bindparam("named"))


def _insert(insert: Callable[[Table], Insert]) -> Executable:
    return insert(pairwise_subjects).on_conflict_do_nothing(index_elements=[pairwise_subjects.c.subject])


_KEEP = PerDialect(_insert)


def announced(provider: Provider) -> Mapping[str, Any]:
    """The member of the metadata document on the kinds of names."""
    return {"subject_types_supported": list(TYPES)}


def sector(client: Client) -> str:
    """The host that stands for a client's organisation (section 8.1): its sector document's, or its only one.

    A client without one is a sector by itself: a private-use scheme may be followed by anybody's host, and every
    device calls itself localhost.
    """
    parts = urlsplit(client.sector_identifier_uri or next(iter(client.redirect_uris), ""))
    return parts.hostname if parts.scheme == "https" and parts.hostname else client.client_id


def subject_for(connection: Connection, provider: Provider, client: Client, person_id: str) -> str:
    """The `sub` of a person for a client."""
    if client.subject_type != "pairwise":
        return person_id
    subject = _derived(provider, client, person_id)
    connection.execute(_KEEP.on(connection), {"subject": subject, "person_id": person_id})
    return subject


def person_named(connection: Connection, provider: Provider, client: Client, subject: str) -> str | None:
    """The person whom a client names by a `sub` it was given; for a public one, the same value whoever it is.

    None for a name given to another sector: to recognise it would be to compare for two organisations what they know.
    """
    if client.subject_type != "pairwise":
        return subject
    person_id = connection.execute(_PERSON, {"named": subject}).scalar()
    return person_id if person_id is not None and subject == _derived(provider, client, person_id) else None


def _derived(provider: Provider, client: Client, person_id: str) -> str:
    return provider.pepper.digest("pairwise subject", f"{sector(client)} {person_id}")
