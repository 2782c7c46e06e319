"""A person with sessions open and applications entered, in rows."""

from typing import Any

from sqlalchemy import Connection, Row, select

from idp.foundation.secrets import SeededRandomness
from idp.foundation.settings import Lifetimes
from idp.people.store import NewPerson
from idp.sessions import store
from idp.sessions.session import Authentication, Origin, Session
from idp.sessions.tables import logout_notices
from tests.support.people import USUAL, create_active

NOW = 1_790_000_000
RANDOM = SeededRandomness(7)


def person(connection: Connection, identifier: str = "camille.martin") -> str:
    """An active account; its id."""
    answers = {"email": f"{identifier}@exemple.fr", **USUAL}
    new = NewPerson(profile="citoyen", answers=answers, locale="fr", identifier=identifier)
    return create_active(connection, new, RANDOM, NOW)


def signed_in(connection: Connection, person_id: str, *entered: str) -> Session:
    """A session of that person, by which these applications were entered."""
    authentication = Authentication(person_id, NOW, ("pwd",))
    session, _ = store.open_session(connection, authentication, Origin("", ""), Lifetimes(), RANDOM)
    for client_id in entered:
        assert store.note_participation(connection, session, client_id, NOW)
    return session


def noted(connection: Connection) -> list[Row[Any]]:
    """The notices, in order."""
    ordered = (logout_notices.c.session_id, logout_notices.c.client_id)
    return list(connection.execute(select(logout_notices).order_by(*ordered)))
