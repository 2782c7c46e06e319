"""Every query on people: to create, find, prove, lock and forget them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    RowMapping,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from idp.foundation.audit import Audited, Line
from idp.foundation.database import Insert, PerDialect
from idp.foundation.secrets import Randomness, new_id
from idp.people.contacts import email, email_key
from idp.people.identifiers import identifier_key
from idp.people.person import Organisation, Person, State
from idp.people.tables import email_aliases, organisations, people

ADDRESS_PARTS = ("street", "complement", "postcode", "city", "country")

_ORGANISATION = tuple(each.name for each in fields(Organisation))
_PERSON = tuple(each.name for each in fields(Person) if each.name != "organisation")
_WHOLE: Select[Any] = select(
    *(people.c[name] for name in _PERSON),
    *(organisations.c[name].label(f"organisation_{name}") for name in _ORGANISATION),
).select_from(people.outerjoin(organisations, and_(organisations.c.person_id == people.c.id, organisations.c.main)))


def _active_holder(proved: ColumnElement[Any], contact: ColumnElement[Any]) -> Select[Any]:
    held = _WHOLE.where(contact == bindparam("key"), proved.is_not(None), people.c.state == State.ACTIVE.value)
    return held.order_by(people.c.created_at, people.c.identifier_key, people.c.id)


_ONE = people.c.id == bindparam("person")
_BY_ID = _WHOLE.where(_ONE)
_BY_ID_HELD = _BY_ID.with_for_update(of=people)
_BY_IDENTIFIER = _WHOLE.where(people.c.identifier_key == bindparam("key"))
_OWNER_OF_ALIAS = select(email_aliases.c.person_id).where(email_aliases.c.email_key == bindparam("key"))
_HAS_ALIAS = select(email_aliases.c.person_id).where(email_aliases.c.person_id == bindparam("person"))
_BY_ALIAS = _WHOLE.where(people.c.id == _OWNER_OF_ALIAS.scalar_subquery())
_BY_EMAIL = _active_holder(people.c.email_verified_at, people.c.email_key)
_BY_MOBILE = _active_holder(people.c.mobile_verified_at, people.c.mobile)
_SEARCH = (
    _WHOLE.where(
        or_(
            people.c.identifier_key.like(bindparam("pattern"), escape="/"),
            people.c.email_key.like(bindparam("pattern"), escape="/"),
            func.lower(people.c.birth_name).like(bindparam("pattern"), escape="/"),
            func.lower(people.c.given_names).like(bindparam("pattern"), escape="/"),
        )
    )
    .order_by(people.c.created_at.desc(), people.c.id)
    .limit(bindparam("most"))
)
_VERIFY_EMAIL = (
    update(people)
    .where(_ONE)
    .values(
        email=bindparam("mailbox"),
        email_key=bindparam("key"),
        email_verified_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
)
_VERIFY_MOBILE = (
    update(people)
    .where(_ONE)
    .values(mobile=bindparam("number"), mobile_verified_at=bindparam("now"), updated_at=bindparam("now"))
)
_SET_PASSWORD = (
    update(people).where(_ONE).values(password_hash=bindparam("hashed"), password_changed_at=bindparam("now"))
)
_REHASH = (
    update(people).where(_ONE, people.c.password_hash == bindparam("former")).values(password_hash=bindparam("hashed"))
)
_SIGNED_IN = Audited(
    update(people).where(_ONE).values(signed_in_at=bindparam("now"), deletion_due_at=None, deletion_reminded_at=None)
)
_OTHER_ALIASES = delete(email_aliases).where(
    email_aliases.c.person_id == bindparam("person"), email_aliases.c.email_key != bindparam("key")
)


def _insert_person(insert: Callable[[Table], Insert]) -> Executable:
    return insert(people).on_conflict_do_nothing(index_elements=[people.c.identifier_key]).returning(people.c.id)


def _insert_alias(insert: Callable[[Table], Insert]) -> Executable:
    return insert(email_aliases).on_conflict_do_nothing(index_elements=[email_aliases.c.email_key])


_CREATE = PerDialect(_insert_person)
_ALIAS = PerDialect(_insert_alias)


class IdentifierTaken(Exception):
    """Somebody else has this identifier, perhaps since a moment ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What an account begins with. `answers` are those of the profile's form that belong to the person."""

    profile: str
    answers: Mapping[str, str]
    locale: str
    identifier: str | None = None
    password_hash: str | None = None
    claims: Mapping[str, Any] | None = None


def create(connection: Connection, new: NewPerson, randomness: Randomness, now: int) -> str:
    """Open an account that waits for its activation; its id. Raises `IdentifierTaken`, guarded by the database."""
    address = {part: new.answers[part] for part in ADDRESS_PARTS if part in new.answers}
    columns = {name: value for name, value in new.answers.items() if name not in ADDRESS_PARTS}
    row = columns | {
        "id": new_id(randomness),
        "state": State.PENDING.value,
        "profile": new.profile,
        "identifier": new.identifier,
        "identifier_key": identifier_key(new.identifier) if new.identifier else None,
        "password_hash": new.password_hash,
        "password_changed_at": now if new.password_hash else None,
        "email_key": email_key(columns["email"]) if columns.get("email") else None,
        "address": address or None,
        "locale": new.locale,
        "claims": dict(new.claims) if new.claims else None,
        "created_at": now,
        "updated_at": now,
        "cutoff_at": 0,
    }
    created = connection.execute(_CREATE.on(connection), row).scalar()
    if created is None:
        raise IdentifierTaken
    return str(created)


def find(connection: Connection, person_id: str) -> Person | None:
    """The account, whatever its state."""
    return _one(connection, _BY_ID, {"person": person_id})


def find_and_hold(connection: Connection, person_id: str) -> Person | None:
    """The same, which nobody else changes until the end of the transaction."""
    return _one(connection, _BY_ID_HELD, {"person": person_id})


def find_by_identifier(connection: Connection, typed: str) -> Person | None:
    """The account that signs in with this: its identifier, or the e-mail it was the first to prove."""
    if "@" not in typed:
        return _one(connection, _BY_IDENTIFIER, {"key": identifier_key(typed)})
    address = email(typed)
    return _one(connection, _BY_ALIAS, {"key": email_key(address)}) if isinstance(address, str) else None


def holders_of_email(connection: Connection, address: str) -> tuple[Person, ...]:
    """Every active account that proved this address, the oldest first."""
    return _several(connection, _BY_EMAIL, {"key": email_key(address)})


def holders_of_mobile(connection: Connection, number: str) -> tuple[Person, ...]:
    """Every active account that proved this number (E.164), the oldest first."""
    return _several(connection, _BY_MOBILE, {"key": number})


def search(connection: Connection, words: str, most: int = 50) -> tuple[Person, ...]:
    """Accounts whose identifier, e-mail or name contains these words, the newest first; all when `words` is empty."""
    escaped = re.sub(r"([/%_])", r"/\1", words.strip().lower())
    return _several(connection, _SEARCH, {"pattern": f"%{escaped}%", "most": most})


def verify_email(connection: Connection, person_id: str, address: str, now: int) -> None:
    """The person proved to read this mailbox: it replaces the address on record and, if nobody holds it, signs in."""
    key = email_key(address)
    connection.execute(_VERIFY_EMAIL, {"person": person_id, "mailbox": address, "key": key, "now": now})
    connection.execute(_OTHER_ALIASES, {"person": person_id, "key": key})
    connection.execute(_ALIAS.on(connection), {"email_key": key, "person_id": person_id, "since_at": now})


def verify_mobile(connection: Connection, person_id: str, number: str, now: int) -> None:
    """The person proved to receive SMS at this number (E.164): it replaces the number on record."""
    connection.execute(_VERIFY_MOBILE, {"person": person_id, "number": number, "now": now})


def amend(connection: Connection, person_id: str, changes: Mapping[str, Any], now: int) -> None:
    """Change what is declared. A new e-mail or mobile is unproved until its own link or code is followed."""
    values = dict(changes) | {"updated_at": now}
    if "email" in values:
        values |= {"email_key": email_key(values["email"]) if values["email"] else None, "email_verified_at": None}
        connection.execute(_OTHER_ALIASES, {"person": person_id, "key": ""})
    if "mobile" in values:
        values["mobile_verified_at"] = None
    connection.execute(update(people).where(people.c.id == person_id).values(values))


def signs_in_by_email(connection: Connection, person_id: str) -> bool:
    """Whether the person was the first to prove their address, and so may sign in with it."""
    return connection.execute(_HAS_ALIAS, {"person": person_id}).first() is not None


def set_password(connection: Connection, person_id: str, hashed: str | None, now: int) -> None:
    """Replace the password by one chosen now, or by none."""
    connection.execute(_SET_PASSWORD, {"person": person_id, "hashed": hashed, "now": now})


def rehash(connection: Connection, person_id: str, former: str, hashed: str) -> None:
    """Store the same password at today's cost, unless it was changed meanwhile."""
    connection.execute(_REHASH, {"person": person_id, "former": former, "hashed": hashed})


def touch_signed_in(connection: Connection, person_id: str, now: int, line: Line | None = None) -> None:
    """The person signed in: the account is in use, whatever had been announced. `line` tells of it, if it is given."""
    _SIGNED_IN.execute(connection, {"person": person_id, "now": now}, line)


def _one(connection: Connection, statement: Select[Any], params: Mapping[str, Any]) -> Person | None:
    row = connection.execute(statement, params).mappings().one_or_none()
    return _person(row) if row else None


def _several(connection: Connection, statement: Select[Any], params: Mapping[str, Any]) -> tuple[Person, ...]:
    return tuple(_person(row) for row in connection.execute(statement, params).mappings())


def _person(row: RowMapping) -> Person:
    values: dict[str, Any] = {name: row[name] for name in _PERSON}
    values |= {
        "state": State(row["state"]),
        "address": row["address"] or {},
        "claims": row["claims"] or {},
        "organisation": _organisation(row) if row["organisation_id"] else None,
    }
    return Person(**values)


def _organisation(row: RowMapping) -> Organisation:
    return Organisation(**{name: row[f"organisation_{name}"] for name in _ORGANISATION})
