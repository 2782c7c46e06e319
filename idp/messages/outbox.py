"""Writing messages to send, in the transaction of the act that causes them.

No account without its message and no message without its account: the row commits with the rest or not at all. A
worker sends it afterwards (`idp.messages.worker`). Recipient and words are sealed under the server's key, so that a
copy of the database gives no code and no link away.
"""

import json
from dataclasses import asdict
from typing import Protocol

from sqlalchemy import Connection, insert

from idp.foundation import audit, limits
from idp.foundation.limits import Limit
from idp.foundation.secrets import Pepper, Randomness, new_id
from idp.foundation.settings import Settings
from idp.messages import addresses
from idp.messages.message import Channel, Email, Envelope, Sms
from idp.messages.tables import outbox
from keys.sealing import Seal


class Means(Protocol):
    """The parts of the provider that writing a message takes."""

    @property
    def settings(self) -> Settings: ...
    @property
    def seal(self) -> Seal: ...
    @property
    def pepper(self) -> Pepper: ...
    @property
    def randomness(self) -> Randomness: ...


RECIPIENT_LIMITS = {
    (Channel.EMAIL, False): (Limit("email.hour", 6, 3600), Limit("email.day", 20, 86_400)),
    (Channel.EMAIL, True): (Limit("email.notices", 20, 86_400),),
    (Channel.SMS, False): (Limit("sms.hour", 3, 3600), Limit("sms.day", 5, 86_400)),
    (Channel.SMS, True): (Limit("sms.notices", 5, 86_400),),
}
"""What one mailbox or number may receive, all purposes together, so that nobody is flooded through us. Notices are
counted apart: asking for many codes must not silence the notice that the password was changed."""

_INSERT = insert(outbox).inline()


def enqueue_email(connection: Connection, provider: Means, envelope: Envelope, email: Email, now: int) -> int:
    """Write one e-mail to send: 0, or the seconds until this mailbox may be written to again (nothing was written).

    Raises `BadRequest` when the recipient is not one plain mailbox.
    """
    addresses.mailbox(envelope.recipient)
    if wait := _count(connection, provider, Channel.EMAIL, envelope, now):
        return wait
    _write(connection, provider, Channel.EMAIL, envelope, json.dumps(asdict(email)), now)
    return 0


def enqueue_sms(connection: Connection, provider: Means, envelope: Envelope, sms: Sms, now: int) -> int:
    """Write one SMS to send: 0, or the seconds until this number may be written to again (nothing was written).

    The authority's budget of SMS per day counts too. Raises `BadRequest` for a number outside the accepted countries.
    """
    addresses.number(envelope.recipient, provider.settings.signup.sms_countries)
    if wait := _count(connection, provider, Channel.SMS, envelope, now):
        return wait
    if wait := limits.take(connection, Limit("sms.budget", provider.settings.sms.daily_budget, 86_400), "all", now):
        _note_capped(connection, Channel.SMS, envelope, "budget", now)
        return wait
    _write(connection, provider, Channel.SMS, envelope, json.dumps(asdict(sms)), now)
    return 0


def seal_purpose(message_id: str, part: str) -> str:
    """What a sealed part is bound to: it opens for its own row and part only."""
    return f"outbox/{message_id}/{part}"


def _count(connection: Connection, provider: Means, channel: Channel, envelope: Envelope, now: int) -> int:
    recipient = provider.pepper.digest(f"recipient/{channel}", envelope.recipient.casefold())
    for limit in RECIPIENT_LIMITS[channel, envelope.purpose.is_notice]:
        if wait := limits.take(connection, limit, recipient, now):
            _note_capped(connection, channel, envelope, limit.name, now)
            return wait
    return 0


def _note_capped(connection: Connection, channel: Channel, envelope: Envelope, limit: str, now: int) -> None:
    audit.record(
        connection,
        audit.Event.MESSAGE_CAPPED,
        at=now,
        person_id=envelope.person_id,
        channel=channel.value,
        purpose=envelope.purpose.value,
        limit=limit,
    )


def _write(connection: Connection, provider: Means, channel: Channel, envelope: Envelope, words: str, now: int) -> None:
    message_id = new_id(provider.randomness)
    connection.execute(
        _INSERT,
        {
            "id": message_id,
            "channel": channel.value,
            "purpose": envelope.purpose.value,
            "person_id": envelope.person_id,
            "recipient": provider.seal.seal(seal_purpose(message_id, "recipient"), envelope.recipient.encode()),
            "body": provider.seal.seal(seal_purpose(message_id, "body"), words.encode()),
            "created_at": now,
            "expires_at": envelope.expires_at,
            "next_attempt_at": now,
            "leased_until_at": 0,
            "attempts": 0,
        },
    )
