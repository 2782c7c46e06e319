"""People with an active account, made without going through the sign-up."""

from typing import Any

from sqlalchemy import Connection

from idp.foundation.provider import Provider
from idp.foundation.secrets import Randomness
from idp.people import standing, store

PASSWORD = "Cerisier-42-bleu"
USUAL = {
    "title": "madame",
    "given_names": "Camille",
    "birth_name": "Martin",
    "birthdate": "1987-03-14",
    "mobile": "+33612345678",
}


def create_active(connection: Connection, new: store.NewPerson, randomness: Randomness, now: int) -> str:
    """An active account whose e-mail and mobile are proved; its id."""
    person = store.create(connection, new, randomness, now)
    standing.activate(connection, person, now)
    store.verify_email(connection, person, new.answers["email"], now)
    store.verify_mobile(connection, person, new.answers["mobile"], now)
    return person


async def add_person(
    provider: Provider, identifier: str = "camille.martin", password: str = PASSWORD, **changes: Any
) -> str:
    """An active citizen who signs in with this identifier and password; a keyword changes one of the usual answers."""
    hashed = await provider.hasher.hash(password)
    answers = {"email": f"{identifier}@exemple.fr", **USUAL, **changes}
    new = store.NewPerson(profile="citoyen", answers=answers, locale="fr", identifier=identifier, password_hash=hashed)
    return await provider.database.transaction(create_active, new, provider.randomness, provider.clock.now())
