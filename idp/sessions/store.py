"""Every query on sessions."""

from collections.abc import Callable, Collection

from sqlalchemy import (
    BigInteger,
    Connection,
    Executable,
    Row,
    String,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)

from idp.foundation.database import Insert, PerDialect
from idp.foundation.secrets import Kind, Randomness, digest, is_of, issue, new_id
from idp.foundation.settings import Lifetimes
from idp.people.tables import people
from idp.sessions.session import Authentication, Origin, Participation, Session
from idp.sessions.tables import logout_notices, participations, sessions

SEEN_EVERY = 60
"""How stale `last_seen_at` may be (seconds): a write at each page would cost more than it tells."""

_COLUMNS = [column for column in sessions.c if column.name != "digest"]
_OPEN = insert(sessions)
_FIND = (
    select(*_COLUMNS)
    .join(people, people.c.id == sessions.c.person_id)
    .where(
        sessions.c.digest == bindparam("secret_digest"),
        sessions.c.ended_at.is_(None),
        people.c.state == "active",
        sessions.c.created_at >= people.c.cutoff_at,
    )
)
_BY_ID = select(*_COLUMNS).where(sessions.c.id == bindparam("session_id"))
_LIST = (
    select(*_COLUMNS)
    .where(
        sessions.c.person_id == bindparam("person"),
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at > bindparam("now"),
    )
    .order_by(sessions.c.last_seen_at.desc())
)
_SEEN = update(sessions).where(sessions.c.id == bindparam("session_id")).values(last_seen_at=bindparam("now"))
_END = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
    .returning(*_COLUMNS)
)
_END_ALL = (
    update(sessions)
    .where(
        sessions.c.person_id == bindparam("person"),
        sessions.c.ended_at.is_(None),
        sessions.c.id != bindparam("kept"),
    )
    .values(ended_at=bindparam("now"))
    .returning(*_COLUMNS)
)
_SETTLE_TERMS = (
    update(sessions).where(sessions.c.person_id == bindparam("person"), sessions.c.terms_due).values(terms_due=False)
)
_PASSED_BY = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"))
    .values(upstream=bindparam("by"), sealed_id_token=bindparam("id_token"))
)
_TELL = insert(logout_notices).from_select(
    ["session_id", "client_id", "person_id", "ended_at", "next_attempt_at", "leased_until_at", "attempts"],
    select(
        participations.c.session_id,
        participations.c.client_id,
        participations.c.person_id,
        bindparam("now", type_=BigInteger),
        bindparam("now", type_=BigInteger),
        literal(0),
        literal(0),
    ).where(participations.c.session_id.in_(bindparam("ended", expanding=True))),
)
_APPLICATIONS = (
    select(
        participations.c.client_id,
        func.min(participations.c.first_at).label("first_at"),
        func.max(participations.c.last_at).label("last_at"),
    )
    .where(participations.c.person_id == bindparam("person"))
    .group_by(participations.c.client_id)
    .order_by(func.max(participations.c.last_at).desc())
)
_CLIENTS = select(participations.c.client_id).where(participations.c.session_id == bindparam("session_id"))


def _entered(insert_into: Callable[[Table], Insert]) -> Executable:
    # the row of the session is held, so that whoever ends it at this moment waits, and then sees who is to be told
    living = (
        select(
            sessions.c.id,
            bindparam("client", type_=String),
            sessions.c.person_id,
            bindparam("now", type_=BigInteger),
            bindparam("now", type_=BigInteger),
        )
        .where(sessions.c.id == bindparam("session_id"), sessions.c.ended_at.is_(None))
        .with_for_update(read=True)
    )
    row = insert_into(participations).from_select(
        ["session_id", "client_id", "person_id", "first_at", "last_at"], living
    )
    return row.on_conflict_do_update(
        index_elements=[participations.c.session_id, participations.c.client_id], set_={"last_at": row.excluded.last_at}
    ).returning(participations.c.session_id)


_ENTERED = PerDialect(_entered)


def open_session(
    connection: Connection,
    authentication: Authentication,
    origin: Origin,
    lifetimes: Lifetimes,
    randomness: Randomness,
    *,
    terms_due: bool = False,
) -> tuple[Session, str]:
    """Sign a browser in: always a new session with a new secret, returned once for the cookie."""
    secret = issue(Kind.SESSION, randomness)
    session = Session(
        id=new_id(randomness),
        person_id=authentication.person_id,
        authenticated_at=authentication.at,
        methods=authentication.methods,
        acr=authentication.acr,
        upstream=authentication.upstream,
        sealed_id_token=authentication.sealed_id_token,
        address=origin.address,
        agent=origin.agent[:255],
        created_at=authentication.at,
        last_seen_at=authentication.at,
        expires_at=authentication.at + lifetimes.session,
        ended_at=None,
        terms_due=terms_due,
    )
    values = {name: getattr(session, name) for name in Session.__slots__}
    connection.execute(_OPEN, {**values, "methods": " ".join(session.methods), "digest": digest(secret)})
    return session, secret


def find(connection: Connection, secret: str | None, now: int, idle: int) -> Session | None:
    """The living session of a cookie, noted as seen, of a person who may still act; `idle` in seconds."""
    session = _of_cookie(connection, secret)
    if session is None or not session.alive(now, idle):
        return None
    if now - session.last_seen_at >= SEEN_EVERY:
        connection.execute(_SEEN, {"session_id": session.id, "now": now})
    return session


def held(connection: Connection, secret: str | None, now: int) -> Session | None:
    """The session of a cookie as long as something may be left of it to end, however long its browser was away."""
    session = _of_cookie(connection, secret)
    return session if session is not None and now < session.expires_at else None


def _of_cookie(connection: Connection, secret: str | None) -> Session | None:
    if not secret or not is_of(Kind.SESSION, secret):
        return None
    row = connection.execute(_FIND, {"secret_digest": digest(secret)}).one_or_none()
    return _session(row) if row else None


def get(connection: Connection, session_id: str) -> Session | None:
    """A session by its public identifier, whatever its state."""
    row = connection.execute(_BY_ID, {"session_id": session_id}).one_or_none()
    return _session(row) if row else None


def list_for(connection: Connection, person_id: str, now: int) -> list[Session]:
    """The sessions a person has open, the latest seen first."""
    return [_session(row) for row in connection.execute(_LIST, {"person": person_id, "now": now})]


def end(connection: Connection, session_id: str, now: int) -> Session | None:
    """End one session and note which applications are to be told; None when it had ended already."""
    row = connection.execute(_END, {"session_id": session_id, "now": now}).one_or_none()
    if row is None:
        return None
    _tell(connection, [session_id], now)
    return _session(row)


def end_all(connection: Connection, person_id: str, now: int, except_id: str | None = None) -> list[Session]:
    """End every session of a person, but one if asked, and note which applications are to be told."""
    rows = connection.execute(_END_ALL, {"person": person_id, "kept": except_id or "", "now": now})
    ended = [_session(row) for row in rows]
    _tell(connection, [each.id for each in ended], now)
    return ended


def note_passed_by(connection: Connection, session_id: str, upstream: str, sealed_id_token: str) -> None:
    """The browser signed in at another identity provider meanwhile: signing out here is to sign out there too."""
    connection.execute(_PASSED_BY, {"session_id": session_id, "by": upstream, "id_token": sealed_id_token})


def settle_terms(connection: Connection, person_id: str) -> None:
    """The person accepted today's terms: no session of theirs has to any more."""
    connection.execute(_SETTLE_TERMS, {"person": person_id})


def _tell(connection: Connection, ended: Collection[str], now: int) -> None:
    if ended:
        connection.execute(_TELL, {"ended": ended, "now": now})


def note_participation(connection: Connection, session: Session, client_id: str, now: int) -> bool:
    """The browser enters an application: it will be told of the sign-out, and shown to the person.

    False when the session has ended meanwhile: the application must then not be let in.
    """
    entered = {"session_id": session.id, "client": client_id, "now": now}
    return connection.execute(_ENTERED.on(connection), entered).first() is not None


def applications_of(connection: Connection, person_id: str) -> list[Participation]:
    """The applications a person used, the latest first."""
    rows = connection.execute(_APPLICATIONS, {"person": person_id})
    return [Participation(row.client_id, int(row.first_at), int(row.last_at)) for row in rows]


def clients_of(connection: Connection, session_id: str) -> list[str]:
    """The applications a browser entered in one session."""
    return list(connection.execute(_CLIENTS, {"session_id": session_id}).scalars())


def _session(row: Row[tuple[object, ...]]) -> Session:
    values = dict(row._mapping)
    values["methods"] = tuple(str(values["methods"]).split())
    return Session(**values)
