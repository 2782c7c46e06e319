"""Every query on activations. What may be used once is taken by one guarded UPDATE, and its row stays."""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from idp.people.codes import MOST_TRIES
from idp.signup.tables import activations

_LIVE = (
    activations.c.used_at.is_(None),
    activations.c.closed_at.is_(None),
    activations.c.expires_at > bindparam("now"),
)
_MINE = (activations.c.person_id == bindparam("person"), activations.c.channel == bindparam("by"))
_COLUMNS = tuple(column for column in activations.c if column.name not in {"used_at", "closed_at"})
_WRITE = insert(activations)
_LATEST = select(*_COLUMNS).where(*_MINE, *_LIVE).order_by(activations.c.created_at.desc(), activations.c.id).limit(1)
_LOOK = select(*_COLUMNS).where(activations.c.digest == bindparam("digest_is"), *_LIVE)
_TAKE = (
    update(activations)
    .where(activations.c.digest == bindparam("digest_is"), *_LIVE)
    .values(used_at=bindparam("now"))
    .returning(*_COLUMNS)
)
_COUNT = (
    update(activations)
    .where(activations.c.id == bindparam("activation"), activations.c.attempts < MOST_TRIES, *_LIVE)
    .values(attempts=activations.c.attempts + 1)
    .returning(*_COLUMNS)
)
_CLOSE = (
    update(activations)
    .where(*_MINE, activations.c.used_at.is_(None), activations.c.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
)
_CLOSE_OTHER_DESTINATIONS = _CLOSE.where(activations.c.destination != bindparam("kept"))
_CLOSE_EXPIRED = _CLOSE.where(activations.c.expires_at <= bindparam("now"))


@dataclass(frozen=True, slots=True)
class Activation:
    """A link or a code that was sent, and where it was asked for. Times in seconds UTC."""

    id: str
    person_id: str
    channel: str
    destination: str
    digest: str
    interaction_id: str
    client_id: str | None
    browser_digest: str
    attempts: int
    created_at: int
    expires_at: int

    @property
    def attempts_left(self) -> int:
        return MOST_TRIES - self.attempts


def write(connection: Connection, activation: Activation) -> None:
    """Keep what is about to be sent, as a digest."""
    connection.execute(_WRITE, {name: getattr(activation, name) for name in Activation.__slots__})


def latest(connection: Connection, person_id: str, channel: str, now: int) -> Activation | None:
    """The last link or code sent to a person that may still be used."""
    return _one(connection.execute(_LATEST, {"person": person_id, "by": channel, "now": now}).one_or_none())


def look(connection: Connection, digest: str, now: int) -> Activation | None:
    """What a link stands for while it may be used; looking uses nothing up."""
    return _one(connection.execute(_LOOK, {"digest_is": digest, "now": now}).one_or_none())


def take(connection: Connection, digest: str, now: int) -> Activation | None:
    """Use a link or a code up: it goes to one caller, once, before it expires."""
    return _one(connection.execute(_TAKE, {"digest_is": digest, "now": now}).one_or_none())


def count_attempt(connection: Connection, activation_id: str, now: int) -> Activation | None:
    """Count an attempt before anything is compared; None when no attempt is left, whoever else tries meanwhile."""
    return _one(connection.execute(_COUNT, {"activation": activation_id, "now": now}).one_or_none())


def close(connection: Connection, person_id: str, channel: str, now: int) -> None:
    """What was sent by this channel is of no use any more."""
    connection.execute(_CLOSE, {"person": person_id, "by": channel, "now": now})


def close_other_destinations(connection: Connection, person_id: str, channel: str, kept: str, now: int) -> None:
    """What was sent elsewhere is of no use any more."""
    connection.execute(_CLOSE_OTHER_DESTINATIONS, {"person": person_id, "by": channel, "kept": kept, "now": now})


def close_expired(connection: Connection, person_id: str, channel: str, now: int) -> None:
    """What expired stays so, even if the clock of the server goes back."""
    connection.execute(_CLOSE_EXPIRED, {"person": person_id, "by": channel, "now": now})


def _one(row: Row[tuple[object, ...]] | None) -> Activation | None:
    return Activation(**row._mapping) if row else None
