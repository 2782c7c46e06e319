"""Accounts whose holder does not sign in: found, announced, reminded of, and due to be erased.

An announcement writes the day of the end; the reminder comes once, and the end after both. A sign-in wipes all of it
(`people.store.touch_signed_in`), so that everything begins again at the next long absence.
"""

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, func, select, update

from idp.people.person import State
from idp.people.tables import people

BATCH = 100

_LAST_SEEN = func.coalesce(people.c.signed_in_at, people.c.activated_at, people.c.created_at)
_HELD = people.c.state.in_((State.ACTIVE.value, State.LOCKED.value))


def _in_order(*conditions: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return (_HELD, people.c.id > bindparam("after"), *conditions)


_DORMANT = (bindparam("before", type_=BigInteger) >= _LAST_SEEN, people.c.deletion_due_at.is_(None))
_UNREMINDED = (people.c.deletion_due_at <= bindparam("by"), people.c.deletion_reminded_at.is_(None))
_DUE = (people.c.deletion_due_at <= bindparam("now"), people.c.deletion_reminded_at.is_not(None))
_TO_ANNOUNCE = select(people.c.id, _LAST_SEEN).where(*_in_order(*_DORMANT)).order_by(people.c.id).limit(BATCH)
_TO_REMIND = select(people.c.id).where(*_in_order(*_UNREMINDED)).order_by(people.c.id).limit(BATCH)
_TO_ERASE = select(people.c.id).where(*_in_order(*_DUE)).order_by(people.c.id).limit(BATCH).with_for_update()
_ONE = people.c.id == bindparam("person")
_ANNOUNCE = update(people).where(_ONE, _HELD, *_DORMANT).values(deletion_due_at=bindparam("due"))
_REMIND = (
    update(people)
    .where(_ONE, _HELD, *_UNREMINDED)
    .values(deletion_due_at=bindparam("due"), deletion_reminded_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Dormant:
    """An account nobody has used since `seen_at` (seconds UTC)."""

    person_id: str
    seen_at: int


def to_announce(connection: Connection, before: int, after: str) -> list[Dormant]:
    """Accounts unused since `before` (seconds UTC) and not announced, in the order of their ids, those past `after`."""
    rows = connection.execute(_TO_ANNOUNCE, {"before": before, "after": after})
    return [Dormant(person_id, int(seen_at)) for person_id, seen_at in rows]


def announce(connection: Connection, person_id: str, before: int, due_at: int) -> bool:
    """The end of an account is set for that day; False when its holder has come back."""
    announced = {"person": person_id, "before": before, "due": due_at}
    return connection.execute(_ANNOUNCE, announced).rowcount > 0


def to_remind(connection: Connection, by: int, after: str) -> list[str]:
    """Accounts that end by that time and whose holder was told once."""
    return list(connection.execute(_TO_REMIND, {"by": by, "after": after}).scalars())


def remind(connection: Connection, person_id: str, by: int, due_at: int, now: int) -> bool:
    """The holder was told a second time, and of that day; False when they have come back."""
    reminded = {"person": person_id, "by": by, "due": due_at, "now": now}
    return connection.execute(_REMIND, reminded).rowcount > 0


def to_erase(connection: Connection, now: int, after: str) -> list[str]:
    """Accounts whose day has come, held until the end of the transaction so that nobody signs in to them meanwhile."""
    return list(connection.execute(_TO_ERASE, {"now": now, "after": after}).scalars())
