"""Proving an address or a number: sending a link or a code, and what following it does.

One code is alive at a time; its attempts are counted before they are compared, five at most, so that with five codes a
day somebody who guesses has less than one chance in ten thousand. What was proved replaces what was declared.
"""

import hmac
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.limits import Limit, take
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, digest, digits, is_of, issue, new_id
from idp.interactions.interaction import Interaction
from idp.messages import sms_texts
from idp.messages import texts as letters
from idp.messages.letterhead import Letterhead, letterhead
from idp.messages.message import Channel, Email, Envelope, Purpose
from idp.messages.outbox import enqueue_email, enqueue_sms
from idp.people import codes, standing
from idp.people import store as people
from idp.people.contacts import deliverable, email_key
from idp.people.person import Person, State
from idp.signup import store
from idp.signup.store import Activation
from idp.web.addresses import throttle_key
from idp.web.endpoint import Call

AGAIN = Limit("activation sent again", allowed=1, per_seconds=60)
BY_PERSON = {
    Channel.SMS: Limit("activation codes of a person", allowed=5, per_seconds=86_400),
    Channel.EMAIL: Limit("activation links of a person", allowed=10, per_seconds=86_400),
}
SMS_BY_ADDRESS = Limit("activation codes asked from an address", allowed=60, per_seconds=3600)


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for a link or a code, in which journey and browser, and when (seconds UTC)."""

    provider: Provider
    interaction: Interaction
    person_id: str
    address: str
    locale: str
    now: int

    @classmethod
    def of(cls, call: Call, interaction: Interaction, person_id: str) -> Self:
        """The request of the browser that calls."""
        return cls(call.provider, interaction, person_id, call.address, call.locale, call.now)


class Outcome(StrEnum):
    """What an attempt at a code came to."""

    RIGHT = "right"
    WRONG = "wrong"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt at a code, and how many are left."""

    outcome: Outcome
    left: int = 0


def send_code(connection: Connection, request: Request, number: str) -> int:
    """Send a code by SMS in place of any former one: 0, or the seconds to wait (nothing is sent).

    Raises `BadRequest` for a number outside the accepted countries.
    """
    if wait := _wait(connection, request, Channel.SMS, number):
        return wait
    key = request.provider.pepper.digest(SMS_BY_ADDRESS.name, throttle_key(request.address))
    if wait := take(connection, SMS_BY_ADDRESS, key, request.now):
        return wait
    life = request.provider.settings.lifetimes.activation_code
    sent = _sent(request, Channel.SMS, number, life)
    code = digits(request.provider.randomness, codes.LENGTH)
    envelope = Envelope(Purpose.ACTIVATION, number, sent.expires_at, request.person_id)
    sms = sms_texts.activation_code(_head(request), code, minutes=life // 60)
    if wait := enqueue_sms(connection, request.provider, envelope, sms, request.now):
        return wait
    store.close(connection, request.person_id, Channel.SMS, request.now)
    _keep(connection, request, replace(sent, digest=_stored_code(request.provider, sent.id, code)))
    return 0


def send_link(connection: Connection, request: Request, address: str) -> int:
    """Send a link by e-mail: 0, or the seconds to wait (nothing is sent). Links to another address die.

    An address that opens an account already gets a link too, since a family may share one, and is told so.
    """
    if wait := _wait(connection, request, Channel.EMAIL, email_key(address)):
        return wait
    life = request.provider.settings.lifetimes.activation_link
    secret = issue(Kind.LINK, request.provider.randomness)
    sent = replace(_sent(request, Channel.EMAIL, address, life), digest=digest(secret))
    known = any(each.id != request.person_id for each in people.holders_of_email(connection, address))
    purpose = Purpose.ALREADY_REGISTERED if known else Purpose.ACTIVATION
    envelope = Envelope(purpose, deliverable(address), sent.expires_at, request.person_id)
    letter = _letter(request, f"/activation/lien/{secret}", life // 3600, known=known)
    if wait := enqueue_email(connection, request.provider, envelope, letter, request.now):
        return wait
    store.close_other_destinations(connection, request.person_id, Channel.EMAIL, address, request.now)
    _keep(connection, request, sent)
    return 0


def try_code(connection: Connection, request: Request, typed: str) -> Attempt:
    """Compare a code with the one that was sent, after counting the attempt; a right one proves the number."""
    store.close_expired(connection, request.person_id, Channel.SMS, request.now)
    sent = store.latest(connection, request.person_id, Channel.SMS, request.now)
    counted = store.count_attempt(connection, sent.id, request.now) if sent else None
    if counted is None:
        return Attempt(Outcome.DEAD)
    presented = _stored_code(request.provider, counted.id, typed)
    if not hmac.compare_digest(presented.encode(), counted.digest.encode()):
        _note(connection, request, Event.ACTIVATION_FAILED, attempts=counted.attempts)
        return Attempt(Outcome.WRONG, counted.attempts_left)
    if store.take(connection, counted.digest, request.now) is None or not _prove(connection, counted, request):
        return Attempt(Outcome.DEAD)
    return Attempt(Outcome.RIGHT)


def look(connection: Connection, token: str, now: int) -> Activation | None:
    """What a link stands for while it may be followed; looking uses nothing up."""
    return store.look(connection, digest(token), now) if is_of(Kind.LINK, token) else None


def follow(connection: Connection, call: Call, token: str) -> Activation | None:
    """Use a link up: the address it was sent to is proved, and an account that waited is active."""
    taken = store.take(connection, digest(token), call.now) if is_of(Kind.LINK, token) else None
    return taken if taken is not None and _prove(connection, taken, call) else None


def _prove(connection: Connection, sent: Activation, by: Request | Call) -> bool:
    person = people.find(connection, sent.person_id)
    if person is None or not _still_meant(person, sent):
        return False
    if sent.channel == Channel.EMAIL:
        people.verify_email(connection, person.id, sent.destination, by.now)
    else:
        people.verify_mobile(connection, person.id, sent.destination, by.now)
    activated = standing.activate(connection, person.id, by.now)
    store.close(connection, person.id, Channel.SMS, by.now)
    audit.record(
        connection,
        Event.ACCOUNT_ACTIVATED if activated else Event.CONTACT_PROVED,
        at=by.now,
        person_id=person.id,
        client_id=sent.client_id,
        address=by.address,
        channel=sent.channel,
    )
    return True


def _still_meant(person: Person, sent: Activation) -> bool:
    """A waiting account takes what is proved; an active one only proves the address it has now."""
    if person.state is State.PENDING:
        return True
    current = email_key(person.email) if person.email else None
    return person.is_active and sent.channel == Channel.EMAIL and current == email_key(sent.destination)


def _wait(connection: Connection, request: Request, channel: Channel, destination: str) -> int:
    pepper = request.provider.pepper
    again = pepper.digest(AGAIN.name, f"{request.person_id} {channel.value} {destination}")
    by_person = pepper.digest(BY_PERSON[channel].name, request.person_id)
    return take(connection, AGAIN, again, request.now) or take(connection, BY_PERSON[channel], by_person, request.now)


def _sent(request: Request, channel: Channel, destination: str, life: int) -> Activation:
    return Activation(
        id=new_id(request.provider.randomness),
        person_id=request.person_id,
        channel=channel.value,
        destination=destination,
        digest="",
        interaction_id=request.interaction.id,
        client_id=request.interaction.client_id,
        browser_digest=request.interaction.browser_digest,
        attempts=0,
        created_at=request.now,
        expires_at=request.now + life,
    )


def _keep(connection: Connection, request: Request, sent: Activation) -> None:
    store.write(connection, sent)
    _note(connection, request, Event.ACTIVATION_SENT, channel=sent.channel)


def _note(connection: Connection, request: Request, event: Event, **detail: str | int | bool | None) -> None:
    audit.record(
        connection,
        event,
        at=request.now,
        person_id=request.person_id,
        client_id=request.interaction.client_id,
        session_id=None,
        address=request.address,
        **detail,
    )


def _stored_code(provider: Provider, activation_id: str, code: str) -> str:
    return provider.pepper.digest("activation code", f"{activation_id} {code}")


def _head(request: Request) -> Letterhead:
    return letterhead(request.provider.settings, request.provider.catalogue, request.locale)


def _letter(request: Request, path: str, hours: int, *, known: bool) -> Email:
    issuer = request.provider.settings.issuer
    if known:
        return letters.already_registered(
            _head(request), issuer + path, sign_in=f"{issuer}/connexion", forgotten=f"{issuer}/oubli", hours=hours
        )
    return letters.activation_link(_head(request), issuer + path, hours=hours)
