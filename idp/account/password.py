"""Changing one's password, or adding one: the present one is proved, the new one judged, the rest signed out."""

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
from idp.people import passwords, store
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


async def refusals(provider: Provider, person: Person, wish: Wish, now: int) -> Mapping[str, Text]:
    """What is wrong with the wish, by field; empty when the password may be changed."""
    if person.password_hash and (refusal := await _present_refused(provider, person, wish.present, now)):
        return {"current_password": refusal}
    personal = passwords.personal_words(person, provider.settings.brand.name)
    found = passwords.assess(wish.chosen, personal, minimum_length=provider.settings.signup.password_length)
    if found.refusal:
        return {"password": found.refusal}
    return {} if wish.chosen == wish.again else {"password_again": passwords.NOT_THE_SAME}


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


def add(connection: Connection, author: Author, provider: Provider, hashed: str) -> None:
    """Give a password to an account that had none, and sign every other browser out."""
    store.set_password(connection, author.person.id, hashed, author.now)
    sessions.end_all(connection, author.person.id, author.now, except_id=author.session_id)
    author.note(connection, Event.PASSWORD_CHANGED)
    notices.password_changed(connection, provider, author.person, author.now)


def change(connection: Connection, author: Author, provider: Provider, hashed: str, origin: Origin) -> str:
    """Replace the password and end all that the former one opened; the secret of this browser's new session."""
    store.set_password(connection, author.person.id, hashed, author.now)
    closing.cut_off(connection, author.person.id, author.now)
    authentication = Authentication(author.person.id, author.now, ("pwd",))
    settings = provider.settings
    _, secret = sessions.open_session(connection, authentication, origin, settings.lifetimes, provider.randomness)
    author.note(connection, Event.PASSWORD_CHANGED)
    notices.password_changed(connection, provider, author.person, author.now)
    return secret
