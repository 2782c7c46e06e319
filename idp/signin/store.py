"""Every query on recoveries."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, insert, select, update

from idp.messages.message import Channel
from idp.people.codes import MOST_TRIES
from idp.people.contacts import email_key
from idp.people.person import State
from idp.people.tables import people
from idp.signin.tables import recoveries

MOST_WAITING = 3
"""How many accounts that wait for their activation are named to whoever reads the mailbox."""


class Wish(StrEnum):
    """What was forgotten."""

    PASSWORD = "password"
    IDENTIFIER = "identifier"


@dataclass(frozen=True, slots=True)
class Recovery:
    """One request. `contact` is sealed; times in seconds UTC."""

    id: str
    browser_digest: str
    wish: Wish
    channel: Channel
    contact: str
    contact_digest: str
    locale: str
    interaction_id: str | None
    created_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What now proves a request: the digest of a link's secret, or of a code. `wish` is what it will allow."""

    wish: Wish
    secret_digest: str | None = None
    code_digest: str | None = None


_FIELDS = tuple(recoveries.c[name] for name in Recovery.__slots__)
_ALIVE = and_(
    recoveries.c.used_at.is_(None),
    recoveries.c.superseded_at.is_(None),
    recoveries.c.expires_at > bindparam("now"),
)
_THIS = recoveries.c.id == bindparam("recovery")
_INSERT = insert(recoveries)
_WAITING = (
    select(people.c.identifier, people.c.email)
    .where(
        people.c.email_key == bindparam("key"),
        people.c.state == State.PENDING.value,
        people.c.identifier.is_not(None),
    )
    .order_by(people.c.created_at)
    .limit(MOST_WAITING)
)
_FIND = select(*_FIELDS).where(_THIS, recoveries.c.browser_digest == bindparam("browser"), _ALIVE)
_LATEST = (
    select(*_FIELDS)
    .where(
        recoveries.c.contact_digest == bindparam("same_contact"),
        recoveries.c.browser_digest == bindparam("browser"),
        recoveries.c.wish == bindparam("same_wish"),
        _ALIVE,
    )
    .order_by(recoveries.c.created_at.desc())
    .limit(1)
)
_HAS_DUE = select(recoveries.c.id).where(recoveries.c.due_at <= bindparam("now")).limit(1)
_DUE = (
    select(*_FIELDS)
    .where(recoveries.c.due_at <= bindparam("now"))
    .order_by(recoveries.c.due_at)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_ANSWERED = (
    update(recoveries)
    .where(_THIS)
    .values(due_at=None, secret_digest=bindparam("secret"), code_digest=bindparam("code"), wish=bindparam("wished"))
)
_SUPERSEDE = (
    update(recoveries)
    .where(
        recoveries.c.contact_digest == bindparam("same_contact"),
        recoveries.c.id != bindparam("recovery"),
        _ALIVE,
    )
    .values(superseded_at=bindparam("now"))
)
_TRY = (
    update(recoveries)
    .where(
        _THIS,
        recoveries.c.browser_digest == bindparam("browser"),
        recoveries.c.channel == Channel.SMS.value,
        recoveries.c.tries < MOST_TRIES,
        recoveries.c.proved_at.is_(None),
        _ALIVE,
    )
    .values(tries=recoveries.c.tries + 1)
    .returning(recoveries.c.code_digest, recoveries.c.tries)
)
_PROVE = (
    update(recoveries)
    .where(_THIS, recoveries.c.proved_at.is_(None), _ALIVE)
    .values(proved_at=bindparam("now"), secret_digest=bindparam("secret"), expires_at=bindparam("until"))
    .returning(*_FIELDS)
)
_PROOF = select(*_FIELDS).where(recoveries.c.secret_digest == bindparam("secret"), _ALIVE)
_USE = (
    update(recoveries)
    .where(recoveries.c.secret_digest == bindparam("secret"), recoveries.c.wish == Wish.PASSWORD.value, _ALIVE)
    .values(used_at=bindparam("now"))
    .returning(*_FIELDS)
)


def create(connection: Connection, recovery: Recovery, due_at: int | None) -> None:
    """Write a request, to be answered from `due_at` on, or never."""
    row = {name: getattr(recovery, name) for name in Recovery.__slots__}
    connection.execute(_INSERT, {**row, "tries": 0, "due_at": due_at})


def find(connection: Connection, recovery_id: str, browser: str, now: int) -> Recovery | None:
    """A living request of this browser (the digest of its secret)."""
    return _one(connection.execute(_FIND, {"recovery": recovery_id, "browser": browser, "now": now}).mappings().first())


def latest(connection: Connection, like: Recovery, now: int) -> Recovery | None:
    """The last living request of the same browser for the same contact and wish."""
    asked = {"same_contact": like.contact_digest, "browser": like.browser_digest, "same_wish": like.wish, "now": now}
    return _one(connection.execute(_LATEST, asked).mappings().first())


def has_due(connection: Connection, now: int) -> bool:
    """Whether a request waits for its answer."""
    return connection.execute(_HAS_DUE, {"now": now}).first() is not None


def due(connection: Connection, at_most: int, now: int) -> list[Recovery]:
    """Requests to answer, held until the end of the transaction."""
    return [_recovery(row) for row in connection.execute(_DUE, {"now": now, "at_most": at_most}).mappings()]


def answered(connection: Connection, recovery: Recovery, sent: Sent | None) -> None:
    """The request was looked at; note what now proves it, if a message leaves."""
    sent = sent or Sent(recovery.wish)
    proof = {"secret": sent.secret_digest, "code": sent.code_digest, "wished": sent.wish.value}
    connection.execute(_ANSWERED, {"recovery": recovery.id, **proof})


def supersede_others(connection: Connection, recovery: Recovery, now: int) -> None:
    """What was sent to the same contact before proves nothing any more."""
    same = {"same_contact": recovery.contact_digest, "recovery": recovery.id, "now": now}
    connection.execute(_SUPERSEDE, same)


def count_try(connection: Connection, recovery_id: str, browser: str, now: int) -> tuple[str | None, int] | None:
    """Count one try at a code before it is compared: its digest and the tries made; None when none may be made."""
    asked = {"recovery": recovery_id, "browser": browser, "now": now}
    row = connection.execute(_TRY, asked).one_or_none()
    return (row.code_digest, row.tries) if row else None


def prove(connection: Connection, recovery_id: str, secret_digest: str, until: int, now: int) -> Recovery | None:
    """The code was right: from now on and until then the secret proves the request. Once."""
    proof = {"recovery": recovery_id, "secret": secret_digest, "until": until, "now": now}
    return _one(connection.execute(_PROVE, proof).mappings().one_or_none())


def proof(connection: Connection, secret_digest: str, now: int) -> Recovery | None:
    """The living request that a secret proves."""
    return _one(connection.execute(_PROOF, {"secret": secret_digest, "now": now}).mappings().one_or_none())


def use(connection: Connection, secret_digest: str, now: int) -> Recovery | None:
    """Consume the request for a new password that a secret proves: of many at once, one gets it."""
    return _one(connection.execute(_USE, {"secret": secret_digest, "now": now}).mappings().one_or_none())


def waiting_for_activation(connection: Connection, address: str) -> list[tuple[str, str]]:
    """Accounts begun with this e-mail address and never activated: their identifiers, and the address as kept."""
    return [(row.identifier, row.email) for row in connection.execute(_WAITING, {"key": email_key(address)})]


def _one(row: RowMapping | None) -> Recovery | None:
    return _recovery(row) if row else None


def _recovery(row: RowMapping) -> Recovery:
    values: dict[str, Any] = dict(row)
    return Recovery(**{**values, "wish": Wish(values["wish"]), "channel": Channel(values["channel"])})
