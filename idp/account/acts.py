"""What a person may do in their own space. Each act is a step of a transaction and leaves its audit line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from idp.account import erasure
from idp.account.entrance import Visit
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.errors import NotFound
from idp.foundation.provider import Provider
from idp.foundation.texts import text
from idp.interactions import store as interactions
from idp.people import consents
from idp.people.consents import Given, Kind
from idp.people.person import Person
from idp.sessions import closing
from idp.sessions import store as sessions
from idp.web.endpoint import Call

ORIGIN = "mon-compte"
"""Where an agreement given in one's own space is said to come from."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts, by which session, from which address, and when (seconds UTC)."""

    person: Person
    session_id: str
    address: str
    now: int

    @classmethod
    def of(cls, call: Call, visit: Visit) -> Self:
        """Whoever visits their own space in this request."""
        return cls(visit.person, visit.session.id, call.address, call.now)

    def note(self, connection: Connection, event: Event, *, client_id: str | None = None, **detail: str) -> None:
        """Write the audit line of an act, which may be about an application."""
        audit.record(
            connection,
            event,
            at=self.now,
            person_id=self.person.id,
            client_id=client_id,
            session_id=self.session_id,
            address=self.address,
            **detail,
        )


def end_session(connection: Connection, author: Author, session_id: str) -> None:
    """Sign one browser out. Raises `NotFound` for a session that is not the person's, or has ended."""
    session = sessions.get(connection, session_id)
    if session is None or session.person_id != author.person.id or not sessions.end(connection, session_id, author.now):
        raise NotFound("session_not_found", text("Cette connexion est déjà fermée."))
    author.note(connection, Event.SESSION_ENDED, ended=session_id)


def leave_everywhere(connection: Connection, author: Author) -> None:
    """Sign every browser out, and every application with them: what was issued before is dead."""
    closing.cut_off(connection, author.person.id, author.now)
    author.note(connection, Event.SESSIONS_ENDED)


def choose_lists(connection: Connection, author: Author, provider: Provider, wanted: Mapping[Kind, bool]) -> None:
    """Join or leave the mailing lists; what does not change keeps the proof it has."""
    standing_now = {each.kind for each in consents.agreements_of(connection, author.person.id) if each.stands}
    version = provider.settings.signup.privacy_version
    for kind, wish in wanted.items():
        if wish and kind not in standing_now:
            given = Given(kind, version, ORIGIN)
            consents.agree(connection, author.person.id, given, provider.randomness, author.now)
            author.note(connection, Event.LIST_JOINED, list=kind.value)
        elif not wish and consents.withdraw(connection, author.person.id, kind, author.now):
            author.note(connection, Event.LIST_LEFT, list=kind.value)


def withdraw_application(connection: Connection, author: Author, client_id: str) -> None:
    """Take back what an application was allowed. Raises `NotFound` when nothing was."""
    if not interactions.withdraw_consent(connection, author.person.id, client_id, author.now):
        raise NotFound("consent_not_found", text("Cet accord est déjà retiré."))
    author.note(connection, Event.CONSENT_WITHDRAWN, client_id=client_id)


def erase(connection: Connection, author: Author, provider: Provider) -> None:
    """Delete the account: it signs in nowhere from now on, and what it held is erased (RGPD article 17)."""
    erasure.erase(connection, provider, author.person, author.now)
    author.note(connection, Event.ACCOUNT_ERASED, by="holder")
