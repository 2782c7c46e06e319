"""Finding one's way back in: who is meant, what is sent to them, what it then allows.

Asking writes the same row and costs the same whether or not somebody has that address or number: the answer is made
afterwards by the background work, so that neither the page nor its timing tells who has an account. A message goes to
the contact on record, never to the one typed. Every step proves the request again; none trusts the step before.
"""

import hmac
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.errors import TooManyAttempts
from idp.foundation.limits import Limit, take
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, digest, issue, new_id
from idp.foundation.texts import text
from idp.messages.message import Channel
from idp.people import store as people
from idp.people.codes import MOST_TRIES
from idp.people.contacts import email_key
from idp.people.person import Person
from idp.signin import store
from idp.signin.store import Recovery, Wish

BY_ADDRESS = Limit("recoveries by address", allowed=60, per_seconds=3600)
BY_CONTACT = (Limit("recoveries by minute", 1, 60), Limit("recoveries by hour", 5, 3600))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, and where. `contact` is a valid e-mail address or a mobile number in E.164."""

    wish: Wish
    channel: Channel
    contact: str
    browser_digest: str
    locale: str
    interaction_id: str | None


class Try(StrEnum):
    """What became of a code that was typed."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Tried:
    """The outcome, the tries left, and the secret that proves the request when the code was right."""

    outcome: Try
    left: int = 0
    secret: str = ""
    wish: Wish = Wish.PASSWORD


@dataclass(frozen=True, slots=True)
class Proof:
    """A request that a secret proves, and the accounts it may be used for."""

    recovery: Recovery
    people: tuple[Person, ...]


def ask(connection: Connection, provider: Provider, asked: Asked, throttled_address: str, now: int) -> str:
    """Write a request to be answered; its id. Raises `TooManyAttempts` for an address that asks too much.

    A contact asked for too often gets no second message, and the page stays the same.
    """
    pepper = provider.pepper
    if wait := take(connection, BY_ADDRESS, pepper.digest("address", throttled_address), now):
        raise TooManyAttempts(
            "too_many_recoveries",
            text("Trop de demandes viennent de votre connexion. Réessayez plus tard."),
            retry_after=wait,
        )
    recovery = written(provider, asked, now)
    if any(take(connection, limit, recovery.contact_digest, now) for limit in BY_CONTACT):
        if before := store.latest(connection, recovery, now):
            return before.id
        store.create(connection, recovery, due_at=None)
    else:
        store.create(connection, recovery, due_at=now)
    return recovery.id


def written(provider: Provider, asked: Asked, now: int) -> Recovery:
    """The request as it is kept."""
    recovery_id, lifetimes = new_id(provider.randomness), provider.settings.lifetimes
    life = lifetimes.recovery_link if asked.channel is Channel.EMAIL else lifetimes.activation_code
    key = email_key(asked.contact) if asked.channel is Channel.EMAIL else asked.contact
    return Recovery(
        id=recovery_id,
        browser_digest=asked.browser_digest,
        wish=asked.wish,
        channel=asked.channel,
        contact=provider.seal.seal(f"recovery/{recovery_id}", asked.contact.encode()),
        contact_digest=provider.pepper.digest("recovery", key),
        locale=asked.locale,
        interaction_id=asked.interaction_id,
        created_at=now,
        expires_at=now + life,
    )


def contact_of(provider: Provider, recovery: Recovery) -> str:
    """The address or number that was typed."""
    return provider.seal.open(f"recovery/{recovery.id}", recovery.contact).decode()


def code_digest(provider: Provider, recovery_id: str, code: str) -> str:
    """What is kept of a code: a keyed digest, bound to its request."""
    return provider.pepper.digest("recovery code", f"{recovery_id} {code}")


def concerned(connection: Connection, provider: Provider, recovery: Recovery) -> tuple[Person, ...]:
    """The accounts a request is about now: active, and whose holder proved the contact.

    For a new password, an account left alone since: signing in or changing the password ends what was asked before. An
    SMS alone opens no account that has a proved e-mail, unless the settings say so.
    """
    contact = contact_of(provider, recovery)
    if recovery.channel is Channel.EMAIL:
        found = people.holders_of_email(connection, contact)
    else:
        found = people.holders_of_mobile(connection, contact)
    if recovery.wish is Wish.IDENTIFIER:
        return found
    by_sms_too = recovery.channel is Channel.EMAIL or provider.settings.recovery.sms_alone
    return tuple(
        person
        for person in found
        if (person.password_changed_at or 0) <= recovery.created_at
        and (person.signed_in_at or 0) <= recovery.created_at
        and (by_sms_too or not person.email_verified)
    )


def try_code(connection: Connection, provider: Provider, recovery_id: str, browser: str, code: str, now: int) -> Tried:
    """Compare a typed code, once counted; the request is then proved for as long again."""
    counted = store.count_try(connection, recovery_id, digest(browser), now)
    if counted is None:
        return Tried(Try.OVER)
    expected, tries = counted
    if not hmac.compare_digest(code_digest(provider, recovery_id, code), expected or ""):
        left = MOST_TRIES - tries
        audit.record(connection, Event.RECOVERY_CODE_REFUSED, at=now, left=left)
        return Tried(Try.WRONG, left) if left else Tried(Try.OVER)
    secret = issue(Kind.LINK, provider.randomness)
    until = now + provider.settings.lifetimes.activation_code
    recovery = store.prove(connection, recovery_id, digest(secret), until, now)
    return Tried(Try.RIGHT, secret=secret, wish=recovery.wish) if recovery else Tried(Try.OVER)


def proved(connection: Connection, provider: Provider, wish: Wish, secret: str, now: int) -> Proof | None:
    """What a secret allows, without using it up; None when it does not allow this wish, or not any more."""
    recovery = store.proof(connection, digest(secret), now)
    if recovery is None or recovery.wish is not wish:
        return None
    found = concerned(connection, provider, recovery)
    return Proof(recovery, found) if found else None
