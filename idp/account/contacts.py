"""Changing the e-mail address or the mobile number of an account.

The one in force stays so until the new one is proved, by the link or the code that was sent to it. One change of each
waits at most: another one closes it, and so does all that ends the person's sessions, so that a thief who was thrown
out leaves no change behind. The former mailbox receives the way back.
"""

from sqlalchemy import Connection

from idp.account import restoring
from idp.account.acts import Author
from idp.account.store import Change, Kind, asked, changes
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.limits import Limit
from idp.foundation.provider import Provider
from idp.messages import change_texts, notices, sms_texts
from idp.messages.letterhead import letterhead
from idp.messages.message import Envelope, Purpose
from idp.messages.outbox import enqueue_email, enqueue_sms
from idp.people import consents, proving
from idp.people import store as people
from idp.people.contacts import deliverable, email_key
from idp.people.person import Person
from idp.people.phones import masked_phone
from idp.people.proving import AGAIN_SECONDS, Outcome, Tried

PROVE = "/mon-compte/email/lien"
PACE = proving.Pace(
    again=Limit("contact asked again", allowed=1, per_seconds=AGAIN_SECONDS),
    by_person={
        Kind.EMAIL: Limit("addresses asked by a person", allowed=10, per_seconds=86_400),
        Kind.MOBILE: Limit("numbers asked by a person", allowed=5, per_seconds=86_400),
    },
    sms_by_address=Limit("numbers asked from an address", allowed=60, per_seconds=3600),
)


def ask_email(connection: Connection, author: Author, provider: Provider, address: str) -> int:
    """Send a link to a new address, in place of any former one: 0, or the seconds to wait (nothing is sent)."""
    people.find_and_hold(connection, author.person.id)
    life = provider.settings.lifetimes.activation_link
    change = asked(author.person.id, Kind.EMAIL, address, provider.randomness, at=author.now, life=life)
    if wait := PACE.wait_for_link(connection, provider.pepper, change):
        return wait
    change, secret = proving.with_link(change, provider.randomness)
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
    life = provider.settings.lifetimes.activation_code
    change = asked(author.person.id, Kind.MOBILE, number, provider.randomness, at=author.now, life=life)
    if wait := PACE.wait_for_code(connection, provider.pepper, change, author.address):
        return wait
    change, code = proving.with_code(change, provider.randomness, provider.pepper)
    head = letterhead(provider.settings, provider.catalogue, author.person.locale)
    envelope = Envelope(Purpose.CONTACT_PROOF, number, change.expires_at, author.person.id)
    sms = sms_texts.contact_code(head, code, minutes=life // 60)
    if wait := enqueue_sms(connection, provider, envelope, sms, author.now):
        return wait
    _replace(connection, author, change)
    return 0


def pending(connection: Connection, person: Person, kind: Kind, now: int) -> Change | None:
    """The change that waits to be proved."""
    change = changes.latest(connection, person.id, kind, now)
    return change if change is not None and _still_meant(person, change) else None


def give_up(connection: Connection, author: Author, kind: Kind) -> None:
    """Forget a change that waits; the contact in force stays."""
    changes.close(connection, author.person.id, kind, author.now)


def look(connection: Connection, token: str, now: int) -> Change | None:
    """What the link to a new address stands for while it may be followed; looking uses nothing up."""
    change = proving.look(connection, changes, token, now)
    person = people.find(connection, change.person_id) if change and change.kind is Kind.EMAIL else None
    return change if change is not None and person is not None and _still_meant(person, change) else None


def follow(connection: Connection, provider: Provider, token: str, address: str, now: int) -> bool:
    """Use the link to a new address up, from whichever browser at `address`: it is in force from now on."""
    change = look(connection, token, now)
    person = people.find_and_hold(connection, change.person_id) if change else None
    if change is None or person is None or not _still_meant(person, change):
        return False
    if changes.take(connection, change.digest, now) is None:
        return False
    people.verify_email(connection, person.id, change.destination, now)
    changes.close(connection, person.id, Kind.EMAIL, now)
    replaced = person.email if person.email_verified else None
    if replaced and email_key(replaced) != email_key(change.destination):
        restoring.offer(connection, provider, person, change.destination, now)
    _note(connection, Event.CONTACT_CHANGED, change, address, now)
    return True


def try_code(connection: Connection, author: Author, provider: Provider, typed: str) -> Tried[Change]:
    """Compare a code with the one that was sent, after counting the try; a right one puts the number in force."""
    person = people.find_and_hold(connection, author.person.id)
    sent = pending(connection, person, Kind.MOBILE, author.now) if person else None
    tried = proving.try_code(connection, changes, sent, typed, provider.pepper, author.now)
    if tried.proof is None or person is None:
        return tried
    if tried.outcome is Outcome.WRONG:
        author.note(connection, Event.CONTACT_CODE_REFUSED, tries=str(tried.proof.tries))
        return tried
    people.verify_mobile(connection, person.id, tried.proof.destination, author.now)
    if person.mobile != tried.proof.destination:
        notices.mobile_changed(connection, provider, person, masked_phone(tried.proof.destination), author.now)
    _note(connection, Event.CONTACT_CHANGED, tried.proof, author.address, author.now)
    return tried


def remove_mobile(connection: Connection, author: Author, provider: Provider) -> None:
    """Take the number away, and with it the messages that went there."""
    person = people.find_and_hold(connection, author.person.id)
    if person is None or person.mobile is None:
        return
    people.amend(connection, person.id, {"mobile": None}, author.now)
    changes.close(connection, person.id, Kind.MOBILE, author.now)
    if consents.withdraw(connection, person.id, consents.Kind.LIST_SMS, author.now):
        author.note(connection, Event.LIST_LEFT, list=consents.Kind.LIST_SMS.value)
    author.note(connection, Event.CONTACT_REMOVED, kind=Kind.MOBILE.value)
    notices.mobile_changed(connection, provider, person, "", author.now)


def _still_meant(person: Person, change: Change) -> bool:
    return person.is_active and change.created_at >= person.cutoff_at


def _replace(connection: Connection, author: Author, change: Change) -> None:
    changes.close(connection, author.person.id, change.kind, author.now)
    changes.write(connection, change)
    author.note(connection, Event.CONTACT_CHANGE_ASKED, kind=change.kind.value)


def _note(connection: Connection, event: Event, change: Change, address: str, now: int) -> None:
    audit.record(connection, event, at=now, person_id=change.person_id, address=address, kind=change.kind.value)
