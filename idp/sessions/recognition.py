"""Which browsers opened an account before, so that its holder is told of one that never did.

A browser is known by the cookie that binds its forms, digested with the person under the server's key: the row alone
says nothing of either. It proves nothing and lets nobody in.
"""

from collections.abc import Callable

from sqlalchemy import Connection, Executable, Table, bindparam, delete, update

from idp.foundation.database import Insert, PerDialect
from idp.foundation.limits import Limit, take
from idp.foundation.provider import Provider
from idp.messages import notices
from idp.people import store as people
from idp.sessions.devices import describe
from idp.sessions.session import Origin
from idp.sessions.tables import known_browsers

REMEMBERED_SECONDS = 180 * 86_400
NOTICES = Limit("notices of new browsers", allowed=5, per_seconds=86_400)
"""Somebody whose browser forgets everything is not to be flooded."""

_SEEN = (
    update(known_browsers)
    .where(known_browsers.c.person_id == bindparam("person"), known_browsers.c.mark == bindparam("this"))
    .values(last_at=bindparam("now"))
)
_FORGET = delete(known_browsers).where(known_browsers.c.person_id == bindparam("person"))


def _remember(insert: Callable[[Table], Insert]) -> Executable:
    return insert(known_browsers).on_conflict_do_nothing(
        index_elements=[known_browsers.c.person_id, known_browsers.c.mark]
    )


_REMEMBER = PerDialect(_remember)


def note(connection: Connection, provider: Provider, person_id: str, origin: Origin, now: int) -> None:
    """A browser opens an account: remember it, and tell the holder if it never did before.

    To be called before the sign-in itself is noted: the very first one tells nothing.
    """
    if not origin.browser or _is_known(connection, provider, person_id, origin.browser, now):
        return
    person = people.find(connection, person_id)
    if person is None or person.signed_in_at is None:
        return
    if take(connection, NOTICES, provider.pepper.digest(NOTICES.name, person_id), now):
        return
    notices.new_sign_in(connection, provider, person, describe(origin.agent), now)


def forget(connection: Connection, person_id: str) -> None:
    """Remember no browser of a person any more."""
    connection.execute(_FORGET, {"person": person_id})


def _is_known(connection: Connection, provider: Provider, person_id: str, browser: str, now: int) -> bool:
    mark = provider.pepper.digest("browser of a person", f"{person_id} {browser}")
    if connection.execute(_SEEN, {"person": person_id, "this": mark, "now": now}).rowcount:
        return True
    row = {"person_id": person_id, "mark": mark, "first_at": now, "last_at": now}
    connection.execute(_REMEMBER.on(connection), row)
    return False
