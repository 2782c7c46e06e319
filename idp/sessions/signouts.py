"""A sign-out that its browser is still being shown: the pages that tell the services, then say what was closed.

The session has ended before any of them is seen. They are reached by a ticket that serves in the browser that signed
out, for as long as somebody may look at them.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select

from idp.foundation.purging import older, purge
from idp.foundation.secrets import Kind, Randomness, digest, is_of, issue
from idp.sessions import departures
from idp.sessions.session import Session
from idp.sessions.tables import signouts

SERVICES = "/deconnexion/services"
"""Where the browser tells the services that can only be told by it."""
END = "/deconnexion/fin"
"""Where it is said what was closed and what was not."""
SHOWN_SECONDS = 1800

_BEGIN = insert(signouts)
_FIND = select(signouts.c.session_id, signouts.c.client_id, signouts.c.return_to, signouts.c.onward).where(
    signouts.c.ticket_digest == bindparam("ticket"),
    signouts.c.browser_digest == bindparam("browser"),
    signouts.c.created_at > bindparam("since"),
)
_FORGET = older(signouts, signouts.c.created_at)


@dataclass(frozen=True, slots=True)
class Wish:
    """How a sign-out ends. `client_id` asked for it; `return_to` is an address proved to be its own.

    `target` is where the browser goes once all is done, the page that says what was closed unless it is given.
    """

    browser: str
    client_id: str | None = None
    return_to: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class SignOut:
    """A sign-out being shown. `onward` is where the browser goes once the services were told."""

    session_id: str
    client_id: str | None
    return_to: str | None
    onward: str


@dataclass(frozen=True, slots=True)
class Path:
    """Where a sign-out goes through: the services, then `onward`."""

    services: str
    onward: str


def begin(connection: Connection, ended: Session, wish: Wish, randomness: Randomness, now: int) -> Path:
    """Where to send the browser whose session has just ended, in the same transaction.

    `onward` passes by the upstream provider that the session came from, if it came from one.
    """
    ticket = issue(Kind.STATE, randomness)
    target = wish.target or end_of(ticket)
    onward = departures.prepare(connection, ended, wish.browser, target, randomness, now) or target
    connection.execute(
        _BEGIN,
        {
            "ticket_digest": digest(ticket),
            "browser_digest": digest(wish.browser),
            "session_id": ended.id,
            "client_id": wish.client_id,
            "return_to": wish.return_to,
            "onward": onward,
            "created_at": now,
        },
    )
    return Path(f"{SERVICES}?o={ticket}", onward)


def end_of(ticket: str) -> str:
    """The page that says what a sign-out closed."""
    return f"{END}?o={ticket}"


def find(connection: Connection, ticket: str, browser: str, now: int) -> SignOut | None:
    """The sign-out of a ticket, in the browser that signed out, for half an hour."""
    if not is_of(Kind.STATE, ticket):
        return None
    asked = {"ticket": digest(ticket), "browser": digest(browser), "since": now - SHOWN_SECONDS}
    row = connection.execute(_FIND, asked).one_or_none()
    return SignOut(row.session_id, row.client_id, row.return_to, row.onward) if row else None


def forget(connection: Connection, now: int) -> int:
    """Delete a batch of those that are no longer shown; how many."""
    return purge(connection, _FORGET, now - SHOWN_SECONDS)
