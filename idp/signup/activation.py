"""Proving an address or a number for the first time: sending a link or a code, and what following it does.

One code is alive at a time, and what was proved replaces what was declared.
"""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.limits import Limit
from idp.foundation.provider import Provider
from idp.foundation.secrets import new_id
from idp.interactions.interaction import Interaction
from idp.messages import sms_texts
from idp.messages import texts as letters
from idp.messages.letterhead import Letterhead, letterhead
from idp.messages.message import Channel, Email, Envelope, Purpose
from idp.messages.outbox import enqueue_email, enqueue_sms
from idp.people import proving, standing
from idp.people import store as people
from idp.people.contacts import deliverable, email_key
from idp.people.person import Person, State
from idp.people.proving import AGAIN_SECONDS, Outcome, Tried
from idp.signup.store import Activation, sent
from idp.web.endpoint import Call

PACE = proving.Pace(
    again=Limit("activation sent again", allowed=1, per_seconds=AGAIN_SECONDS),
    by_person={
        Channel.SMS: Limit("activation codes of a person", allowed=5, per_seconds=86_400),
        Channel.EMAIL: Limit("activation links of a person", allowed=10, per_seconds=86_400),
    },
    sms_by_address=Limit("activation codes asked from an address", allowed=60, per_seconds=3600),
)


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


def send_code(connection: Connection, request: Request, number: str) -> int:
    """Send a code by SMS in place of any former one: 0, or the seconds to wait (nothing is sent).

    Raises `BadRequest` for a number outside the accepted countries.
    """
    provider, life = request.provider, request.provider.settings.lifetimes.activation_code
    activation = _asked(request, Channel.SMS, number, life)
    if wait := PACE.wait_for_code(connection, provider.pepper, activation, request.address):
        return wait
    activation, code = proving.with_code(activation, provider.randomness, provider.pepper)
    envelope = Envelope(Purpose.ACTIVATION, number, activation.expires_at, request.person_id)
    sms = sms_texts.activation_code(_head(request), code, minutes=life // 60)
    if wait := enqueue_sms(connection, provider, envelope, sms, request.now):
        return wait
    sent.close(connection, request.person_id, Channel.SMS, request.now)
    _keep(connection, request, activation)
    return 0


def send_link(connection: Connection, request: Request, address: str) -> int:
    """Send a link by e-mail: 0, or the seconds to wait (nothing is sent). Links to another address die.

    An address that opens an account already gets a link too, since a family may share one, and is told so.
    """
    provider, life = request.provider, request.provider.settings.lifetimes.activation_link
    activation = _asked(request, Channel.EMAIL, address, life)
    if wait := PACE.wait_for_link(connection, provider.pepper, activation):
        return wait
    activation, secret = proving.with_link(activation, provider.randomness)
    known = any(each.id != request.person_id for each in people.holders_of_email(connection, address))
    purpose = Purpose.ALREADY_REGISTERED if known else Purpose.ACTIVATION
    envelope = Envelope(purpose, deliverable(address), activation.expires_at, request.person_id)
    letter = _letter(request, f"/activation/lien/{secret}", life // 3600, known=known)
    if wait := enqueue_email(connection, provider, envelope, letter, request.now):
        return wait
    sent.close_elsewhere(connection, request.person_id, Channel.EMAIL, address, request.now)
    _keep(connection, request, activation)
    return 0


def try_code(connection: Connection, request: Request, typed: str) -> Tried[Activation]:
    """Compare a code with the one that was sent, after counting the attempt; a right one proves the number."""
    sent.close_expired(connection, request.person_id, Channel.SMS, request.now)
    last = sent.latest(connection, request.person_id, Channel.SMS, request.now)
    tried = proving.try_code(connection, sent, last, typed, request.provider.pepper, request.now)
    if tried.proof is None:
        return tried
    if tried.outcome is Outcome.WRONG:
        _note(connection, request, Event.ACTIVATION_FAILED, attempts=tried.proof.tries)
        return tried
    return tried if _prove(connection, tried.proof, request) else Tried(Outcome.DEAD)


def look(connection: Connection, token: str, now: int) -> Activation | None:
    """What a link stands for while it may be followed; looking uses nothing up."""
    return proving.look(connection, sent, token, now)


def follow(connection: Connection, call: Call, token: str) -> Activation | None:
    """Use a link up: the address it was sent to is proved, and an account that waited is active."""
    found = look(connection, token, call.now)
    taken = sent.take(connection, found.digest, call.now) if found else None
    return taken if taken is not None and _prove(connection, taken, call) else None


def _prove(connection: Connection, activation: Activation, by: Request | Call) -> bool:
    person = people.find(connection, activation.person_id)
    if person is None or not _still_meant(person, activation):
        return False
    if activation.kind is Channel.EMAIL:
        people.verify_email(connection, person.id, activation.destination, by.now)
    else:
        people.verify_mobile(connection, person.id, activation.destination, by.now)
    activated = standing.activate(connection, person.id, by.now)
    sent.close(connection, person.id, Channel.SMS, by.now)
    audit.record(
        connection,
        Event.ACCOUNT_ACTIVATED if activated else Event.CONTACT_PROVED,
        at=by.now,
        person_id=person.id,
        client_id=activation.client_id,
        address=by.address,
        channel=activation.kind.value,
    )
    return True


def _still_meant(person: Person, activation: Activation) -> bool:
    """A waiting account takes what is proved; an active one only proves the address it has now."""
    if person.state is State.PENDING:
        return True
    current = email_key(person.email) if person.email else None
    return person.is_active and activation.kind is Channel.EMAIL and current == email_key(activation.destination)


def _asked(request: Request, channel: Channel, destination: str, life: int) -> Activation:
    return Activation(
        id=new_id(request.provider.randomness),
        person_id=request.person_id,
        kind=channel,
        destination=destination,
        interaction_id=request.interaction.id,
        client_id=request.interaction.client_id,
        browser_digest=request.interaction.browser_digest,
        created_at=request.now,
        expires_at=request.now + life,
    )


def _keep(connection: Connection, request: Request, activation: Activation) -> None:
    sent.write(connection, activation)
    _note(connection, request, Event.ACTIVATION_SENT, channel=activation.kind.value)


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


def _head(request: Request) -> Letterhead:
    return letterhead(request.provider.settings, request.provider.catalogue, request.locale)


def _letter(request: Request, path: str, hours: int, *, known: bool) -> Email:
    issuer = request.provider.settings.issuer
    if known:
        return letters.already_registered(
            _head(request), issuer + path, sign_in=f"{issuer}/connexion", forgotten=f"{issuer}/oubli", hours=hours
        )
    return letters.activation_link(_head(request), issuer + path, hours=hours)
