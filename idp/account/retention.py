"""Accounts that nobody uses: warned of twice, then erased.

The CNIL holds two years as proportionate for an online account and wants a warning. Whoever has no proved address
receives none, and is treated the same. Each step goes through the accounts in small batches, each in a transaction of
its own, and looks again at each account as it acts: a sign-in at that moment wins.
"""

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection

from idp.account.erasure import erase
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.errors import BadRequest
from idp.foundation.provider import Provider
from idp.foundation.settings import DELETION_WARNINGS
from idp.messages import texts
from idp.messages.letterhead import letterhead
from idp.messages.message import Envelope, Purpose
from idp.messages.outbox import enqueue_email
from idp.people import dormancy
from idp.people import store as people
from idp.people.contacts import deliverable

FIRST, LAST = DELETION_WARNINGS

Step = Callable[[Connection, Provider, str, int], tuple[int, str | None]]
"""Goes through one batch of accounts, those whose ids come after one; how many it dealt with, and where to go on."""


async def go_over(provider: Provider) -> int:
    """Announce, remind, erase, whatever is to be done today; how many accounts were dealt with."""
    now, done = provider.clock.now(), 0
    for step in (announce, remind, let_go):
        after: str | None = ""
        while after is not None:
            dealt_with, after = await provider.database.transaction(step, provider, after, now)
            done += dealt_with
    return done


def announce(connection: Connection, provider: Provider, after: str, now: int) -> tuple[int, str | None]:
    """Sixty days before the end, tell the holders and set the day. Nobody is ever given less."""
    life = provider.settings.lifetimes.inactive_account
    before = now - life + FIRST
    found = dormancy.to_announce(connection, before, after)
    done = 0
    for dormant in found:
        due_at = max(dormant.seen_at + life, now + FIRST)
        if (told := _warn(connection, provider, dormant.person_id, due_at, now)) is None:
            continue
        if dormancy.announce(connection, dormant.person_id, before, due_at):
            event, person_id = Event.DELETION_ANNOUNCED, dormant.person_id
            audit.record(connection, event, at=now, person_id=person_id, told=told, due_at=due_at)
            done += 1
    return done, found[-1].person_id if len(found) == dormancy.BATCH else None


def remind(connection: Connection, provider: Provider, after: str, now: int) -> tuple[int, str | None]:
    """Seven days before the end, tell them again; the end waits for it if the work was late."""
    by = now + LAST
    found = dormancy.to_remind(connection, by, after)
    done = 0
    for person_id in found:
        due_at = now + LAST
        if (told := _warn(connection, provider, person_id, due_at, now)) is None:
            continue
        if dormancy.remind(connection, person_id, by, due_at, now):
            event = Event.DELETION_REMINDED
            audit.record(connection, event, at=now, person_id=person_id, told=told, due_at=due_at)
            done += 1
    return done, found[-1] if len(found) == dormancy.BATCH else None


def let_go(connection: Connection, provider: Provider, after: str, now: int) -> tuple[int, str | None]:
    """Erase the accounts whose day has come."""
    found = dormancy.to_erase(connection, now, after)
    for person_id in found:
        person = people.find(connection, person_id)
        if person is not None:
            erase(connection, provider, person, now)
            audit.record(connection, Event.ACCOUNT_ERASED, at=now, person_id=person_id, by="inactivity")
    return len(found), found[-1] if len(found) == dormancy.BATCH else None


def _warn(connection: Connection, provider: Provider, person_id: str, due_at: int, now: int) -> bool | None:
    """Whether there was a proved address to write to; None when that mailbox receives too much today."""
    person = people.find(connection, person_id)
    if person is None or not person.email or not person.email_verified:
        return False
    head = letterhead(provider.settings, provider.catalogue, person.locale)
    letter = texts.deletion_warning(head, day_at=due_at, sign_in=f"{head.issuer}/mon-compte")
    envelope = Envelope(Purpose.DELETION_WARNING, deliverable(person.email), due_at, person_id)
    with suppress(BadRequest):  # an address written by another program, that no message may go to
        return None if enqueue_email(connection, provider, envelope, letter, now) else True
    return False
