"""The outbox as its workers use it: claim under a lease, then settle.

A message claimed is nobody else's until its lease ends; its number of attempts says which claim it is, so that a worker
that was too slow cannot settle what another has claimed since.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, or_, select, update

from idp.foundation import audit
from idp.messages.message import Channel, Purpose
from idp.messages.tables import outbox

LEASE_SECONDS = 120
KEPT_SECONDS = 7 * 86_400
"""How long the row of a message that is settled stays, without its words, for operators to look at."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker alone may send until `leased_until_at`; recipient and body still sealed."""

    id: str
    channel: Channel
    purpose: Purpose
    person_id: str | None
    recipient: str
    body: str
    created_at: int
    expires_at: int
    leased_until_at: int
    attempts: int


_DUE = and_(outbox.c.next_attempt_at <= bindparam("now"), outbox.c.leased_until_at <= bindparam("now"))
_OURS = outbox.c.channel.in_(bindparam("channels", expanding=True))
_WAITING = select(outbox.c.id).where(_DUE, or_(_OURS, outbox.c.expires_at <= bindparam("now"))).limit(1)
_CLAIM = (
    select(outbox)
    .where(_DUE, outbox.c.expires_at > bindparam("now"), _OURS)
    .order_by(outbox.c.next_attempt_at, outbox.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(outbox)
    .where(outbox.c.id == bindparam("claimed_id"))
    .values(leased_until_at=bindparam("until"), attempts=bindparam("number"))
)
_EXPIRED = (
    select(outbox)
    .where(
        outbox.c.next_attempt_at.is_not(None),
        outbox.c.leased_until_at <= bindparam("now"),
        outbox.c.expires_at <= bindparam("now"),
    )
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_MINE = and_(
    outbox.c.id == bindparam("claimed_id"),
    outbox.c.attempts == bindparam("number"),
    outbox.c.next_attempt_at.is_not(None),
)
_SETTLED = {"next_attempt_at": None, "leased_until_at": 0, "body": None}
_SENT = update(outbox).where(_MINE).values(sent_at=bindparam("at"), failure=None, **_SETTLED)
_ABANDONED = update(outbox).where(_MINE).values(abandoned_at=bindparam("at"), failure=bindparam("why"), **_SETTLED)
_DROPPED = update(outbox).where(_MINE).values(dropped_at=bindparam("at"), **_SETTLED)
_POSTPONED = (
    update(outbox).where(_MINE).values(next_attempt_at=bindparam("at"), leased_until_at=0, failure=bindparam("why"))
)
_BACKLOG = (
    select(outbox.c.channel, func.count().label("number"), func.min(outbox.c.created_at).label("oldest"))
    .where(outbox.c.next_attempt_at.is_not(None))
    .group_by(outbox.c.channel)
)
_PURGE = delete(outbox).where(
    outbox.c.id.in_(
        select(outbox.c.id)
        .where(outbox.c.created_at <= bindparam("before"), outbox.c.next_attempt_at.is_(None))
        .limit(bindparam("at_most"))
    )
)


def has_due(connection: Connection, channels: Collection[Channel], now: int) -> bool:
    """Whether there is anything to send or to drop. One read by index, so that an idle worker costs nothing."""
    asked = {"now": now, "channels": [channel.value for channel in channels]}
    return connection.execute(_WAITING, asked).first() is not None


def claim(connection: Connection, channels: Collection[Channel], at_most: int, now: int) -> list[Claimed]:
    """Take the messages longest due, for `LEASE_SECONDS`. Two workers never take the same one."""
    asked = {"now": now, "channels": [channel.value for channel in channels], "at_most": at_most}
    until = now + LEASE_SECONDS
    claimed = [_claimed(row, until, row.attempts + 1) for row in connection.execute(_CLAIM, asked)]
    if claimed:
        leases = [{"claimed_id": each.id, "until": until, "number": each.attempts} for each in claimed]
        connection.execute(_LEASE, leases)
    return claimed


def sent(connection: Connection, message: Claimed, now: int) -> None:
    """The other side took charge of it."""
    connection.execute(_SENT, _key(message) | {"at": now})


def postpone(connection: Connection, message: Claimed, why: str, next_attempt_at: int) -> None:
    """Try again later; `why` is short and holds nothing of the message."""
    connection.execute(_POSTPONED, _key(message) | {"at": next_attempt_at, "why": why[:64]})


def abandon(connection: Connection, message: Claimed, why: str, now: int) -> None:
    """It will never be accepted: give it up, and say so where operators look."""
    if connection.execute(_ABANDONED, _key(message) | {"at": now, "why": why[:64]}).rowcount:
        _note(connection, audit.Event.MESSAGE_ABANDONED, message, now, reason=why[:64])


def drop(connection: Connection, message: Claimed, now: int) -> None:
    """Its code or link is dead: late, it would only mislead."""
    if connection.execute(_DROPPED, _key(message) | {"at": now}).rowcount:
        _note(connection, audit.Event.MESSAGE_DROPPED, message, now, attempts=message.attempts)


def drop_expired(connection: Connection, at_most: int, now: int) -> int:
    """Drop the messages that nobody could send in time. How many."""
    expired = connection.execute(_EXPIRED, {"now": now, "at_most": at_most}).all()
    for row in expired:
        drop(connection, _claimed(row, leased_until_at=0, attempts=row.attempts), now)
    return len(expired)


def backlog(connection: Connection) -> dict[str, tuple[int, int]]:
    """By channel, how many messages are still to leave, and the time of the oldest (seconds UTC; 0 for none)."""
    found = {row.channel: (int(row.number), int(row.oldest)) for row in connection.execute(_BACKLOG)}
    return {channel.value: found.get(channel.value, (0, 0)) for channel in Channel}


def purge(connection: Connection, at_most: int, now: int) -> int:
    """Forget rows settled long ago. How many went."""
    return connection.execute(_PURGE, {"before": now - KEPT_SECONDS, "at_most": at_most}).rowcount


def _claimed(row: Row[Any], leased_until_at: int, attempts: int) -> Claimed:
    return Claimed(
        id=row.id,
        channel=Channel(row.channel),
        purpose=Purpose(row.purpose),
        person_id=row.person_id,
        recipient=row.recipient,
        body=row.body,
        created_at=row.created_at,
        expires_at=row.expires_at,
        leased_until_at=leased_until_at,
        attempts=attempts,
    )


def _key(message: Claimed) -> dict[str, str | int]:
    return {"claimed_id": message.id, "number": message.attempts}


def _note(connection: Connection, event: audit.Event, message: Claimed, now: int, **detail: Any) -> None:
    audit.record(
        connection,
        event,
        at=now,
        person_id=message.person_id,
        channel=message.channel.value,
        purpose=message.purpose.value,
        **detail,
    )
