"""The pages of a sign-out are shown in the browser that signed out, for a while, and lead where they should."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from idp.foundation.secrets import SeededRandomness
from idp.sessions import signouts
from idp.sessions.signouts import END, SERVICES, SHOWN_SECONDS, Path, SignOut, Wish
from tests.units.sessions.people import NOW, person, signed_in

RETURN = "https://demarches.exemple.fr/au-revoir?state=x"


def begun(connection: Connection, wish: Wish, upstream: str | None = None) -> tuple[Path, str, str]:
    """A sign-out just begun: its path, its ticket, its session."""
    session = signed_in(connection, person(connection))
    ended = replace(session, upstream=upstream, sealed_id_token="sealed" if upstream else None)
    path = signouts.begin(connection, ended, wish, SeededRandomness(3), NOW)
    services, _, ticket = path.services.partition("?o=")
    assert services == SERVICES
    return path, ticket, session.id


def test_it_ends_on_the_page_that_says_what_was_closed(connection: Connection) -> None:
    path, ticket, session = begun(connection, Wish("browser", "portail", RETURN))
    assert path.onward == f"{END}?o={ticket}"
    assert signouts.find(connection, ticket, "browser", NOW) == SignOut(session, "portail", RETURN, path.onward)


def test_it_ends_where_it_is_told_to(connection: Connection) -> None:
    path, _, _ = begun(connection, Wish("browser", "portail", RETURN, target=RETURN))
    assert path.onward == RETURN


def test_it_passes_by_the_upstream_that_the_session_came_from(connection: Connection) -> None:
    path, _, _ = begun(connection, Wish("browser", target=RETURN), upstream="franceconnect")
    assert path.onward.startswith("/deconnexion/depart/franceconnect?ticket=")


@pytest.mark.parametrize(
    ("browser", "later"),
    [pytest.param("other", 0, id="another browser"), pytest.param("browser", SHOWN_SECONDS, id="later")],
)
def test_it_is_shown_to_nobody_else_and_not_for_ever(connection: Connection, browser: str, later: int) -> None:
    _, ticket, _ = begun(connection, Wish("browser"))
    assert signouts.find(connection, ticket, browser, NOW + later) is None


@pytest.mark.parametrize("ticket", ["", "lpst_", "x" * 5000])
def test_a_made_up_ticket_shows_nothing(connection: Connection, ticket: str) -> None:
    assert signouts.find(connection, ticket, "browser", NOW) is None


def test_it_is_forgotten_when_nobody_may_see_it_any_more(connection: Connection) -> None:
    begun(connection, Wish("browser"))
    assert signouts.forget(connection, NOW + SHOWN_SECONDS - 1) == 0
    assert signouts.forget(connection, NOW + SHOWN_SECONDS) == 1
