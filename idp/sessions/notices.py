"""The applications to be told that a session has ended, as whoever tells them works through the list.

A notice claimed is nobody else's until its lease ends; its number of attempts says which claim it is, so that a worker
that was too slow cannot settle what another has claimed since. An application that failed to answer is left alone
until its next attempt is due, whatever else waits for it, so that one that is down costs the others nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, exists, func, select, update

from idp.sessions.tables import logout_notices

LEASE_SECONDS = 120


class Outcome(StrEnum):
    """What became of a notice in the end."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    NO_CHANNEL = "no_channel"


@dataclass(frozen=True, slots=True)
class Notice:
    """An application that this worker alone may tell, until `leased_until_at` (seconds UTC)."""

    session_id: str
    client_id: str
    person_id: str
    ended_at: int
    leased_until_at: int
    attempts: int


_sibling = logout_notices.alias()


def _due() -> ColumnElement[bool]:
    waits_for_an_answer = exists().where(
        _sibling.c.client_id == logout_notices.c.client_id,
        _sibling.c.failure.is_not(None),
        _sibling.c.next_attempt_at > bindparam("now"),
    )
    return and_(
        logout_notices.c.next_attempt_at <= bindparam("now"),
        logout_notices.c.leased_until_at <= bindparam("now"),
        ~waits_for_an_answer,
    )


_WAITING = select(logout_notices.c.client_id).where(_due()).limit(1)
_CLAIM = (
    select(logout_notices)
    .where(_due())
    .order_by(logout_notices.c.next_attempt_at, logout_notices.c.session_id, logout_notices.c.client_id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True, of=logout_notices)
)
_ONE = and_(logout_notices.c.session_id == bindparam("session"), logout_notices.c.client_id == bindparam("client"))
_LEASE = update(logout_notices).where(_ONE).values(leased_until_at=bindparam("until"), attempts=bindparam("number"))
_MINE = and_(_ONE, logout_notices.c.attempts == bindparam("number"), logout_notices.c.next_attempt_at.is_not(None))
_SETTLE = (
    update(logout_notices)
    .where(_MINE)
    .values(
        next_attempt_at=None,
        leased_until_at=0,
        outcome=bindparam("became"),
        failure=bindparam("why"),
        settled_at=bindparam("at"),
    )
)
_POSTPONE = (
    update(logout_notices)
    .where(_MINE)
    .values(next_attempt_at=bindparam("at"), leased_until_at=0, failure=bindparam("why"))
)
_RELEASE = update(logout_notices).where(_MINE).values(leased_until_at=0, attempts=logout_notices.c.attempts - 1)
_BACKLOG = select(
    func.count().label("number"), func.coalesce(func.min(logout_notices.c.ended_at), 0).label("oldest")
).where(logout_notices.c.next_attempt_at.is_not(None))
_OUTCOMES = select(logout_notices.c.client_id, logout_notices.c.outcome).where(
    logout_notices.c.session_id == bindparam("session"), logout_notices.c.outcome.is_not(None)
)


def has_due(connection: Connection, now: int) -> bool:
    """Whether there is anybody to tell. One read by index, so that an idle worker costs nothing."""
    return connection.execute(_WAITING, {"now": now}).first() is not None


def claim(connection: Connection, at_most: int, now: int) -> list[Notice]:
    """Take the notices longest due, for `LEASE_SECONDS`. Two workers never take the same one."""
    until = now + LEASE_SECONDS
    claimed = [_notice(row, until) for row in connection.execute(_CLAIM, {"now": now, "at_most": at_most})]
    if claimed:
        connection.execute(_LEASE, [_key(each) | {"until": until} for each in claimed])
    return claimed


def settle(connection: Connection, notice: Notice, outcome: Outcome, why: str | None, now: int) -> bool:
    """There is nothing more to do; False when it was for another worker to say. `why` is short and holds no secret."""
    said = {"became": outcome.value, "why": why[:64] if why else None, "at": now}
    return connection.execute(_SETTLE, _key(notice) | said).rowcount > 0


def postpone(connection: Connection, notice: Notice, why: str, next_attempt_at: int) -> None:
    """Try again later."""
    connection.execute(_POSTPONE, _key(notice) | {"at": next_attempt_at, "why": why[:64]})


def release(connection: Connection, untried: Sequence[Notice]) -> None:
    """Give claims back."""
    connection.execute(_RELEASE, [_key(each) for each in untried])


def outcomes(connection: Connection, session_id: str) -> dict[str, Outcome]:
    """What became of the notices of a session, by application; those still to be told are not in it."""
    rows = connection.execute(_OUTCOMES, {"session": session_id})
    return {row.client_id: Outcome(row.outcome) for row in rows}


def backlog(connection: Connection) -> tuple[int, int]:
    """How many are still to be delivered, and since when the oldest is due (seconds UTC; 0 for none)."""
    row = connection.execute(_BACKLOG).one()
    return int(row.number), int(row.oldest)


def _notice(row: Row[Any], leased_until_at: int) -> Notice:
    return Notice(
        session_id=row.session_id,
        client_id=row.client_id,
        person_id=row.person_id,
        ended_at=row.ended_at,
        leased_until_at=leased_until_at,
        attempts=row.attempts + 1,
    )


def _key(notice: Notice) -> dict[str, str | int]:
    return {"session": notice.session_id, "client": notice.client_id, "number": notice.attempts}
