"""What every carrier of messages has in common, and how a delivery fails."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from idp.messages.message import Email, Purpose, Sms


class DeliveryFailed(Exception):
    """The message did not leave. `reason` is short, for operators, and holds nothing of the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(DeliveryFailed):
    """It will never be accepted: the mailbox does not exist, the number is not served."""


class Postponed(DeliveryFailed):
    """It may be accepted later. `after_seconds` is what the other side asked for, when it did."""

    def __init__(self, reason: str, after_seconds: int = 0) -> None:
        super().__init__(reason)
        self.after_seconds = after_seconds


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message opened to be sent. Its `id` is told to the other side, who can know a second copy by it."""

    id: str
    purpose: Purpose
    recipient: str
    words: Email | Sms
    now: int


Deliver = Callable[[Parcel], Awaitable[None]]
"""Hands one parcel over: returns when the other side took charge of it, raises `DeliveryFailed` otherwise."""


class Carrier(Protocol):
    """A way out, opened for a batch of parcels. Opening it may raise `Postponed`."""

    def open(self) -> AbstractAsyncContextManager[Deliver]: ...
