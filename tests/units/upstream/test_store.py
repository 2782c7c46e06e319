"""Attempts are claimed once, in time, in their browser, for their upstream; both engines agree."""

import pytest
from sqlalchemy import Connection

from idp.foundation.secrets import SeededRandomness
from idp.people import identity
from idp.people import store as people
from idp.people.identity import Account
from idp.people.store import NewPerson
from idp.upstream import store
from tests.support.people import USUAL, create_active

NOW = 1_790_000_000


def begin(connection: Connection, state: str = "state", browser: str = "browser", now: int = NOW) -> None:
    store.begin(connection, store.Begun("franceconnect", "journey", browser, state, "nonce", None), now)


def use(connection: Connection, **changes: str | int) -> store.Attempt | None:
    given = {"provider": "franceconnect", "state": "state", "browser": "browser", "now": NOW, **changes}
    return store.use(connection, **given)  # type: ignore[arg-type]  # each value is of its parameter's type


def test_an_attempt_is_claimed_once(connection: Connection) -> None:
    begin(connection)
    claimed = use(connection)
    assert claimed is not None
    assert claimed.interaction_id == "journey"
    assert use(connection) is None
    found = store.find(connection, "franceconnect", "state", "browser")
    assert found is not None
    assert found.used_at == NOW


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"state": "other"}, id="another state"),
        pytest.param({"browser": "other"}, id="another browser"),
        pytest.param({"provider": "proconnect"}, id="another upstream"),
        pytest.param({"now": NOW + store.ATTEMPT_SECONDS}, id="an hour later"),
    ],
)
def test_an_attempt_is_claimed_by_nobody_else(connection: Connection, changes: dict[str, str | int]) -> None:
    begin(connection)
    assert use(connection, **changes) is None
    assert use(connection) is not None


def test_a_browser_keeps_its_twenty_five_latest_attempts(connection: Connection) -> None:
    for number in range(30):
        begin(connection, f"state {number}", now=NOW + number)
    begin(connection, "elsewhere", "other browser")
    claimed = [number for number in range(30) if use(connection, state=f"state {number}", now=NOW + 30)]
    assert claimed == list(range(5, 30))
    assert use(connection, state="elsewhere", browser="other browser") is not None


def test_attempts_are_forgotten_a_day_after_they_are_over(connection: Connection) -> None:
    begin(connection)
    over = NOW + store.ATTEMPT_SECONDS + store.KEEP_USED_SECONDS
    assert store.forget(connection, over - 1) == 0
    assert store.forget(connection, over) == 1


def test_people_born_on_a_day_are_those_who_could_prove_their_account(connection: Connection) -> None:
    randomness = SeededRandomness(3)

    def person(number: int, password: str | None = "hash", **changes: str) -> str:
        answers = {**USUAL, "email": f"p{number}@exemple.fr", **changes}
        new = NewPerson(profile="citoyen", answers=answers, locale="fr", password_hash=password)
        return create_active(connection, new, randomness, NOW)

    expected = person(1)
    person(2, birthdate="1987-03-15")
    person(3, password=None)
    linked = person(4)
    elsewhere = person(5)
    identity.link(connection, linked, Account("fc", "https://fc", "a"), randomness, NOW)
    identity.link(connection, elsewhere, Account("pc", "https://pc", "a"), randomness, NOW)
    people.create(connection, NewPerson(profile="citoyen", answers=USUAL, locale="fr"), randomness, NOW)
    found = store.born_on(connection, "1987-03-14", "https://fc")
    assert {each.person_id for each in found} == {expected, elsewhere}
    assert store.born_on(connection, None, "https://fc") == ()
    assert store.born_on(connection, "", "https://fc") == ()
