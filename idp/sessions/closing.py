"""Closing everything that a person has open, when the account itself changes.

`people.standing` decides what the account may do; here its sessions end with it, so that the applications are told.
"""

from sqlalchemy import Connection

from idp.people import standing
from idp.sessions import recognition, store


def cut_off(connection: Connection, person_id: str, now: int) -> None:
    """End all that was open: sessions, and the tokens and grants from before."""
    store.end_all(connection, person_id, now)
    standing.cut_off(connection, person_id, now)


def lock(connection: Connection, person_id: str, now: int) -> bool:
    """Keep an active account from signing in, and end what it had open; False when it was not active."""
    if not standing.lock(connection, person_id, now):
        return False
    store.end_all(connection, person_id, now)
    return True


def erase(connection: Connection, person_id: str, now: int) -> None:
    """Forget the person, and end what was open in their name."""
    store.end_all(connection, person_id, now)
    recognition.forget(connection, person_id)
    standing.erase(connection, person_id, now)
