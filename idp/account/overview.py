"""Everything the provider knows of a person, gathered in one step: what they see, and what they may take away."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from clients import registry
from idp.account import contacts
from idp.account.store import Change
from idp.account.store import Kind as ChangeKind
from idp.interactions import store as interactions
from idp.people import attestations, identity, store
from idp.people.attestations import Attested
from idp.people.consents import Agreement, Kind, agreements_of
from idp.people.identity import Link
from idp.people.person import Person
from idp.sessions import store as sessions
from idp.sessions.session import Participation, Session

_NOT_THEIRS = frozenset({"password_hash", "cutoff_at"})
CONTACTS = (ChangeKind.EMAIL, ChangeKind.MOBILE)
_SECRET_OF_SESSION = frozenset({"sealed_id_token"})


@dataclass(frozen=True, slots=True)
class Application:
    """An application the person entered, or allowed to know something. `scope` is empty where nobody was asked."""

    client_id: str
    name: str
    uri: str | None
    participation: Participation | None
    scope: frozenset[str]


@dataclass(frozen=True, slots=True)
class Overview:
    """A person, and all that hangs on them."""

    person: Person
    applications: tuple[Application, ...]
    sessions: tuple[Session, ...]
    links: tuple[Link, ...]
    attested: tuple[Attested, ...]
    agreements: tuple[Agreement, ...]
    pending: tuple[Change, ...]
    signs_in_by_email: bool

    def subscribed(self, kind: Kind) -> bool:
        """Whether an agreement of this kind stands today."""
        return any(each.kind is kind and each.stands for each in self.agreements)


def gather(connection: Connection, person_id: str, issuer: str, now: int) -> Overview | None:
    """The overview of a person, or None when the account is gone. `issuer` is told to the applications they open."""
    person = store.find(connection, person_id)
    if person is None:
        return None
    return Overview(
        person=person,
        applications=_applications(connection, person_id, issuer),
        sessions=tuple(sessions.list_for(connection, person_id, now)),
        links=identity.links_of(connection, person_id),
        attested=attestations.kept_of(connection, person_id),
        agreements=agreements_of(connection, person_id),
        signs_in_by_email=store.signs_in_by_email(connection, person_id),
        pending=tuple(filter(None, (contacts.pending(connection, person, kind, now) for kind in CONTACTS))),
    )


def _applications(connection: Connection, person_id: str, issuer: str) -> tuple[Application, ...]:
    used = {each.client_id: each for each in sessions.applications_of(connection, person_id)}
    allowed = interactions.consents_of(connection, person_id)
    return tuple(
        _application(connection, client_id, issuer, used.get(client_id), allowed.get(client_id, frozenset()))
        for client_id in (*used, *(client_id for client_id in allowed if client_id not in used))
    )


def _application(
    connection: Connection, client_id: str, issuer: str, participation: Participation | None, scope: frozenset[str]
) -> Application:
    client = registry.find(connection, client_id)
    name = client.client_name if client and client.client_name else client_id
    uri = client.address_to_open(issuer) if client else None
    return Application(client_id, name, uri, participation, scope)


def portable(overview: Overview) -> Mapping[str, Any]:
    """The same as a document the person may keep or give to another (RGPD articles 15 and 20). Times in seconds UTC.

    Secrets of the account (the password's hash, sealed tokens) are not information on the person and stay here.
    """
    person = {name: value for name, value in asdict(overview.person).items() if name not in _NOT_THEIRS}
    return {
        "person": person,
        "applications": [
            {
                "client_id": each.client_id,
                "name": each.name,
                "first_used_at": each.participation.first_at if each.participation else None,
                "last_used_at": each.participation.last_at if each.participation else None,
                "allowed": sorted(each.scope),
            }
            for each in overview.applications
        ],
        "sessions": [
            {name: value for name, value in asdict(each).items() if name not in _SECRET_OF_SESSION}
            for each in overview.sessions
        ],
        "linked_accounts": [asdict(each) for each in overview.links],
        "verified_elsewhere": [asdict(each) for each in overview.attested],
        "agreements": [asdict(each) for each in overview.agreements],
        "contacts_to_prove": [
            {"kind": each.kind.value, "contact": each.destination, "asked_at": each.created_at}
            for each in overview.pending
        ],
    }
