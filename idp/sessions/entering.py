"""Signing a browser in, whatever proved who is there: the one place where a session begins or is renewed.

The cookie's secret is always a new one (session fixation). The same person signing in again keeps their session, so
that the applications already open stay so; somebody else's session in this browser ends.
"""

from dataclasses import replace

from sqlalchemy import Connection, bindparam, update

from idp.foundation.audit import Event, Line
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, digest, issue
from idp.people import consents
from idp.people import store as people
from idp.sessions import recognition, store
from idp.sessions.session import Authentication, Origin, Session
from idp.sessions.tables import sessions

_RENEW = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"))
    .values(
        digest=bindparam("new_digest"),
        authenticated_at=bindparam("at"),
        methods=bindparam("new_methods"),
        acr=bindparam("new_acr"),
        terms_due=bindparam("new_terms_due"),
        upstream=bindparam("new_upstream"),
        sealed_id_token=bindparam("new_id_token"),
        last_seen_at=bindparam("at"),
        expires_at=bindparam("end_at"),
    )
)


def enter(
    connection: Connection, provider: Provider, authentication: Authentication, origin: Origin, former: str | None
) -> tuple[Session, str]:
    """Sign the browser in; the session and the new secret for its cookie. `former` is the secret it had."""
    at, lifetimes = authentication.at, provider.settings.lifetimes
    terms_due = bool(consents.outdated(connection, authentication.person_id, provider.settings.signup))
    before = store.find(connection, former, at, lifetimes.session_idle)
    if before is not None and before.person_id == authentication.person_id:
        session, secret = _renew(connection, provider, replace(before, terms_due=terms_due), authentication)
    else:
        if before is not None:
            store.end(connection, before.id, at)
        opening = (authentication, origin, lifetimes, provider.randomness)
        session, secret = store.open_session(connection, *opening, terms_due=terms_due)
    recognition.note(connection, provider, authentication.person_id, origin, at)
    line = Line(
        Event.SIGNED_IN,
        at,
        person_id=authentication.person_id,
        session_id=session.id,
        address=origin.address,
        detail={
            "methods": " ".join(authentication.methods),
            "acr": authentication.acr,
            "upstream": authentication.upstream,
        },
    )
    people.touch_signed_in(connection, authentication.person_id, at, line)
    return session, secret


def _renew(
    connection: Connection, provider: Provider, before: Session, authentication: Authentication
) -> tuple[Session, str]:
    """The same session with a new secret. A browser that came by an upstream stays signed in there until it leaves."""
    secret = issue(Kind.SESSION, provider.randomness)
    passed_by = authentication if authentication.upstream else before
    renewed = replace(
        before,
        authenticated_at=authentication.at,
        methods=authentication.methods,
        acr=authentication.acr,
        upstream=passed_by.upstream,
        sealed_id_token=passed_by.sealed_id_token,
        last_seen_at=authentication.at,
        expires_at=authentication.at + provider.settings.lifetimes.session,
    )
    connection.execute(
        _RENEW,
        {
            "session_id": before.id,
            "new_digest": digest(secret),
            "at": authentication.at,
            "new_methods": " ".join(authentication.methods),
            "new_acr": authentication.acr,
            "new_terms_due": renewed.terms_due,
            "new_upstream": renewed.upstream,
            "new_id_token": renewed.sealed_id_token,
            "end_at": renewed.expires_at,
        },
    )
    return renewed, secret
