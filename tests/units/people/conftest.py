"""People for tests: an account with what a test changes in it."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from idp.foundation.secrets import Randomness, SystemRandomness
from idp.people import standing, store
from idp.people.store import NewPerson

NOW = 1_795_478_400

NewAccount = Callable[..., str]


@pytest.fixture
def randomness() -> Randomness:
    return SystemRandomness()


@pytest.fixture
def pending(connection: Connection, randomness: Randomness) -> NewAccount:
    """Opens an account that waits for its activation; its id."""

    def create(identifier: str | None = "camille.martin", **answers: str) -> str:
        given = {"given_names": "Camille", "birth_name": "Martin", "email": "camille@exemple.fr", **answers}
        new = NewPerson(profile="citoyen", answers=given, locale="fr", identifier=identifier, password_hash="hash")
        return store.create(connection, new, randomness, NOW)

    return create


@pytest.fixture
def active(connection: Connection, pending: NewAccount) -> NewAccount:
    """Opens an account and activates it by its e-mail; its id."""

    def create(identifier: str | None = "camille.martin", **answers: str) -> str:
        person_id = pending(identifier, **answers)
        standing.activate(connection, person_id, NOW)
        store.verify_email(connection, person_id, answers.get("email", "camille@exemple.fr"), NOW)
        return person_id

    return create
