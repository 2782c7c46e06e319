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
    """The host that stands for a client's organisation (section 8.1): its sector document's, or its only one."""
    return urlsplit(client.sector_identifier_uri or client.redirect_uris[0]).hostname or client.client_id


def subject_for(connection: Connection, provider: Provider, client: Client, person_id: str) -> str:
    """The `sub` of a person for a client."""
    if client.subject_type != "pairwise":
        return person_id
    subject = provider.pepper.digest("pairwise subject", f"{sector(client)} {person_id}")
    connection.execute(_KEEP.on(connection), {"subject": subject, "person_id": person_id})
    return subject


def person_named(connection: Connection, client: Client, subject: str) -> str | None:
    """The person whom a client names by a `sub` it was given; for a public one, the same value whoever it is."""
    if client.subject_type != "pairwise":
        return subject
    return connection.execute(_PERSON, {"named": subject}).scalar()
