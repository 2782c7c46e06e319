"""Telling people what happened to their account, on every channel they proved, so that a thief cannot act unseen."""

from contextlib import suppress
from typing import Protocol

from sqlalchemy import Connection

from idp.foundation.errors import BadRequest
from idp.foundation.provider import Provider
from idp.foundation.texts import Text
from idp.messages import change_texts, sms_texts, texts
from idp.messages.letterhead import Letterhead, letterhead
from idp.messages.message import NOTICE_LIFE_SECONDS, Email, Envelope, Purpose, Sms
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
    head = _head(provider, reader)
    letter = texts.password_changed(head, at=now, forgotten=f"{head.issuer}/oubli")
    _tell(connection, provider, reader, Purpose.PASSWORD_CHANGED, letter, now)
    _tell_mobile(connection, provider, reader, Purpose.PASSWORD_CHANGED, sms_texts.password_changed(head), now)


def new_sign_in(connection: Connection, provider: Provider, reader: Reader, device: Text, now: int) -> None:
    """Somebody signed in from a browser that had never opened this account."""
    head = _head(provider, reader)
    letter = texts.new_sign_in(head, at=now, device=head.say(device), sign_in=_account(head))
    _tell(connection, provider, reader, Purpose.NEW_SIGN_IN, letter, now)


def mobile_changed(connection: Connection, provider: Provider, reader: Reader, number: str, now: int) -> None:
    """The mobile is another one, masked in `number`, or there is none any more. `reader` has the former one."""
    head = _head(provider, reader)
    letter = change_texts.mobile_changed(head, at=now, number=number, account=_account(head))
    _tell(connection, provider, reader, Purpose.MOBILE_CHANGED, letter, now)
    _tell_mobile(connection, provider, reader, Purpose.MOBILE_CHANGED, sms_texts.mobile_changed(head), now)


def way_in_changed(
    connection: Connection, provider: Provider, reader: Reader, upstream: str, now: int, *, added: bool
) -> None:
    """Another identity provider, named `upstream`, opens the account from now on, or no longer does."""
    head = _head(provider, reader)
    write = change_texts.way_in_added if added else change_texts.way_in_removed
    letter = write(head, at=now, provider=upstream, account=_account(head))
    _tell(connection, provider, reader, Purpose.WAY_IN_CHANGED, letter, now)


def _head(provider: Provider, reader: Reader) -> Letterhead:
    return letterhead(provider.settings, provider.catalogue, reader.locale)


def _account(head: Letterhead) -> str:
    return f"{head.issuer}/mon-compte"


def _tell(
    connection: Connection, provider: Provider, reader: Reader, purpose: Purpose, letter: Email, now: int
) -> None:
    if reader.email and reader.email_verified:
        envelope = Envelope(purpose, reader.email, now + NOTICE_LIFE_SECONDS, reader.id)
        enqueue_email(connection, provider, envelope, letter, now)


def _tell_mobile(
    connection: Connection, provider: Provider, reader: Reader, purpose: Purpose, sms: Sms, now: int
) -> None:
    if reader.mobile and reader.mobile_verified:
        envelope = Envelope(purpose, reader.mobile, now + NOTICE_LIFE_SECONDS, reader.id)
        with suppress(BadRequest):  # a country that the settings accept no more: the act does not fail for its notice
            enqueue_sms(connection, provider, envelope, sms, now)
