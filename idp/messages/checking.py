"""Whether messages can leave: for `idp check`, and for what a start refuses."""

import asyncio
import ssl
from urllib.parse import urlsplit

from idp.foundation.outlets import sms_gateway
from idp.foundation.provider import Provider
from idp.foundation.settings import Settings
from idp.foundation.texts import LANGUAGES, Catalogue
from idp.messages import sms_texts
from idp.messages.carriers import carriers, trust_of
from idp.messages.delivery import Postponed
from idp.messages.letterhead import letterhead
from idp.messages.message import Channel

CONNECT_SECONDS = 10


def unwritable(settings: Settings, catalogue: Catalogue) -> list[str]:
    """The SMS that this authority's names make longer than one segment, by the setting to change."""
    if not settings.sms.url:
        return []
    return [
        f"brand.sms_name: {problem} ({language})"
        for language in LANGUAGES
        for problem in sms_texts.problems(letterhead(settings, catalogue, language))
    ]


async def mail(provider: Provider) -> str | None:
    """What keeps e-mails from leaving, found by signing in to the relay; None when nothing does."""
    carrier = carriers(provider.settings).get(Channel.EMAIL)
    if carrier is None:
        return "mail.url (IDP_SMTP_URL) is not set: no e-mail can leave"
    try:
        async with carrier.open():
            return None
    except Postponed as failure:
        return failure.reason


async def sms(provider: Provider) -> str | None:
    """What keeps text messages from leaving, found by connecting to the gateway; None when nothing does."""
    settings = provider.settings
    if not settings.sms.url:
        return "sms.url (IDP_SMS_URL) is not set: no text message can leave"
    parts = urlsplit(sms_gateway(settings.sms.url).url)
    secure = parts.scheme == "https"
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(
                parts.hostname, parts.port or (443 if secure else 80), ssl=trust_of(settings) if secure else None
            )
    except (OSError, ssl.SSLError, TimeoutError) as error:
        return f"gateway: {type(error).__name__}"
    writer.close()
    return None
