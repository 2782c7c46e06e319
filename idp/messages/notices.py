"""Telling people what happened to their account, on every channel they proved, so that a thief cannot act unseen."""

from typing import Protocol

from sqlalchemy import Connection

from idp.foundation.provider import Provider
from idp.messages import sms_texts, texts
from idp.messages.letterhead import letterhead
from idp.messages.message import NOTICE_LIFE_SECONDS, Envelope, Purpose
from idp.messages.outbox import enqueue_email, enqueue_sms


class Reader(Protocol):
    """Whom a notice is for: what is known of a person's contacts, and which of them they proved."""

    @property
    def id(self) -> str: ...
    @property
    def locale(self) -> str: ...
    @property
    def email(self) -> str | None: ...
    @property
    def email_verified(self) -> bool: ...
    @property
    def mobile(self) -> str | None: ...
    @property
    def mobile_verified(self) -> bool: ...


def password_changed(connection: Connection, provider: Provider, reader: Reader, now: int) -> None:
    """The password was changed or added, whichever way."""
    head = letterhead(provider.settings, provider.catalogue, reader.locale)
    expires_at = now + NOTICE_LIFE_SECONDS
    if reader.email and reader.email_verified:
        letter = texts.password_changed(head, at=now, forgotten=f"{head.issuer}/oubli")
        envelope = Envelope(Purpose.PASSWORD_CHANGED, reader.email, expires_at, reader.id)
        enqueue_email(connection, provider, envelope, letter, now)
    if reader.mobile and reader.mobile_verified:
        envelope = Envelope(Purpose.PASSWORD_CHANGED, reader.mobile, expires_at, reader.id)
        enqueue_sms(connection, provider, envelope, sms_texts.password_changed(head), now)
