"""Answering requests of recovery: the background half, where who has an account is looked up and a message leaves."""

from collections.abc import Sequence

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, digest, digits, issue
from idp.interactions.upstreams import offered
from idp.messages import sms_texts, texts
from idp.messages.letterhead import Letterhead, letterhead
from idp.messages.message import Channel, Email, Envelope, Purpose
from idp.messages.outbox import enqueue_email, enqueue_sms
from idp.people import identity
from idp.people import store as people
from idp.people.person import Person
from idp.signin import store
from idp.signin.recovery import Asked, code_digest, concerned, contact_of, written
from idp.signin.store import Recovery, Sent, Wish

BATCH = 20
CODE_LENGTH = 6
MOST_MAILBOXES = 3
"""How many links one request may send when several accounts share a number."""


async def answer_due(provider: Provider) -> int:
    """Answer what waits; how many requests. One transaction: a request is answered with its message or not at all."""
    now = provider.clock.now()
    if not await provider.database.read(store.has_due, now):
        return 0
    return await provider.database.transaction(_answer_batch, provider, now)


def _answer_batch(connection: Connection, provider: Provider, now: int) -> int:
    waiting = store.due(connection, BATCH, now)
    for recovery in waiting:
        answer(connection, provider, recovery, now)
    return len(waiting)


def answer(connection: Connection, provider: Provider, recovery: Recovery, now: int) -> None:
    """Send what the request calls for to whom it concerns; nothing when it concerns nobody."""
    found = concerned(connection, provider, recovery)
    send = _by_email if recovery.channel is Channel.EMAIL else _by_sms
    sent = send(connection, provider, recovery, found, now) if found else None
    if recovery.channel is Channel.EMAIL and not found:
        _remind(connection, provider, recovery, now)
    store.answered(connection, recovery, sent)
    if sent is not None:
        store.supersede_others(connection, recovery, now)
        for person in found:
            _note(connection, recovery, person, now)
    if recovery.channel is Channel.SMS and recovery.wish is Wish.PASSWORD:
        _by_email_instead(connection, provider, recovery, found, now)


def _by_email(
    connection: Connection, provider: Provider, recovery: Recovery, found: Sequence[Person], now: int
) -> Sent | None:
    """One message for all the accounts of a mailbox, to the address as its holder proved it."""
    head = letterhead(provider.settings, provider.catalogue, recovery.locale)
    named = [person.identifier for person in found if person.identifier]
    if recovery.wish is Wish.IDENTIFIER and named:
        letter = texts.identifiers(head, named, sign_in=f"{head.issuer}/connexion")
        purpose, sent = Purpose.IDENTIFIERS, Sent(recovery.wish)
    else:
        secret = issue(Kind.LINK, provider.randomness)
        letter = _password_letter(connection, provider, head, found, f"{head.issuer}/oubli/lien?jeton={secret}")
        purpose, sent = Purpose.PASSWORD_RESET, Sent(Wish.PASSWORD, secret_digest=digest(secret))
    recipient = found[0].email or contact_of(provider, recovery)
    envelope = Envelope(purpose, recipient, recovery.expires_at, found[0].id)
    return None if enqueue_email(connection, provider, envelope, letter, now) else sent


def _remind(connection: Connection, provider: Provider, recovery: Recovery, now: int) -> None:
    """Tell who began an account and never activated it that it waits; no proof leaves, nothing else is theirs yet."""
    address = contact_of(provider, recovery)
    waiting = store.waiting_for_activation(connection, address)
    if not waiting or people.holders_of_email(connection, address):
        return
    head = letterhead(provider.settings, provider.catalogue, recovery.locale)
    ways = {"sign_in": f"{head.issuer}/connexion", "sign_up": f"{head.issuer}/inscription"}
    letter = texts.not_activated(head, [identifier for identifier, _ in waiting], **ways)
    enqueue_email(connection, provider, Envelope(Purpose.ACTIVATION, waiting[0][1], recovery.expires_at), letter, now)


def _password_letter(
    connection: Connection, provider: Provider, head: Letterhead, found: Sequence[Person], link: str
) -> Email:
    minutes = provider.settings.lifetimes.recovery_link // 60
    ways = [] if any(person.password_hash for person in found) else _other_ways(connection, provider, found)
    if ways:
        return texts.add_password(head, link, upstreams=ways, minutes=minutes)
    names = [person.identifier or person.email or "" for person in found]
    return texts.choose_password(head, link, minutes=minutes, identifiers=names)


def _other_ways(connection: Connection, provider: Provider, found: Sequence[Person]) -> list[str]:
    """The names of the providers by which these people come in."""
    used = {link.provider for person in found for link in identity.links_of(connection, person.id)}
    return [each.name for each in offered(provider.settings) if each.provider in used]


def _by_sms(
    connection: Connection, provider: Provider, recovery: Recovery, found: Sequence[Person], now: int
) -> Sent | None:
    head = letterhead(provider.settings, provider.catalogue, recovery.locale)
    code = digits(provider.randomness, CODE_LENGTH)
    minutes = provider.settings.lifetimes.activation_code // 60
    write = sms_texts.identifier_code if recovery.wish is Wish.IDENTIFIER else sms_texts.password_code
    purpose = Purpose.IDENTIFIERS if recovery.wish is Wish.IDENTIFIER else Purpose.PASSWORD_RESET
    envelope = Envelope(purpose, contact_of(provider, recovery), recovery.expires_at, found[0].id)
    if enqueue_sms(connection, provider, envelope, write(head, code, minutes=minutes), now):
        return None
    return Sent(recovery.wish, code_digest=code_digest(provider, recovery.id, code))


def _by_email_instead(
    connection: Connection, provider: Provider, recovery: Recovery, served: Sequence[Person], now: int
) -> None:
    """Those whom an SMS alone may not let in receive a link at the address they proved."""
    holders = people.holders_of_mobile(connection, contact_of(provider, recovery))
    addresses = {person.email for person in holders if person.email_verified and person.email} - {
        person.email for person in served
    }
    for address in sorted(addresses)[:MOST_MAILBOXES]:
        asked = Asked(
            wish=recovery.wish,
            channel=Channel.EMAIL,
            contact=address,
            browser_digest=recovery.browser_digest,
            locale=recovery.locale,
            interaction_id=recovery.interaction_id,
        )
        by_email = written(provider, asked, now)
        store.create(connection, by_email, due_at=None)
        answer(connection, provider, by_email, now)


def _note(connection: Connection, recovery: Recovery, person: Person, now: int) -> None:
    audit.record(
        connection,
        Event.RECOVERY_ANSWERED,
        at=now,
        person_id=person.id,
        channel=recovery.channel.value,
        wish=recovery.wish.value,
    )
