"""Changing the e-mail address or the mobile number of an account.

The one in force stays so until the new one is proved, by the link or the code that was sent to it. One change of each
waits at most: another one closes it, and so does all that ends the person's sessions, so that a thief who was thrown
out leaves no change behind. The former mailbox receives the way back.
"""

import hmac
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from idp.account import restoring, store
from idp.account.acts import Author
from idp.account.store import Change, Kind
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.limits import Limit, take
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind as Secret
from idp.foundation.secrets import digest, digits, is_of, issue, new_id
from idp.messages import change_texts, notices, sms_texts
from idp.messages.letterhead import letterhead
from idp.messages.message import Envelope, Purpose
from idp.messages.outbox import enqueue_email, enqueue_sms
from idp.people import codes, consents
from idp.people import store as people
from idp.people.contacts import deliverable, email_key
from idp.people.person import Person
from idp.people.phones import masked_phone
from idp.web.addresses import throttle_key

PROVE = "/mon-compte/email/lien"
AGAIN = Limit("contact asked again", allowed=1, per_seconds=60)
BY_PERSON = {
    Kind.EMAIL: Limit("addresses asked by a person", allowed=10, per_seconds=86_400),
    Kind.MOBILE: Limit("numbers asked by a person", allowed=5, per_seconds=86_400),
}
SMS_BY_ADDRESS = Limit("numbers asked from an address", allowed=60, per_seconds=3600)


class Outcome(StrEnum):
    """What a try at a code came to."""

    RIGHT = "right"
    WRONG = "wrong"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Tried:
    """A try at a code, and how many are left."""

    outcome: Outcome
    left: int = 0


def ask_email(connection: Connection, author: Author, provider: Provider, address: str) -> int:
    """Send a link to a new address, in place of any former one: 0, or the seconds to wait (nothing is sent)."""
    people.find_and_hold(connection, author.person.id)
    if wait := _wait(connection, author, provider, Kind.EMAIL, email_key(address)):
        return wait
    life = provider.settings.lifetimes.activation_link
    secret = issue(Secret.LINK, provider.randomness)
    change = Change(
        id=new_id(provider.randomness),
        person_id=author.person.id,
        kind=Kind.EMAIL,
        destination=address,
        digest=digest(secret),
        tries=0,
        created_at=author.now,
        expires_at=author.now + life,
    )
    head = letterhead(provider.settings, provider.catalogue, author.person.locale)
    letter = change_texts.confirm_address(head, f"{head.issuer}{PROVE}/{secret}", hours=life // 3600)
    envelope = Envelope(Purpose.CONTACT_PROOF, deliverable(address), change.expires_at, author.person.id)
    if wait := enqueue_email(connection, provider, envelope, letter, author.now):
        return wait
    _replace(connection, author, change)
    return 0


def ask_mobile(connection: Connection, author: Author, provider: Provider, number: str) -> int:
    """Send a code to a new number, in place of any former one: 0, or the seconds to wait (nothing is sent).

    Raises `BadRequest` for a number outside the accepted countries.
    """
    people.find_and_hold(connection, author.person.id)
    from_address = provider.pepper.digest(SMS_BY_ADDRESS.name, throttle_key(author.address))
    wait = _wait(connection, author, provider, Kind.MOBILE, number)
    wait = wait or take(connection, SMS_BY_ADDRESS, from_address, author.now)
    if wait:
        return wait
    life = provider.settings.lifetimes.activation_code
    code, change_id = digits(provider.randomness, codes.LENGTH), new_id(provider.randomness)
    change = Change(
        id=change_id,
        person_id=author.person.id,
        kind=Kind.MOBILE,
        destination=number,
        digest=_stored(provider, change_id, code),
        tries=0,
        created_at=author.now,
        expires_at=author.now + life,
    )
    head = letterhead(provider.settings, provider.catalogue, author.person.locale)
    envelope = Envelope(Purpose.CONTACT_PROOF, number, change.expires_at, author.person.id)
    sms = sms_texts.contact_code(head, code, minutes=life // 60)
    if wait := enqueue_sms(connection, provider, envelope, sms, author.now):
        return wait
    _replace(connection, author, change)
    return 0


def pending(connection: Connection, person: Person, kind: Kind, now: int) -> Change | None:
    """The change that waits to be proved."""
    change = store.pending(connection, person.id, kind, now)
    return change if change is not None and _still_meant(person, change) else None


def give_up(connection: Connection, author: Author, kind: Kind) -> None:
    """Forget a change that waits; the contact in force stays."""
    store.close(connection, author.person.id, kind, author.now)


def look(connection: Connection, token: str, now: int) -> Change | None:
    """What the link to a new address stands for while it may be followed; looking uses nothing up."""
    change = store.look(connection, digest(token), now) if is_of(Secret.LINK, token) else None
    person = people.find(connection, change.person_id) if change and change.kind is Kind.EMAIL else None
    return change if change is not None and person is not None and _still_meant(person, change) else None


def follow(connection: Connection, provider: Provider, token: str, address: str, now: int) -> bool:
    """Use the link to a new address up, from whichever browser at `address`: it is in force from now on."""
    change = look(connection, token, now)
    person = people.find_and_hold(connection, change.person_id) if change else None
    if change is None or person is None or not _still_meant(person, change):
        return False
    if store.take(connection, change.digest, now) is None:
        return False
    people.verify_email(connection, person.id, change.destination, now)
    store.close(connection, person.id, Kind.EMAIL, now)
    replaced = person.email if person.email_verified else None
    if replaced and email_key(replaced) != email_key(change.destination):
        restoring.offer(connection, provider, person, change.destination, now)
    _note(connection, Event.CONTACT_CHANGED, change, address, now)
    return True


def try_code(connection: Connection, author: Author, provider: Provider, typed: str) -> Tried:
    """Compare a code with the one that was sent, after counting the try; a right one puts the number in force."""
    person = people.find_and_hold(connection, author.person.id)
    sent = pending(connection, person, Kind.MOBILE, author.now) if person else None
    counted = store.count_try(connection, sent.id, author.now) if sent else None
    if person is None or counted is None:
        return Tried(Outcome.DEAD)
    presented = _stored(provider, counted.id, typed)
    if not hmac.compare_digest(presented.encode(), counted.digest.encode()):
        author.note(connection, Event.CONTACT_CODE_REFUSED, tries=str(counted.tries))
        return Tried(Outcome.WRONG, counted.tries_left)
    if store.take(connection, counted.digest, author.now) is None:
        return Tried(Outcome.DEAD)
    people.verify_mobile(connection, person.id, counted.destination, author.now)
    if person.mobile != counted.destination:
        notices.mobile_changed(connection, provider, person, masked_phone(counted.destination), author.now)
    _note(connection, Event.CONTACT_CHANGED, counted, author.address, author.now)
    return Tried(Outcome.RIGHT)


def remove_mobile(connection: Connection, author: Author, provider: Provider) -> None:
    """Take the number away, and with it the messages that went there."""
    person = people.find_and_hold(connection, author.person.id)
    if person is None or person.mobile is None:
        return
    people.amend(connection, person.id, {"mobile": None}, author.now)
    store.close(connection, person.id, Kind.MOBILE, author.now)
    if consents.withdraw(connection, person.id, consents.Kind.LIST_SMS, author.now):
        author.note(connection, Event.LIST_LEFT, list=consents.Kind.LIST_SMS.value)
    author.note(connection, Event.CONTACT_REMOVED, kind=Kind.MOBILE.value)
    notices.mobile_changed(connection, provider, person, "", author.now)


def _still_meant(person: Person, change: Change) -> bool:
    return person.is_active and change.created_at >= person.cutoff_at


def _wait(connection: Connection, author: Author, provider: Provider, kind: Kind, destination: str) -> int:
    again = provider.pepper.digest(AGAIN.name, f"{author.person.id} {kind.value} {destination}")
    by_person = provider.pepper.digest(BY_PERSON[kind].name, author.person.id)
    return take(connection, AGAIN, again, author.now) or take(connection, BY_PERSON[kind], by_person, author.now)


def _replace(connection: Connection, author: Author, change: Change) -> None:
    store.close(connection, author.person.id, change.kind, author.now)
    store.write(connection, change)
    author.note(connection, Event.CONTACT_CHANGE_ASKED, kind=change.kind.value)


def _stored(provider: Provider, change_id: str, code: str) -> str:
    return provider.pepper.digest("contact code", f"{change_id} {code}")


def _note(connection: Connection, event: Event, change: Change, address: str, now: int) -> None:
    audit.record(connection, event, at=now, person_id=change.person_id, address=address, kind=change.kind.value)
