"""Changing one's password, or adding one: the present one is proved, the new one judged, the rest signed out.

Whoever came by another provider has no identifier: one is chosen with the password, which would open nothing without.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.account.acts import Author
from idp.foundation import limits
from idp.foundation.audit import Event
from idp.foundation.limits import Delay
from idp.foundation.provider import Provider
from idp.foundation.texts import Text, text
from idp.messages import notices
from idp.people import availability, consents, passwords, store
from idp.people.identifiers import identifier
from idp.people.person import Person
from idp.sessions import closing
from idp.sessions import store as sessions
from idp.sessions.session import Authentication, Origin

GUESSES = Delay("account.password", free=5, first_seconds=60, cap_seconds=3600)
"""How often the present password may be mistaken by whoever holds an open session."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed."""

    present: str
    chosen: str
    again: str
    identifier: str = ""


async def refusals(provider: Provider, person: Person, wish: Wish, now: int) -> Mapping[str, Text]:
    """What is wrong with the wish, by field; empty when the password may be changed."""
    if person.password_hash and (refusal := await _present_refused(provider, person, wish.present, now)):
        return {"current_password": refusal}
    refused = {} if person.identifier else await _identifier_refused(provider, wish.identifier)
    personal = passwords.personal_words(person, provider.settings.brand.name)
    found = passwords.assess(wish.chosen, personal, minimum_length=provider.settings.signup.password_length)
    if found.refusal:
        return {**refused, "password": found.refusal}
    return refused if wish.chosen == wish.again else {**refused, "password_again": passwords.NOT_THE_SAME}


async def _identifier_refused(provider: Provider, typed: str) -> Mapping[str, Text]:
    judged = identifier(typed) if typed else text("Choisissez votre identifiant de connexion.")
    refusal = judged if isinstance(judged, Text) else await provider.database.read(availability.refusal, judged)
    return {"identifier": refusal} if refusal else {}


async def _present_refused(provider: Provider, person: Person, typed: str, now: int) -> Text | None:
    key = provider.pepper.digest("account.password", person.id)
    if not typed:
        return text("Indiquez votre mot de passe actuel.")
    if wait := await provider.database.transaction(limits.reserve, GUESSES, key, now):
        return text("Trop d'essais. Réessayez dans {minutes} minutes.", minutes=-(-wait // 60))
    if not (await provider.hasher.verify(person.password_hash, typed)).matches:
        return text("Ce n'est pas votre mot de passe actuel.")
    await provider.database.transaction(limits.clear, GUESSES, key)
    return None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be written: the hash of the new password, and the identifier where there was none."""

    hashed: str
    identifier: str | None


def add(connection: Connection, author: Author, provider: Provider, chosen: Chosen) -> None:
    """Give a password to an account that had none, and sign every other browser out. Raises `IdentifierTaken`."""
    _write(connection, author, chosen)
    sessions.end_all(connection, author.person.id, author.now, except_id=author.session_id)
    author.note(connection, Event.PASSWORD_CHANGED)
    notices.password_changed(connection, provider, author.person, author.now)


def change(connection: Connection, author: Author, provider: Provider, chosen: Chosen, origin: Origin) -> str:
    """Replace the password and end all that the former one opened; the secret of this browser's new session.

    Raises `IdentifierTaken`.
    """
    _write(connection, author, chosen)
    closing.cut_off(connection, author.person.id, author.now)
    authentication = Authentication(author.person.id, author.now, ("pwd",))
    settings = provider.settings
    opening = (authentication, origin, settings.lifetimes, provider.randomness)
    terms_due = bool(consents.outdated(connection, author.person.id, settings.signup))
    _, secret = sessions.open_session(connection, *opening, terms_due=terms_due)
    author.note(connection, Event.PASSWORD_CHANGED)
    notices.password_changed(connection, provider, author.person, author.now)
    return secret


def _write(connection: Connection, author: Author, chosen: Chosen) -> None:
    if chosen.identifier is not None:
        availability.take(connection, author.person.id, chosen.identifier)
    store.set_password(connection, author.person.id, chosen.hashed, author.now)
