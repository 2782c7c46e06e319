"""The way back from a change of e-mail address, sent to the mailbox that was left.

Whoever took an account changes its address first: the former mailbox is then the only place where its holder is still
alone. Following the link puts the address back and undoes what came after the change: the password, the sessions, the
mobile number and the accounts elsewhere that were added since. The holder then chooses a password by that address.
"""

from sqlalchemy import Connection

from idp.account.store import Change, Kind, asked, changes
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.messages import change_texts
from idp.messages.letterhead import letterhead
from idp.messages.message import NOTICE_LIFE_SECONDS, Email, Envelope, Purpose
from idp.messages.outbox import enqueue_email
from idp.people import identity, proving
from idp.people import store as people
from idp.people.contacts import deliverable, email_key, masked_email
from idp.people.person import Person
from idp.sessions import closing

UNDO = "/mon-compte/email/retour"
_DAY = 86_400


def offer(connection: Connection, provider: Provider, person: Person, address: str, now: int) -> None:
    """Tell both mailboxes that the address changed, and give the former one the way back.

    `person` is as before the change, with a proved address; `address` is the new one.
    """
    life = provider.settings.lifetimes.address_undo
    change = asked(person.id, Kind.RESTORE, person.email or "", provider.randomness, at=now, life=life)
    change, secret = proving.with_link(change, provider.randomness)
    changes.write(connection, change)
    head = letterhead(provider.settings, provider.catalogue, person.locale)
    undo, shown = f"{head.issuer}{UNDO}/{secret}", masked_email(address)
    letter = change_texts.address_changed(head, at=now, new_address=shown, undo=undo, days=life // _DAY)
    _send(connection, provider, person, change.destination, letter, now)
    _send(connection, provider, person, address, change_texts.address_changed(head, at=now, new_address=shown), now)


def look(connection: Connection, token: str, now: int) -> Change | None:
    """What a link stands for while it may be followed; looking uses nothing up."""
    change = proving.look(connection, changes, token, now)
    if change is None or change.kind is not Kind.RESTORE:
        return None
    person = people.find(connection, change.person_id)
    return change if person is not None and person.is_active else None


def restore(connection: Connection, provider: Provider, token: str, address: str, now: int) -> bool:
    """Use the link up, from the browser at `address`: the former mailbox is the account's again, and nobody is in."""
    change = look(connection, token, now)
    person = people.find_and_hold(connection, change.person_id) if change else None
    if change is None or person is None or changes.take(connection, change.digest, now) is None:
        return False
    people.verify_email(connection, person.id, change.destination, now)
    _undo_since(connection, person, change.created_at, now)
    closing.cut_off(connection, person.id, now)
    for kind in Kind:
        changes.close(connection, person.id, kind, now)
    audit.record(connection, Event.ADDRESS_RESTORED, at=now, person_id=person.id, address=address)
    if person.email and person.email_verified and email_key(person.email) != email_key(change.destination):
        head = letterhead(provider.settings, provider.catalogue, person.locale)
        letter = change_texts.address_changed(head, at=now, new_address=masked_email(change.destination))
        _send(connection, provider, person, person.email, letter, now)
    return True


def _undo_since(connection: Connection, person: Person, since: int, now: int) -> None:
    if person.password_hash is not None:
        people.set_password(connection, person.id, None, now)
    if person.mobile_verified_at is not None and person.mobile_verified_at >= since:
        people.amend(connection, person.id, {"mobile": None}, now)
    for link in identity.links_of(connection, person.id):
        if link.linked_at >= since:
            identity.unlink(connection, person.id, link.id)


def _send(connection: Connection, provider: Provider, person: Person, to: str, letter: Email, now: int) -> None:
    envelope = Envelope(Purpose.ADDRESS_CHANGED, deliverable(to), now + NOTICE_LIFE_SECONDS, person.id)
    enqueue_email(connection, provider, envelope, letter, now)
