"""A new password for a person who proved, in this very request, to be who they say."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.foundation.secrets import digest
from idp.foundation.texts import Text, text
from idp.messages import notices
from idp.people import passwords
from idp.people import store as people
from idp.people.person import Person
from idp.sessions import closing
from idp.signin import other_ways, password, store
from idp.signin.recovery import Proof, concerned


@dataclass(frozen=True, slots=True)
class Reset:
    """What is to be done: for whom, with which proof, from where. `hashed` is the new password's.

    `removed` are the ids of what else is tied to the account and not recognised (idp.signin.other_ways).
    """

    secret: str = field(repr=False)
    person_id: str
    hashed: str = field(repr=False)
    address: str
    removed: frozenset[str] = frozenset()


async def refusals(provider: Provider, person: Person, chosen: str, again: str) -> dict[str, Text]:
    """What is wrong with a new password, by field; the same rules as at sign-up, and not the present one again."""
    if not chosen:
        return {"password": text("Choisissez votre mot de passe.")}
    words = passwords.personal_words(person, provider.settings.brand.name)
    judged = passwords.assess(chosen, words, minimum_length=provider.settings.signup.password_length)
    if judged.refusal:
        return {"password": judged.refusal}
    if chosen != again:
        return {"password_again": passwords.NOT_THE_SAME}
    if (await provider.hasher.verify(person.password_hash, chosen)).matches:
        return {"password": text("C'est déjà votre mot de passe. Choisissez-en un autre.")}
    return {}


def reset(connection: Connection, provider: Provider, wanted: Reset, now: int) -> bool:
    """Use the proof up and set the password; False when it proves nothing for this person any more.

    Whatever was open in the person's name is closed: sessions, tokens, grants, other links. Failed sign-ins no longer
    slow them down. A second factor stays as it was.
    """
    recovery = store.use(connection, digest(wanted.secret), now)
    if recovery is None:
        return False
    person = next((each for each in concerned(connection, provider, recovery) if each.id == wanted.person_id), None)
    if person is None:
        return False
    tied = other_ways.of(connection, Proof(recovery, (person,)))
    removed = [way for way in tied if way.id in wanted.removed]
    other_ways.take_away(connection, provider, removed, wanted.address, now)
    people.set_password(connection, person.id, wanted.hashed, now)
    closing.cut_off(connection, person.id, now)
    store.supersede_others(connection, recovery, now)
    password.forgive(connection, provider.pepper, person.id)
    audit.record(
        connection,
        Event.PASSWORD_RESET,
        at=now,
        person_id=person.id,
        address=wanted.address,
        channel=recovery.channel.value,
    )
    notices.password_changed(connection, provider, person, now)
    return True
