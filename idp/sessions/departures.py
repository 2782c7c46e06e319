"""Leaving an upstream provider after a sign-out here (RP-Initiated Logout 1.0), and coming back from it.

The session here has already ended when a departure is prepared: the upstream may show an error and never send the
person back. What it needs (the ID token it once gave, sealed) and where the person goes next are kept a short while.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from idp.foundation.purging import older, purge
from idp.foundation.secrets import Kind, Randomness, digest, issue
from idp.sessions.session import Session
from idp.sessions.tables import departures

LEAVE_SECONDS = 120
RETURN_SECONDS = 1800

_PREPARE = insert(departures)
_LEAVE = (
    update(departures)
    .where(
        departures.c.ticket_digest == bindparam("ticket"),
        departures.c.provider == bindparam("name"),
        departures.c.browser_digest == bindparam("browser"),
        departures.c.left_at.is_(None),
        departures.c.created_at > bindparam("since"),
    )
    .values(left_at=bindparam("now"), state_digest=bindparam("state"))
    .returning(departures.c.provider, departures.c.sealed_id_token, departures.c.target)
)
_RETURN = (
    update(departures)
    .where(
        departures.c.state_digest == bindparam("state"),
        departures.c.provider == bindparam("name"),
        departures.c.browser_digest == bindparam("browser"),
        departures.c.returned_at.is_(None),
        departures.c.left_at > bindparam("since"),
    )
    .values(returned_at=bindparam("now"))
    .returning(departures.c.provider, departures.c.sealed_id_token, departures.c.target)
)
_CAME_BACK = select(departures.c.ticket_digest).where(
    departures.c.target == bindparam("target"), departures.c.returned_at.is_not(None)
)
_FORGET = older(departures, departures.c.created_at)


@dataclass(frozen=True, slots=True)
class Departure:
    """`target` is where the person goes at the end: an address already proved, or a page of ours."""

    provider: str
    sealed_id_token: str
    target: str


def prepare(
    connection: Connection, session: Session, browser: str, target: str, randomness: Randomness, now: int
) -> str | None:
    """Where to send the browser so that it signs out of the upstream it came from; None when it came from none.

    To be called in the transaction that ends the session. `target` must have been proved by the caller.
    """
    if not session.upstream or not session.sealed_id_token:
        return None
    ticket = issue(Kind.STATE, randomness)
    connection.execute(
        _PREPARE,
        {
            "ticket_digest": digest(ticket),
            "provider": session.upstream,
            "browser_digest": digest(browser),
            "sealed_id_token": session.sealed_id_token,
            "target": target,
            "state_digest": None,
            "created_at": now,
            "left_at": None,
            "returned_at": None,
        },
    )
    return f"/deconnexion/depart/{session.upstream}?ticket={ticket}"


def leave(connection: Connection, provider: str, ticket: str, browser: str, state: str, now: int) -> Departure | None:
    """Claim a prepared departure, once, in the browser it was prepared for; `state` will be echoed at the return."""
    params = {"ticket": digest(ticket), "name": provider, "browser": digest(browser), "state": digest(state)}
    row = connection.execute(_LEAVE, {**params, "since": now - LEAVE_SECONDS, "now": now})
    return _departure(row.mappings().one_or_none())


def come_back(connection: Connection, provider: str, state: str, browser: str, now: int) -> Departure | None:
    """Claim the return of a departure, once, in the same browser."""
    params = {"state": digest(state), "name": provider, "browser": digest(browser)}
    row = connection.execute(_RETURN, {**params, "since": now - RETURN_SECONDS, "now": now})
    return _departure(row.mappings().one_or_none())


def came_back(connection: Connection, target: str) -> bool:
    """Whether the browser came back, on its way to this target, from the upstream that ended its session."""
    return connection.execute(_CAME_BACK, {"target": target}).first() is not None


def forget(connection: Connection, now: int) -> int:
    """Delete a batch of departures that can no longer return; how many."""
    return purge(connection, _FORGET, now - LEAVE_SECONDS - RETURN_SECONDS)


def _departure(row: Any) -> Departure | None:
    return Departure(**row) if row else None
