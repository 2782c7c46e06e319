"""What a person agreed to: the terms, the information on their data, the mailing lists, acting for an organisation.

Each agreement is a row with its version, its time and where it was given; withdrawing one keeps the row, as proof of
both (RGPD article 7.1 and 7.3). What an application may know is another matter: idp.interactions.store.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, insert, select, update

from idp.foundation.secrets import Randomness, new_id
from idp.foundation.settings import SignUp
from idp.people.tables import agreements

_AGREE = insert(agreements)
_OF = select(agreements).where(agreements.c.person_id == bindparam("person")).order_by(agreements.c.agreed_at)
_STANDING = select(agreements.c.kind, agreements.c.version).where(
    agreements.c.person_id == bindparam("person"),
    agreements.c.kind.in_(bindparam("kinds", expanding=True)),
    agreements.c.withdrawn_at.is_(None),
)
_WITHDRAW = (
    update(agreements)
    .where(
        agreements.c.person_id == bindparam("person"),
        agreements.c.kind == bindparam("which"),
        agreements.c.withdrawn_at.is_(None),
    )
    .values(withdrawn_at=bindparam("now"))
)


_WITHDRAW_ALL = (
    update(agreements)
    .where(agreements.c.person_id == bindparam("person"), agreements.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("now"))
)


class Kind(StrEnum):
    """What may be agreed to."""

    TERMS = "terms"
    PRIVACY = "privacy"
    LIST_EMAIL = "list_email"
    LIST_SMS = "list_sms"
    REPRESENTATION = "representation"


BY_CONTROL = {
    "accept_terms": Kind.TERMS,
    "accept_privacy": Kind.PRIVACY,
    "list_email": Kind.LIST_EMAIL,
    "list_sms": Kind.LIST_SMS,
    "represents": Kind.REPRESENTATION,
}
"""The box of a form that stands for each."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement. `version` names the exact text, `origin` the page or the application. Times in seconds UTC."""

    id: str
    person_id: str
    kind: Kind
    version: str
    origin: str
    agreed_at: int
    withdrawn_at: int | None

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class Given:
    """What is agreed to now, to which text, and where."""

    kind: Kind
    version: str
    origin: str


def agree(connection: Connection, person_id: str, given: Given, randomness: Randomness, now: int) -> None:
    """Keep the proof of an agreement; one to an earlier version is over."""
    withdraw(connection, person_id, given.kind, now)
    row = {
        "id": new_id(randomness),
        "person_id": person_id,
        "kind": given.kind.value,
        "version": given.version,
        "origin": given.origin,
        "agreed_at": now,
    }
    connection.execute(_AGREE, row)


def withdraw(connection: Connection, person_id: str, kind: Kind, now: int) -> bool:
    """Take an agreement back, as easily as it was given; False when there was none."""
    return connection.execute(_WITHDRAW, {"person": person_id, "which": kind.value, "now": now}).rowcount > 0


def withdraw_all(connection: Connection, person_id: str, now: int) -> None:
    """Nothing stands any more; the proofs stay."""
    connection.execute(_WITHDRAW_ALL, {"person": person_id, "now": now})


def outdated(connection: Connection, person_id: str, signup: SignUp) -> tuple[Kind, ...]:
    """What the person agreed to in a version that is not today's: the terms, the information on their data.

    An account that never agreed to any, made by an operator who answers for it, has nothing to renew.
    """
    today = {Kind.TERMS: signup.terms_version, Kind.PRIVACY: signup.privacy_version}
    agreed = connection.execute(_STANDING, {"person": person_id, "kinds": [kind.value for kind in today]})
    versions = {Kind(row.kind): row.version for row in agreed}
    return tuple(kind for kind, version in today.items() if versions.get(kind, version) != version)


def agreements_of(connection: Connection, person_id: str) -> tuple[Agreement, ...]:
    """Everything a person agreed to, withdrawals included, the oldest first."""
    rows = connection.execute(_OF, {"person": person_id}).mappings()
    return tuple(Agreement(**{**row, "kind": Kind(row["kind"])}) for row in rows)
