"""Whatever ends a session, the applications entered by it are noted as to be told, once."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from idp.people import standing
from idp.sessions import closing, store
from tests.units.sessions.people import NOW, noted, person, signed_in


def test_ending_a_session_notes_each_application_it_entered(connection: Connection) -> None:
    camille = person(connection)
    session = signed_in(connection, camille, "portail", "cantine")
    signed_in(connection, camille, "piscine")
    assert store.end(connection, session.id, NOW + 60) is not None
    rows = noted(connection)
    assert [(row.session_id, row.client_id, row.person_id) for row in rows] == [
        (session.id, "cantine", camille),
        (session.id, "portail", camille),
    ]
    assert {(row.ended_at, row.next_attempt_at, row.attempts, row.outcome) for row in rows} == {
        (NOW + 60, NOW + 60, 0, None)
    }


def test_a_session_that_had_ended_is_not_announced_again(connection: Connection) -> None:
    session = signed_in(connection, person(connection), "portail")
    store.end(connection, session.id, NOW)
    assert store.end(connection, session.id, NOW + 1) is None
    assert [row.ended_at for row in noted(connection)] == [NOW]


def test_ending_all_but_one_announces_all_but_that_one(connection: Connection) -> None:
    camille = person(connection)
    kept = signed_in(connection, camille, "portail")
    others = [signed_in(connection, camille, "portail") for _ in range(2)]
    stranger = signed_in(connection, person(connection, "jo"), "portail")
    store.end_all(connection, camille, NOW, except_id=kept.id)
    assert {row.session_id for row in noted(connection)} == {each.id for each in others}
    assert stranger.id not in {row.session_id for row in noted(connection)}


@pytest.mark.parametrize("close", [closing.cut_off, closing.lock, closing.erase])
def test_closing_an_account_announces_its_sessions(
    connection: Connection, close: Callable[[Connection, str, int], object]
) -> None:
    camille = person(connection)
    sessions = {signed_in(connection, camille, "portail").id for _ in range(2)}
    close(connection, camille, NOW + 60)
    assert {row.session_id for row in noted(connection)} == sessions
    assert store.list_for(connection, camille, NOW + 60) == []


def test_an_account_already_locked_is_left_as_it_is(connection: Connection) -> None:
    camille = person(connection)
    standing.lock(connection, camille, NOW)
    assert not closing.lock(connection, camille, NOW)


def test_no_application_is_entered_by_a_session_that_ended_meanwhile(connection: Connection) -> None:
    session = signed_in(connection, person(connection), "portail")
    store.end(connection, session.id, NOW)
    assert not store.note_participation(connection, session, "cantine", NOW)
    assert store.clients_of(connection, session.id) == ["portail"]


def test_an_application_entered_twice_is_told_once(connection: Connection) -> None:
    session = signed_in(connection, person(connection), "portail", "portail")
    store.end(connection, session.id, NOW)
    assert len(noted(connection)) == 1
