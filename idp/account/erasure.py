"""Erasing an account, whoever decides it: its holder, an operator, or two years of absence (RGPD article 17).

What identifies the person goes at once, with what opened the account and what they had let applications know; their
sessions end, so that the applications are told. What was agreed to stays a while as proof, ended as of today.
"""

from contextlib import suppress

from sqlalchemy import Connection

from idp.account.store import changes
from idp.foundation.errors import BadRequest
from idp.foundation.provider import Provider
from idp.interactions import store as interactions
from idp.messages import texts
from idp.messages.letterhead import letterhead
from idp.messages.message import NOTICE_LIFE_SECONDS, Envelope, Purpose
from idp.messages.outbox import enqueue_email
from idp.people import consents
from idp.people.contacts import deliverable
from idp.people.person import Person
from idp.sessions import closing


def erase(connection: Connection, provider: Provider, person: Person, now: int) -> None:
    """Erase the account of `person` and tell them, where an address was proved. The caller writes the audit line."""
    closing.erase(connection, person.id, now)
    consents.withdraw_all(connection, person.id, now)
    interactions.forget_consents_of(connection, person.id)
    changes.forget(connection, person.id)
    if person.email and person.email_verified:
        head = letterhead(provider.settings, provider.catalogue, person.locale)
        address = deliverable(person.email)
        envelope = Envelope(Purpose.ACCOUNT_DELETED, address, now + NOTICE_LIFE_SECONDS, person.id)
        with suppress(BadRequest):  # an address written by another program, that no message may go to
            enqueue_email(connection, provider, envelope, texts.account_deleted(head), now)
