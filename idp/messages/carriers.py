"""The ways out that the settings give: a relay for e-mails, a gateway for SMS, either or none."""

import ssl
from urllib.parse import urlsplit

from idp.foundation.outlets import mail_relay, sms_gateway, sms_sender
from idp.foundation.settings import Settings
from idp.messages.delivery import Carrier
from idp.messages.mail import Mailer, Sender
from idp.messages.message import Channel
from idp.messages.sms import Texter


def carriers(settings: Settings) -> dict[Channel, Carrier]:
    """A carrier for each channel that is set up. Raises `ValueError` for an address that cannot be used."""
    trust = trust_of(settings)
    found: dict[Channel, Carrier] = {}
    if settings.mail.url:
        relay = mail_relay(settings.mail.url, plain_allowed=settings.mail.plain_allowed)
        found[Channel.EMAIL] = Mailer(relay, _sender(settings), trust)
    if settings.sms.url:
        sender = sms_sender(settings.sms.sender) if settings.sms.sender else ""
        found[Channel.SMS] = Texter(sms_gateway(settings.sms.url), sender, trust)
    return found


def trust_of(settings: Settings) -> ssl.SSLContext:
    """Whose certificates are believed: the system's authorities, and those of the settings."""
    trust = ssl.create_default_context()
    if settings.outbound_ca_file:
        trust.load_verify_locations(settings.outbound_ca_file)
    return trust


def _sender(settings: Settings) -> Sender:
    host = urlsplit(settings.issuer).hostname or "localhost"
    return Sender(
        address=settings.mail.sender or f"ne-pas-repondre@{host}",
        name=settings.mail.sender_name or settings.brand.name,
        host=host,
    )
