"""Every query on attempts, and on the accounts that may be an attested person's."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from idp.foundation.purging import older, purge
from idp.foundation.secrets import digest
from idp.people.civil_status import Declared
from idp.people.person import State
from idp.people.tables import identities, people
from idp.upstream.tables import attempts

ATTEMPT_SECONDS = 3600
"""FranceConnect gives a person thirty minutes on its pages; the return may take as long again."""
MOST_IN_ONE_BROWSER = 25
KEEP_USED_SECONDS = 86_400

_BEGIN = insert(attempts)
_OF_BROWSER = (
    select(attempts.c.state_digest)
    .where(attempts.c.browser_digest == bindparam("browser"), attempts.c.used_at.is_(None))
    .order_by(attempts.c.created_at.desc(), attempts.c.state_digest)
    .offset(MOST_IN_ONE_BROWSER - 1)
)
_DROP = delete(attempts).where(attempts.c.state_digest.in_(bindparam("states", expanding=True)))
_THIS = (
    attempts.c.state_digest == bindparam("state"),
    attempts.c.provider == bindparam("name"),
    attempts.c.browser_digest == bindparam("browser"),
)
_FIND = select(attempts).where(*_THIS)
_USE = (
    update(attempts)
    .where(*_THIS, attempts.c.used_at.is_(None), attempts.c.expires_at > bindparam("now"))
    .values(used_at=bindparam("now"))
    .returning(attempts)
)
_FORGET = older(attempts, attempts.c.expires_at)
_BORN_ON = select(people.c.id.label("person_id"), people.c.given_names, people.c.birth_name, people.c.birthdate).where(
    people.c.birthdate == bindparam("day"),
    people.c.state == State.ACTIVE.value,
    people.c.password_hash.is_not(None),
    ~exists().where(identities.c.person_id == people.c.id, identities.c.issuer == bindparam("issuer_is")),
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in under way at an upstream. Times in seconds UTC."""

    provider: str
    interaction_id: str
    nonce_digest: str
    sealed_verifier: str | None
    used_at: int | None


@dataclass(frozen=True, slots=True)
class Begun:
    """What is kept of an authorization request: digests of the state, the nonce and the browser."""

    provider: str
    interaction_id: str
    browser: str
    state: str
    nonce: str
    sealed_verifier: str | None


def begin(connection: Connection, begun: Begun, now: int) -> None:
    """Keep an attempt; the oldest ones of a browser that has too many open are dropped."""
    browser = digest(begun.browser)
    if excess := list(connection.execute(_OF_BROWSER, {"browser": browser}).scalars()):
        connection.execute(_DROP, {"states": excess})
    connection.execute(
        _BEGIN,
        {
            "state_digest": digest(begun.state),
            "provider": begun.provider,
            "interaction_id": begun.interaction_id,
            "browser_digest": browser,
            "nonce_digest": digest(begun.nonce),
            "sealed_verifier": begun.sealed_verifier,
            "created_at": now,
            "expires_at": now + ATTEMPT_SECONDS,
            "used_at": None,
        },
    )


def use(connection: Connection, provider: str, state: str, browser: str, now: int) -> Attempt | None:
    """Claim an attempt, once, in the browser that began it and for the upstream it was begun for; None otherwise."""
    params = {"state": digest(state), "name": provider, "browser": digest(browser), "now": now}
    return _attempt(connection.execute(_USE, params).mappings().one_or_none())


def find(connection: Connection, provider: str, state: str, browser: str) -> Attempt | None:
    """The same attempt, whether it was used or not: to know where a second return belongs."""
    params = {"state": digest(state), "name": provider, "browser": digest(browser)}
    return _attempt(connection.execute(_FIND, params).mappings().one_or_none())


def forget(connection: Connection, now: int) -> int:
    """Delete a batch of attempts that were over a day ago; how many."""
    return purge(connection, _FORGET, now - KEEP_USED_SECONDS)


def born_on(connection: Connection, birthdate: object, issuer: str) -> tuple[Declared, ...]:
    """The active accounts with a password, born on that day (AAAA-MM-JJ), that no identity of this issuer opens."""
    if not isinstance(birthdate, str) or not birthdate:
        return ()
    rows = connection.execute(_BORN_ON, {"day": birthdate, "issuer_is": issuer}).mappings()
    return tuple(Declared(**row) for row in rows)


def _attempt(row: Any) -> Attempt | None:
    return Attempt(**{name: row[name] for name in Attempt.__slots__}) if row else None
