"""A departure towards an upstream is left once and returned from once, in its browser and in time."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from idp.foundation.secrets import SeededRandomness
from idp.sessions import departures
from idp.sessions.session import Session

NOW = 1_790_000_000
TARGET = "https://demarches.exemple.fr/au-revoir?state=x"
SESSION = Session(
    id="s",
    person_id="p",
    authenticated_at=NOW,
    methods=(),
    acr="eidas1",
    upstream="franceconnect",
    sealed_id_token="sealed",
    address="",
    agent="",
    created_at=NOW,
    last_seen_at=NOW,
    expires_at=NOW + 100,
    ended_at=NOW,
)


def prepared(connection: Connection) -> str:
    """The ticket of a departure just prepared."""
    address = departures.prepare(connection, SESSION, "browser", TARGET, SeededRandomness(1), NOW)
    assert address is not None
    path, _, ticket = address.partition("?ticket=")
    assert path == "/deconnexion/depart/franceconnect"
    return ticket


def test_a_departure_is_left_once_and_returned_from_once(connection: Connection) -> None:
    ticket = prepared(connection)
    left = departures.leave(connection, "franceconnect", ticket, "browser", "state", NOW)
    assert left == departures.Departure("franceconnect", "sealed", TARGET)
    assert departures.leave(connection, "franceconnect", ticket, "browser", "state 2", NOW) is None
    assert departures.come_back(connection, "franceconnect", "state", "browser", NOW + 60) == left
    assert departures.come_back(connection, "franceconnect", "state", "browser", NOW + 61) is None


@pytest.mark.parametrize(
    ("provider", "browser", "later"),
    [
        pytest.param("proconnect", "browser", 0, id="another upstream"),
        pytest.param("franceconnect", "other", 0, id="another browser"),
        pytest.param("franceconnect", "browser", departures.LEAVE_SECONDS, id="too late"),
    ],
)
def test_a_departure_is_left_by_nobody_else(connection: Connection, provider: str, browser: str, later: int) -> None:
    ticket = prepared(connection)
    assert departures.leave(connection, provider, ticket, browser, "state", NOW + later) is None


@pytest.mark.parametrize(
    ("provider", "browser", "later"),
    [
        pytest.param("proconnect", "browser", 0, id="another upstream"),
        pytest.param("franceconnect", "other", 0, id="another browser"),
        pytest.param("franceconnect", "browser", departures.RETURN_SECONDS, id="too late"),
    ],
)
def test_nobody_else_returns_from_it(connection: Connection, provider: str, browser: str, later: int) -> None:
    departures.leave(connection, "franceconnect", prepared(connection), "browser", "state", NOW)
    assert departures.come_back(connection, provider, "state", browser, NOW + later) is None


def test_a_session_of_our_own_has_nowhere_to_depart_to(connection: Connection) -> None:
    local = replace(SESSION, upstream=None, sealed_id_token=None)
    assert departures.prepare(connection, local, "browser", TARGET, SeededRandomness(1), NOW) is None


def test_departures_are_forgotten_once_nobody_can_return(connection: Connection) -> None:
    prepared(connection)
    over = NOW + departures.LEAVE_SECONDS + departures.RETURN_SECONDS
    assert departures.forget(connection, over - 1) == 0
    assert departures.forget(connection, over) == 1
