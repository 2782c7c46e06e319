"""Sending e-mails through a relay (RFC 5321), one connection for a batch.

Messages are built by the standard library and handed over as objects, never as strings of commands, so that no line
break in an address or a subject can become one. What is sent by us and answered by nobody says so (RFC 3834).
"""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from idp.foundation.errors import BadRequest
from idp.foundation.outlets import MailRelay, Tls
from idp.messages import addresses
from idp.messages.delivery import Deliver, Parcel, Postponed, Refused
from idp.messages.message import Email, is_one_line

TIMEOUT_SECONDS = 10.0
"""For each exchange with the relay."""


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom mails come. `host` is what we call ourselves when we greet a relay."""

    address: str
    name: str
    host: str


class Mailer:
    """Carries e-mails to one relay."""

    def __init__(self, relay: MailRelay, sender: Sender, trust: ssl.SSLContext) -> None:
        self._relay = relay
        self._sender = sender
        self._trust = trust

    def open(self) -> AbstractAsyncContextManager[Deliver]:
        """Connect to the relay for a batch. Raises `Postponed` when it does not answer or refuses us."""
        return self._connected()

    def compose(self, parcel: Parcel) -> EmailMessage:
        """The message as it will leave. Raises `Refused` when its recipient is not one mailbox."""
        if not isinstance(parcel.words, Email):
            raise TypeError("a mailer carries e-mails")
        try:
            local, domain = addresses.mailbox(parcel.recipient)
        except BadRequest as error:
            raise Refused("not one mailbox") from error
        message = EmailMessage(SMTP)
        message["From"] = Address(self._sender.name, addr_spec=self._sender.address)
        message["To"] = Address(username=local, domain=domain)
        message["Subject"] = parcel.words.subject
        message["Date"] = format_datetime(datetime.fromtimestamp(parcel.now, UTC))
        message["Message-ID"] = f"<{parcel.id}@{self._sender.address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = parcel.words.language
        if not all(is_one_line(str(value)) for value in message.values()):
            raise ValueError("a header of the message would hold a line break")
        message.set_content(parcel.words.text, cte="quoted-printable")
        message.add_alternative(parcel.words.html, subtype="html", cte="quoted-printable")
        return message

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Deliver]:
        client = aiosmtplib.SMTP(
            hostname=self._relay.host,
            port=self._relay.port,
            username=self._relay.username,
            password=self._relay.password,
            local_hostname=self._sender.host,
            timeout=TIMEOUT_SECONDS,
            use_tls=self._relay.tls is Tls.IMPLICIT,
            start_tls=self._relay.tls is Tls.STARTTLS,
            tls_context=self._trust,
        )

        async def deliver(parcel: Parcel) -> None:
            message = self.compose(parcel)
            if not client.is_connected:
                await _connect(client)
            with _told():
                await client.send_message(message, sender=self._sender.address)

        await _connect(client)
        try:
            yield deliver
        finally:
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
            client.close()


async def _connect(client: aiosmtplib.SMTP) -> None:
    try:
        with _told():
            await client.connect()
    except Refused as error:
        raise Postponed(error.reason) from error


@contextmanager
def _told() -> Iterator[None]:
    """Turn what a relay answers into a failure for good or for now (RFC 5321 section 4.2.1)."""
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as error:
        code = error.recipients[0].code
        raise _by_code("recipient", code) from error
    except aiosmtplib.SMTPDataError as error:
        raise _by_code("message", error.code) from error
    except aiosmtplib.SMTPNotSupported as error:
        raise Refused(f"not supported: {error.message}"[:60]) from error
    except aiosmtplib.SMTPResponseException as error:
        # the relay refuses us, not this message: an operator can mend it and nothing should be lost meanwhile
        raise Postponed(f"relay {error.code}") from error
    except (TimeoutError, aiosmtplib.SMTPException, OSError) as error:
        raise Postponed(f"relay: {type(error).__name__}") from error


def _by_code(what: str, code: int) -> Refused | Postponed:
    reason = f"{what} refused: {code}"
    return Refused(reason) if code >= 500 else Postponed(reason)
