"""Audit lines: written with the act they tell of, or not at all."""

import pytest
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from idp.foundation import audit
from idp.foundation.audit import Audited, Event, Line
from idp.foundation.limits import attempts
from idp.oidc.registration.tables import initial_tokens

NOW = 1_790_000_000
ROW = {"key_digest": "a", "count": 0, "window_at": 0, "blocked_until_at": 0, "expires_at": 0}
TOKEN = {
    "id": "a token",
    "digest": "of it",
    "note": "",
    "uses_left": 5,
    "created_at": NOW,
    "expires_at": NOW,
}
COLUMNS = [column for column in audit.audit.c if column.name != "id"]


def lines(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(select(*COLUMNS).order_by(audit.audit.c.id))]


def test_a_line_says_what_when_who_and_where(connection: Connection) -> None:
    audit.record(
        connection,
        Event.CONSENT_GIVEN,
        at=NOW,
        person_id="person",
        client_id="client",
        session_id="session",
        address="192.0.2.10",
        scope="openid",
        first=True,
        count=2,
    )
    audit.record(connection, Event.SIGN_IN_FAILED, at=NOW + 1)
    detail = {"scope": "openid", "first": True, "count": 2}
    assert lines(connection) == [
        (NOW, "consent.given", "person", "client", "session", "192.0.2.10", detail),
        (NOW + 1, "sign_in.failed", None, None, None, None, None),
    ]


def test_an_insertion_and_its_line_are_written_together(connection: Connection) -> None:
    audited = Audited(insert(attempts))
    line = Line(Event.TOKEN_ISSUED, NOW, client_id="client", detail={"grant": "refresh_token"})
    audited.execute(connection, ROW, line)
    assert lines(connection) == [(NOW, "token.issued", None, "client", None, None, {"grant": "refresh_token"})]
    with pytest.raises(IntegrityError), connection.begin_nested():
        audited.execute(connection, ROW, line)
    assert len(lines(connection)) == 1


def test_a_change_and_its_line_are_written_together(connection: Connection) -> None:
    connection.execute(insert(initial_tokens), TOKEN)
    spent = update(initial_tokens).where(initial_tokens.c.id == bindparam("token")).values(uses_left=bindparam("left"))
    line = Line(Event.INITIAL_TOKEN_REVOKED, NOW, client_id="client")
    Audited(spent).execute(connection, {"token": TOKEN["id"], "left": 4}, line)
    assert connection.execute(select(initial_tokens.c.uses_left)).scalar() == 4
    assert lines(connection) == [(NOW, "initial_token.revoked", None, "client", None, None, None)]


def test_the_columns_of_an_insertion_are_not_those_of_its_line(connection: Connection) -> None:
    Audited(insert(initial_tokens)).execute(connection, TOKEN, Line(Event.INITIAL_TOKEN_MADE, NOW))
    assert lines(connection) == [(NOW, "initial_token.made", None, None, None, None, None)]
    assert connection.execute(select(initial_tokens.c.id)).scalar() == TOKEN["id"]


def test_a_change_that_nobody_is_to_be_told_leaves_no_line(connection: Connection) -> None:
    Audited(insert(attempts)).execute(connection, ROW, None)
    assert connection.execute(select(attempts.c.key_digest)).scalar() == "a"
    assert not lines(connection)


def test_every_event_has_a_name_of_its_own_that_fits_the_column() -> None:
    names = [event.value for event in Event]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 64 for name in names)
